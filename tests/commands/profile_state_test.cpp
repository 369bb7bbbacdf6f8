#include "commands/profile_state.hpp"
#include "tests/transports/folder.hpp"

#include <doctest/doctest.h>
#include <fstream>

using namespace meterctl;
using namespace meterctl::commands;
using sessions::ProfileMark;

namespace {

const ProfileKey key{"kitchen", "1", "trend_log_1"};

DateTime at(std::string_view text) {
    return DateTime::parse(text).value();
}

ProfileMark numbered(std::uint64_t sequence) {
    ProfileMark mark;
    mark.sequence = sequence;
    return mark;
}

ProfileRecord record(std::optional<std::uint64_t> sequence, std::string_view time) {
    ProfileRecord made;
    made.sequence = sequence;
    made.time = at(time);
    return made;
}

} // namespace

TEST_CASE("a state is empty where its file is not there, and has what was remembered in the next run") {
    const transports::testing::Folder folder;
    const std::string path = folder / "state.json";
    const ProfileMark mark{std::uint64_t{5760}, at("2026-11-21T02:15:00+01:00"), 2};
    std::optional<std::uint64_t> torn;
    {
        auto state = ProfileState::open(path);
        REQUIRE(state);
        CHECK_FALSE(state->find(key, {}, torn));
        REQUIRE(state->remember(key, mark));
        REQUIRE(state->remember({"kitchen", "2", "trend_log_1"}, numbered(7)));
    }
    const auto state = ProfileState::open(path);
    REQUIRE(state);
    CHECK(state->find(key, {}, torn) == mark);
    CHECK(state->find({"kitchen", "2", "trend_log_1"}, {}, torn) == numbered(7));
    CHECK_FALSE(state->find({"cellar", "1", "trend_log_1"}, {}, torn));
    CHECK_FALSE(torn);
}

TEST_CASE("of a run that was killed while it wrote, the file that it wrote into tells how far it came") {
    const transports::testing::Folder folder;
    const std::string path = folder / "state.json";
    const output::FilePlace before{64769, 1234567, 4096};
    {
        auto state = ProfileState::open(path);
        REQUIRE(state);
        REQUIRE(state->announce(key, numbered(64), {numbered(128), before, 1000}));
    }
    struct Case {
        const char* what;
        std::optional<output::FilePlace> now;
        std::uint64_t mark;
        std::optional<std::uint64_t> torn;
    };
    const Case cases[] = {
        {"nothing was written", output::FilePlace{64769, 1234567, 4096}, 64, {}},
        {"all was written", output::FilePlace{64769, 1234567, 5096}, 128, {}},
        {"others wrote behind it", output::FilePlace{64769, 1234567, 6000}, 128, {}},
        {"a part was written", output::FilePlace{64769, 1234567, 5095}, 64, 4096},
        {"the file was emptied", output::FilePlace{64769, 1234567, 0}, 64, {}},
        {"another file", output::FilePlace{64769, 1234568, 5096}, 64, {}},
        {"no file", std::nullopt, 64, {}},
    };
    const auto state = ProfileState::open(path);
    REQUIRE(state);
    for (const Case& one : cases) {
        INFO(one.what);
        std::optional<std::uint64_t> torn;
        CHECK(state->find(key, one.now, torn) == numbered(one.mark));
        CHECK(torn == one.torn);
    }
}

TEST_CASE("a first run that was killed before anything was written has no mark") {
    const transports::testing::Folder folder;
    auto state = ProfileState::open(folder / "state.json");
    REQUIRE(state);
    const output::FilePlace before{1, 2, 0};
    REQUIRE(state->announce(key, {}, {numbered(64), before, 1000}));
    std::optional<std::uint64_t> torn;
    CHECK_FALSE(state->find(key, before, torn));
    CHECK(state->find(key, output::FilePlace{1, 2, 1000}, torn) == numbered(64));
    REQUIRE(state->remember(key, numbered(64)));
    CHECK(state->find(key, before, torn) == numbered(64));
}

TEST_CASE("two runs never share a state") {
    const transports::testing::Folder folder;
    const auto first = ProfileState::open(folder / "state.json");
    REQUIRE(first);
    const auto second = ProfileState::open(folder / "state.json");
    REQUIRE_FALSE(second);
    CHECK(second.error().category == Category::endpoint);
    CHECK(second.error().code == "state.busy");
}

TEST_CASE("what is no state file is refused rather than written over") {
    const transports::testing::Folder folder;
    const std::string path = folder / "state.json";
    for (const char* text : {"", "time,kind\n", R"({"schema": "meterctl/read/1", "profiles": []})",
                             R"({"schema": "meterctl/state/1", "profiles": [{"sequence": -1}]})",
                             R"({"schema": "meterctl/state/1", "profiles": [{"time": "noon"}]})"}) {
        CAPTURE(text);
        std::ofstream(path) << text;
        const auto state = ProfileState::open(path);
        REQUIRE_FALSE(state);
        CHECK(state.error().category == Category::usage);
    }
}

TEST_CASE("a mark goes on with each record, and counts those of one time") {
    ProfileMark mark;
    advance(mark, record(7, "2026-11-21T02:00:00"));
    CHECK(mark == ProfileMark{7, at("2026-11-21T02:00:00"), 1});
    advance(mark, record(8, "2026-11-21T02:00:00"));
    CHECK(mark == ProfileMark{8, at("2026-11-21T02:00:00"), 2});
    advance(mark, record(std::nullopt, "2026-11-21T02:15:00"));
    CHECK(mark == ProfileMark{8, at("2026-11-21T02:15:00"), 1});
}

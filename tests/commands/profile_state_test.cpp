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
    {
        auto state = ProfileState::open(path);
        REQUIRE(state);
        CHECK_FALSE(state->find(key));
        REQUIRE(state->prepare(key, mark));
        REQUIRE(state->remember());
        REQUIRE(state->prepare({"kitchen", "2", "trend_log_1"}, ProfileMark{}));
        REQUIRE(state->remember());
    }
    const auto state = ProfileState::open(path);
    REQUIRE(state);
    CHECK(state->find(key) == mark);
    CHECK(state->find({"kitchen", "2", "trend_log_1"}) == ProfileMark{});
    CHECK_FALSE(state->find({"cellar", "1", "trend_log_1"}));
}

TEST_CASE("what was prepared and not put in place, as by a run that was killed, is nowhere") {
    const transports::testing::Folder folder;
    const std::string path = folder / "state.json";
    {
        auto state = ProfileState::open(path);
        REQUIRE(state);
        REQUIRE(state->prepare(key, ProfileMark{std::uint64_t{7}, {}, 0}));
        REQUIRE(state->remember());
        REQUIRE(state->prepare(key, ProfileMark{std::uint64_t{71}, {}, 0}));
        CHECK(state->find(key)->sequence == 71U);
    }
    const auto state = ProfileState::open(path);
    REQUIRE(state);
    CHECK(state->find(key)->sequence == 7U);
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

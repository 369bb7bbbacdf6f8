#include "sessions/dlms/counter_store.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <set>
#include <sys/wait.h>
#include <unistd.h>

using namespace meterctl;
using namespace meterctl::sessions::dlms;

namespace {

struct Folder {
    Folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "meterctl-counters-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path = pattern + "/state";
        root = pattern;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(root); }
    std::string path, root;
};

const SecretBytes key(Bytes{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});

std::unique_ptr<FrameCounter> open(const Folder& folder, std::string_view meter = "484C590000000001",
                                   const SecretBytes& with = key) {
    auto counter = open_counter(folder.path, meter, with);
    REQUIRE_MESSAGE(counter.has_value(), (counter ? std::string() : describe(counter.error())));
    return std::move(*counter);
}

std::vector<std::filesystem::path> files(const Folder& folder) {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path)) {
        if (entry.path().extension().empty()) { found.push_back(entry.path()); }
    }
    return found;
}

} // namespace

TEST_CASE("a counter grows by one, and never starts where it was") {
    const Folder folder;
    std::uint32_t last = 0;
    for (int run = 0; run < 5; ++run) {
        const auto counter = open(folder);
        CHECK(counter->is_new() == (run == 0));
        for (int i = 0; i < 100; ++i) {
            const auto value = counter->next();
            REQUIRE(value.has_value());
            CHECK(*value > last);
            if (i > 0) { CHECK(*value == last + 1); }
            last = *value;
        }
        CHECK_FALSE(counter->is_new());
    }
}

TEST_CASE("the file is raised before a value is used") {
    const Folder folder;
    const auto counter = open(folder);
    for (int i = 0; i < 100; ++i) {
        const std::uint32_t value = counter->next().value();
        REQUIRE(files(folder).size() == 1);
        std::uint64_t stored = 0;
        std::ifstream(files(folder).front()) >> stored;
        CHECK(stored > value);
    }
}

TEST_CASE("a run that goes on waits for the disk more and more seldom, and loses little if it is short") {
    const Folder folder;
    const auto counter = open(folder);
    std::set<std::uint64_t> stored;
    for (int i = 0; i < 3000; ++i) {
        CHECK(counter->next().has_value());
        std::uint64_t value = 0;
        std::ifstream(files(folder).front()) >> value;
        stored.insert(value);
        CHECK(value <= static_cast<std::uint64_t>(i) + 1 + 1024);
    }
    CHECK(stored.size() < 10);
    CHECK(*stored.begin() <= 33);
}

TEST_CASE("two that run at once never share a value, and each goes above what the other had") {
    const Folder folder;
    const auto one = open(folder), other = open(folder);
    std::set<std::uint32_t> seen;
    std::uint32_t last = 0;
    for (int i = 0; i < 200; ++i) {
        const std::uint32_t value = (i % 3 == 0 ? one : other)->next().value();
        CHECK(seen.insert(value).second);
        CHECK(value > last);
        last = value;
    }
}

TEST_CASE("a counter knows that another process has gone ahead") {
    const Folder folder;
    const auto one = open(folder), other = open(folder);
    CHECK(one->next().has_value());
    CHECK_FALSE(one->overtaken());
    CHECK(other->next().has_value());
    CHECK(one->overtaken());
    CHECK_FALSE(other->overtaken());
    CHECK_FALSE(make_memory_counter()->overtaken());
}

TEST_CASE("what the meter wants raises the counter, and nothing lowers it") {
    const Folder folder;
    for (const auto& counter : {open(folder).release(), make_memory_counter().release()}) {
        const std::unique_ptr<FrameCounter> owned(counter);
        CHECK(owned->is_new());
        owned->raise_to(5000);
        CHECK_FALSE(owned->is_new());
        CHECK(owned->next().value() == 5000);
        owned->raise_to(10);
        CHECK(owned->next().value() == 5001);
    }
    CHECK(open(folder)->next().value() > 5001);
}

TEST_CASE("the last counter is used once, and then there is none") {
    const Folder folder;
    for (int run = 0; run < 3; ++run) {
        const auto counter = open(folder);
        if (run == 0) {
            counter->raise_to(0xFFFFFFFE);
            CHECK(counter->next().value() == 0xFFFFFFFE);
            CHECK(counter->next().value() == 0xFFFFFFFF);
        }
        CHECK(counter->next().error().code == "dlms.counter_end");
        CHECK(counter->next().error().category == Category::refused);
    }
}

TEST_CASE("each meter and each key has its own, and no file's name or text tells the key") {
    const Folder folder;
    const SecretBytes other(Bytes(16, 7));
    CHECK(open(folder, "A")->next().value() == 1);
    CHECK(open(folder, "B")->next().value() == 1);
    CHECK(open(folder, "A", other)->next().value() == 1);
    CHECK(open(folder, "../../up")->next().value() == 1);
    CHECK(files(folder).size() == 4);
    for (const auto& path : files(folder)) {
        CHECK(path.string().find("01020304") == std::string::npos);
        CHECK((std::filesystem::status(path).permissions() & std::filesystem::perms::others_all) ==
              std::filesystem::perms::none);
    }
}

TEST_CASE("a damaged file is an error, never a counter that starts anew") {
    for (const char* text : {"", "x\n", "12", "12 \n", "-1\n", "4294967297\n", "99999999999999999999999999\n"}) {
        CAPTURE(text);
        const Folder folder;
        CHECK(open(folder)->next().has_value());
        const auto counter = open(folder);
        std::ofstream(files(folder).front(), std::ios::trunc) << text;
        CHECK(counter->next().error().code == "dlms.counter_file");
        CHECK(open_counter(folder.path, "484C590000000001", key).error().category == Category::endpoint);
    }
}

TEST_CASE("where nothing can be kept, no value is given") {
    CHECK(open_counter("", "A", key).error().category == Category::endpoint);
    CHECK_FALSE(open_counter("/proc/nowhere", "A", key).has_value());
    const Folder folder;
    const auto counter = open(folder);
    std::filesystem::remove_all(folder.path);
    CHECK_FALSE(counter->next().has_value());
}

TEST_CASE("processes that take values at once, and are killed, share none") {
    const Folder folder;
    constexpr int processes = 8, taken = 300;
    int ends[2] = {};
    REQUIRE(::pipe(ends) == 0);
    std::vector<pid_t> children;
    for (int i = 0; i < processes; ++i) {
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            auto counter = open_counter(folder.path, "A", key);
            for (int n = 0; counter && n < taken; ++n) {
                const auto value = (*counter)->next();
                // as if it were sent: what a killed process has used is known to the other end of the pipe
                if (!value || ::write(ends[1], &*value, sizeof *value) != sizeof *value) { break; }
                if (i % 2 == 1 && n == 20 * i) { ::kill(::getpid(), SIGKILL); }
            }
            ::_exit(0);
        }
        children.push_back(child);
    }
    ::close(ends[1]);
    std::set<std::uint32_t> seen;
    std::uint32_t value = 0;
    while (::read(ends[0], &value, sizeof value) == sizeof value) { CHECK(seen.insert(value).second); }
    ::close(ends[0]);
    for (const pid_t child : children) { ::waitpid(child, nullptr, 0); }
    CHECK(seen.size() == 4 * taken + (20 + 60 + 100 + 140) + 4);
    CHECK(open(folder, "A")->next().value() > *seen.rbegin());
}

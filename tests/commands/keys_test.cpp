#include "commands/keys.hpp"

#include "commands/options.hpp"
#include "commands/places.hpp"
#include "commands/target.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace meterctl;
using namespace meterctl::commands;

namespace {

const std::string key = "000102030405060708090A0B0C0D0E0F", other = "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF";

struct File {
    explicit File(std::string_view text, std::filesystem::perms rights = std::filesystem::perms::owner_read) {
        std::ofstream(path) << text;
        std::filesystem::permissions(path, rights);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() { std::filesystem::remove(path); }
    std::string path =
        (std::filesystem::temp_directory_path() / ("meterctl-keys-" + std::to_string(::getpid()))).string();
};

Result<std::shared_ptr<const KeyRing>> keys(const std::vector<std::string>& words,
                                            const std::string& in_environment = {}) {
    std::vector<std::string> line{"sim:"};
    line.insert(line.end(), words.begin(), words.end());
    const Environment environment = [&](std::string_view name) -> std::optional<std::string> {
        if (name == "METERCTL_KEYS" && !in_environment.empty()) { return in_environment; }
        return std::nullopt;
    };
    Io io;
    io.environment = environment;
    const auto arguments = parse(*find_command("read"), line, environment);
    REQUIRE_MESSAGE(arguments.has_value(), (arguments ? std::string() : describe(arguments.error())));
    return keys_of(*arguments, io);
}

const SecretBytes* guek(const Result<std::shared_ptr<const KeyRing>>& ring) {
    REQUIRE_MESSAGE(ring.has_value(), (ring ? std::string() : describe(ring.error())));
    REQUIRE(*ring != nullptr);
    return (*ring)->find("guek", "", {});
}

} // namespace

TEST_CASE("keys come from the file, else from the environment, else there are none") {
    const File file("guek = " + key + "\n");
    CHECK(*guek(keys({"--keys", file.path})) == secret_from_hex(key).value());
    CHECK(*guek(keys({"--keys", file.path}, "guek=" + other)) == secret_from_hex(key).value());
    CHECK(*guek(keys({}, "guek=" + other)) == secret_from_hex(other).value());
    CHECK(keys({}).value() == nullptr);
}

TEST_CASE("keys come from an open descriptor") {
    int ends[2] = {};
    REQUIRE(::pipe(ends) == 0);
    const std::string text = "guek=" + key;
    REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    ::close(ends[1]);
    CHECK(*guek(keys({"--keys", "/dev/fd/" + std::to_string(ends[0])})) == secret_from_hex(key).value());
    ::close(ends[0]);
}

TEST_CASE("a file of keys that others can read, or that holds none, is refused, and none of it told") {
    using std::filesystem::perms;
    for (const perms right : {perms::others_read, perms::group_read, perms::others_write}) {
        const File open_to_all("guek = " + key, perms::owner_read | right);
        const auto refused = keys({"--keys", open_to_all.path});
        REQUIRE_FALSE(refused.has_value());
        CHECK(exit_code(refused.error().category) == 2);
        CHECK(describe(refused.error()).find("chmod 600") != std::string::npos);
    }
    const File wrong("guek = " + key + "\n" + other + "\n");
    const auto refused = keys({"--keys", wrong.path});
    REQUIRE_FALSE(refused.has_value());
    CHECK(describe(refused.error()).find(wrong.path + ", line 2") != std::string::npos);
    CHECK(describe(refused.error()).find(other) == std::string::npos);
    CHECK(exit_code(keys({"--keys", "/nowhere/keys"}).error().category) == 2);
    CHECK_FALSE(keys({"--keys", "/tmp"}).has_value());
}

TEST_CASE("once keys are known the process leaves no core") {
    keep_memory_private();
    rlimit core{};
    REQUIRE(::getrlimit(RLIMIT_CORE, &core) == 0);
    CHECK(core.rlim_cur == 0);
    CHECK(core.rlim_max == 0);
    CHECK(::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0);
}

TEST_CASE("frame counters are kept where state belongs") {
    const auto folder = [](std::string_view variable, const std::string& value) {
        return counters_folder([&](std::string_view name) -> std::optional<std::string> {
            return name == variable ? std::optional(value) : std::nullopt;
        });
    };
    CHECK(folder("XDG_STATE_HOME", "/var/state") == "/var/state/meterctl/frame-counters");
    CHECK(folder("XDG_STATE_HOME", "relative").empty());
    CHECK(folder("HOME", "/nonexistent") == "/nonexistent/.local/state/meterctl/frame-counters");
}

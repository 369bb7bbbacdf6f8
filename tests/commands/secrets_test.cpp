#include "commands/secrets.hpp"

#include "commands/options.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace meterctl;
using namespace meterctl::commands;

namespace {

struct File {
    explicit File(std::string_view text, std::filesystem::perms rights = std::filesystem::perms::owner_read) {
        std::ofstream(path) << text;
        std::filesystem::permissions(path, rights);
    }
    ~File() { std::filesystem::remove(path); }
    std::string path =
        (std::filesystem::temp_directory_path() / ("meterctl-pw-" + std::to_string(::getpid()))).string();
};

Result<std::string> password(const std::vector<std::string>& words, const std::string& in_environment = {}) {
    std::vector<std::string> line{"sim:"};
    line.insert(line.end(), words.begin(), words.end());
    Io io;
    io.environment = [&](std::string_view name) -> std::optional<std::string> {
        if (name == "METERCTL_PASSWORD" && !in_environment.empty()) { return in_environment; }
        return std::nullopt;
    };
    const CommandSpec* read = find_command("read");
    REQUIRE(read != nullptr);
    const auto arguments = parse(*read, line, io.environment);
    REQUIRE_MESSAGE(arguments.has_value(), (arguments ? std::string() : describe(arguments.error())));
    return password_of(*arguments, io);
}

} // namespace

TEST_CASE("a password is the first line of its file, else the environment's, else none") {
    const File file("secret\r\nnot this\n");
    CHECK(password({"--password-file", file.path}).value() == "secret");
    CHECK(password({"--password-file", file.path}, "other").value() == "secret");
    CHECK(password({}, "other").value() == "other");
    CHECK(password({}).value().empty());
}

TEST_CASE("a password file that others can read, that is empty or missing is refused, and none of it told") {
    using std::filesystem::perms;
    {
        const File open_to_all("secret\n", perms::owner_read | perms::others_read);
        const auto refused = password({"--password-file", open_to_all.path});
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().category == Category::usage);
        CHECK(describe(refused.error()).find("chmod 600") != std::string::npos);
        CHECK(describe(refused.error()).find("secret") == std::string::npos);
    }
    {
        const File empty("\nsecret\n");
        CHECK_FALSE(password({"--password-file", empty.path}).has_value());
    }
    CHECK_FALSE(password({"--password-file", "/nowhere/password"}).has_value());
    CHECK_FALSE(password({"--password-file", "/tmp"}).has_value());
}

TEST_CASE("no option takes a password itself") {
    const std::vector<std::string> words{"sim:", "--password", "secret"};
    const Environment nothing = [](std::string_view) { return std::optional<std::string>(); };
    const auto refused = parse(*find_command("read"), words, nothing);
    REQUIRE_FALSE(refused.has_value());
    CHECK(describe(refused.error()).find("secret") == std::string::npos);
}

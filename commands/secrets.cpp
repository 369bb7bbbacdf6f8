#include "commands/secrets.hpp"

#include "commands/secret_file.hpp"

namespace meterctl::commands {

namespace {

constexpr std::string_view password_variable = "METERCTL_PASSWORD";
constexpr std::string_view file_option = "--password-file";
/// Longer than any password of any protocol.
constexpr std::size_t longest_line = 512;

Result<std::string> read_password(const std::string& path) {
    const auto secret = read_secret_file(path, "password file", longest_line, "usage.password_file");
    if (!secret) { return tl::unexpected(secret.error()); }
    const std::string_view text = characters(*secret);
    const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
    if (line.empty()) {
        return fail(Category::usage, "the password file's first line is empty", path, {}, "usage.password_file");
    }
    return std::string(line);
}

} // namespace

Result<std::string> password_of(const Arguments& arguments, const Io& io) {
    if (arguments.given(file_option)) { return read_password(arguments.text(file_option)); }
    return io.environment(password_variable).value_or(std::string());
}

} // namespace meterctl::commands

#include "commands/secrets.hpp"

#include <array>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace meterctl::commands {

namespace {

constexpr std::string_view password_variable = "METERCTL_PASSWORD";
constexpr std::string_view file_option = "--password-file";
/// Longer than any password of any protocol.
constexpr std::size_t longest_line = 512;

tl::unexpected<Error> unusable(const std::string& path, std::string what, std::vector<std::string> hints = {}) {
    return fail(Category::usage, std::move(what), path, std::move(hints), "usage.password_file");
}

/// An open file, closed when this goes.
struct File {
    explicit File(const std::string& path) : fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (fd >= 0) { ::close(fd); }
    }
    int fd;
};

std::string first_line(int fd) {
    std::array<char, longest_line> buffer{};
    std::string text;
    while (text.size() < longest_line && text.find('\n') == std::string::npos) {
        const ssize_t got = ::read(fd, buffer.data(), buffer.size() - text.size());
        if (got <= 0) { break; }
        text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    text.resize(std::min(text.find_first_of("\r\n"), text.size()));
    return text;
}

Result<std::string> read_password(const std::string& path) {
    const File file(path);
    struct stat about {};
    if (file.fd < 0 || ::fstat(file.fd, &about) != 0 || S_ISDIR(about.st_mode)) {
        return unusable(path, "the password file cannot be read");
    }
    if (S_ISREG(about.st_mode) && (about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return unusable(path, "others than its owner have rights to the password file", {"chmod 600 " + path});
    }
    std::string password = first_line(file.fd);
    if (password.empty()) { return unusable(path, "the password file's first line is empty"); }
    return password;
}

} // namespace

Result<std::string> password_of(const Arguments& arguments, const Io& io) {
    if (arguments.given(file_option)) { return read_password(arguments.text(file_option)); }
    return io.environment(password_variable).value_or(std::string());
}

} // namespace meterctl::commands

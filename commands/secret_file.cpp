#include "commands/secret_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace meterctl::commands {

namespace {

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

} // namespace

Result<SecretBytes> read_secret_file(const std::string& path, std::string_view what, std::size_t most,
                                     std::string_view code) {
    const auto unusable = [&](const std::string& why, std::vector<std::string> hints) {
        return fail(Category::usage, why, path, std::move(hints), std::string(code));
    };
    const auto unreadable = [&](int problem) {
        return unusable("the " + std::string(what) + " cannot be read: " + std::generic_category().message(problem),
                        {});
    };
    const File file(path);
    struct stat about {};
    if (file.fd < 0 || ::fstat(file.fd, &about) != 0) { return unreadable(errno); }
    if (S_ISDIR(about.st_mode)) { return unreadable(EISDIR); }
    if (S_ISREG(about.st_mode) && (about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return unusable("others than its owner have rights to the " + std::string(what), {"chmod 600 " + path});
    }
    Bytes octets(most); // as long as it may get, so that it is never moved and left behind
    std::size_t size = 0;
    while (size < most) {
        const ssize_t got = ::read(file.fd, octets.data() + size, most - size);
        if (got < 0 && errno == EINTR) { continue; }
        if (got < 0) { return unreadable(errno); }
        if (got == 0) { break; }
        size += static_cast<std::size_t>(got);
    }
    SecretBytes secret(ByteView(octets).first(size));
    wipe(octets);
    return secret;
}

std::string_view characters(const SecretBytes& secret) {
    return {reinterpret_cast<const char*>(secret.view().data()), secret.size()};
}

} // namespace meterctl::commands

#include "src/output/file.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace meterctl::output {

namespace {

bool is_special(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

/// The file a symbolic link leads to, so that the link itself stays.
std::string resolved(const std::string& path) {
    char* real = ::realpath(path.c_str(), nullptr);
    if (real == nullptr) { return path; }
    std::string target(real);
    std::free(real); // NOLINT(cppcoreguidelines-no-malloc): realpath allocates
    return target;
}

/// The permissions a plain open() would have given, or those of the file that is replaced.
void set_permissions(int descriptor, const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) == 0) {
        ::fchmod(descriptor, status.st_mode & 07777U);
        return;
    }
    const mode_t mask = ::umask(0);
    ::umask(mask);
    ::fchmod(descriptor, 0666U & ~mask);
}

tl::unexpected<Error> cannot_write(const std::string& path, int problem) {
    std::vector<std::string> hints;
    if (problem == ENOENT) { hints.emplace_back("making the folder first"); }
    if (problem == EACCES || problem == EPERM) { hints.emplace_back("a folder you may write to"); }
    if (problem == ENOSPC) { hints.emplace_back("freeing space on that file system"); }
    return fail(Category::endpoint, fmt::format("cannot write: {}", std::strerror(problem)), path, std::move(hints),
                "output.write");
}

} // namespace

Result<File> File::open(const std::string& path, std::FILE* standard) {
    File file;
    if (path.empty() || path == "-") {
        file.stream_ = standard;
        return file;
    }
    file.path_ = resolved(path);
    file.owned_ = true;
    if (is_special(path)) {
        file.stream_ = std::fopen(path.c_str(), "we");
        if (file.stream_ == nullptr) { return cannot_write(path, errno); }
        return file;
    }
    const auto slash = file.path_.rfind('/');
    const std::size_t base = slash == std::string::npos ? 0 : slash + 1;
    std::string temporary = file.path_.substr(0, base) + "." + file.path_.substr(base) + ".XXXXXX";
    const int descriptor = ::mkostemp(temporary.data(), O_CLOEXEC);
    if (descriptor < 0) { return cannot_write(path, errno); }
    set_permissions(descriptor, file.path_);
    file.temporary_ = std::move(temporary);
    file.stream_ = ::fdopen(descriptor, "w");
    return file;
}

File::File(File&& other) noexcept
    : stream_(std::exchange(other.stream_, nullptr)), owned_(other.owned_), closed_(other.closed_),
      problem_(other.problem_), path_(std::move(other.path_)), temporary_(std::exchange(other.temporary_, {})) {}

File::~File() {
    if (owned_ && stream_ != nullptr) { std::fclose(stream_); }
    if (!temporary_.empty()) { ::unlink(temporary_.c_str()); }
}

void File::write(std::string_view text) {
    if (closed_ || problem_ != 0 || text.empty()) { return; }
    if (std::fwrite(text.data(), 1, text.size(), stream_) != text.size()) { note_failure(); }
}

void File::flush() {
    if (closed_ || problem_ != 0) { return; }
    if (std::fflush(stream_) != 0) { note_failure(); }
}

Result<void> File::commit() {
    flush();
    if (problem_ != 0) { return cannot_write(name(), problem_); }
    if (!owned_) { return {}; }
    const bool synced = temporary_.empty() || ::fsync(::fileno(stream_)) == 0;
    const bool well = std::fclose(std::exchange(stream_, nullptr)) == 0 && synced;
    if (!well) { return cannot_write(name(), errno); }
    if (!temporary_.empty() && ::rename(temporary_.c_str(), path_.c_str()) != 0) { return cannot_write(name(), errno); }
    temporary_.clear();
    return {};
}

void File::note_failure() {
    if (errno == EPIPE) {
        closed_ = true;
    } else {
        problem_ = errno;
    }
}

std::string File::name() const {
    return path_.empty() ? "standard output" : path_;
}

} // namespace meterctl::output

#include "src/output/sink.hpp"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace meterctl::output {

namespace {

constexpr std::size_t plenty = 65536;

std::string reason(int problem) {
    return std::generic_category().message(problem);
}

tl::unexpected<Error> cannot(std::string_view doing, const std::string& name, int problem, std::string code) {
    std::vector<std::string> hints;
    if (problem == ENOENT) { hints.emplace_back("a folder that exists"); }
    if (problem == EACCES) { hints.emplace_back("a folder that you may write to"); }
    return fail(Category::endpoint, fmt::format("cannot {} {}: {}", doing, name, reason(problem)), {}, std::move(hints),
                std::move(code));
}

/// The file that the links of `path` lead to, so that the link itself stays.
std::string followed(const std::string& path) {
    char* const real = realpath(path.c_str(), nullptr);
    if (real == nullptr) { return path; }
    std::string result(real);
    std::free(real); // NOLINT(cppcoreguidelines-no-malloc): realpath allocates so
    return result;
}

mode_t file_creation_mask() {
    const mode_t mask = umask(0);
    umask(mask);
    return mask;
}

/// A stream of its own, closed at the end.
class OwningSink : public Sink {
public:
    OwningSink(std::FILE* stream, std::string name) : Sink(stream, std::move(name)) {}
    OwningSink(const OwningSink&) = delete;
    OwningSink& operator=(const OwningSink&) = delete;
    ~OwningSink() override { close(); }

    Result<void> finish() override {
        auto flushed = Sink::finish();
        const int problem = close() == 0 ? 0 : errno;
        if (flushed && problem != 0) { return cannot("write", name_, problem, "output.write"); }
        return flushed;
    }

protected:
    int close() {
        std::FILE* const stream = std::exchange(stream_, nullptr);
        return stream == nullptr ? 0 : std::fclose(stream);
    }
};

class RenamedSink : public OwningSink {
public:
    RenamedSink(std::FILE* stream, std::string name, std::string temporary, std::string target)
        : OwningSink(stream, std::move(name)), temporary_(std::move(temporary)), target_(std::move(target)) {}
    RenamedSink(const RenamedSink&) = delete;
    RenamedSink& operator=(const RenamedSink&) = delete;
    ~RenamedSink() override {
        if (!temporary_.empty()) { unlink(temporary_.c_str()); }
    }

    Result<void> finish() override {
        flush();
        if (!closed() && fsync(fileno(stream_)) != 0) { return cannot("write", name_, errno, "output.write"); }
        if (auto written = OwningSink::finish(); !written) { return written; }
        if (rename(temporary_.c_str(), target_.c_str()) != 0) { return cannot("write", name_, errno, "output.write"); }
        temporary_.clear();
        return {};
    }

private:
    std::string temporary_; ///< empty once it has its name
    std::string target_;
};

Result<std::unique_ptr<Sink>> direct_sink(const std::string& path) {
    std::FILE* const stream = std::fopen(path.c_str(), "we");
    if (stream == nullptr) { return cannot("open", path, errno, "output.open"); }
    return std::make_unique<OwningSink>(stream, path);
}

} // namespace

void Sink::settle() {
    if (buffer_.size() >= plenty) { flush(); }
}

void Sink::flush() {
    if (!closed_ && !buffer_.empty()) {
        const bool written = std::fwrite(buffer_.data(), 1, buffer_.size(), stream_) == buffer_.size();
        if (!written || std::fflush(stream_) != 0) {
            closed_ = true;
            if (errno != EPIPE) { problem_ = errno; }
            std::clearerr(stream_);
        }
    }
    buffer_.clear();
}

std::optional<FilePlace> Sink::place() const {
    struct stat status {};
    if (stream_ == nullptr || fstat(fileno(stream_), &status) != 0 || !S_ISREG(status.st_mode)) { return std::nullopt; }
    return FilePlace{status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size)};
}

Result<void> Sink::cut(std::uint64_t size) {
    if (ftruncate(fileno(stream_), static_cast<off_t>(size)) == 0) { return {}; }
    return cannot("write", name_, errno, "output.write");
}

Result<void> Sink::finish() {
    flush();
    if (problem_ != 0) { return cannot("write", name_, problem_, "output.write"); }
    return {};
}

std::unique_ptr<Sink> stream_sink(std::FILE* stream, std::string name) {
    return std::unique_ptr<Sink>(new Sink(stream, std::move(name)));
}

Result<std::unique_ptr<Sink>> file_sink(const std::string& path) {
    const std::string target = followed(path);
    struct stat status {};
    const bool exists = stat(target.c_str(), &status) == 0;
    if (exists && S_ISDIR(status.st_mode)) { return cannot("write", path, EISDIR, "output.open"); }
    if (exists && !S_ISREG(status.st_mode)) { return direct_sink(target); }
    if (exists && access(target.c_str(), W_OK) != 0) { return cannot("write", path, errno, "output.open"); }

    std::string temporary = target + ".XXXXXX";
    const int descriptor = mkostemp(temporary.data(), O_CLOEXEC);
    if (descriptor < 0) { return cannot("write", path, errno, "output.open"); }
    const mode_t mode = exists ? status.st_mode & 0777U : 0666U & ~file_creation_mask();
    std::FILE* const stream = fchmod(descriptor, mode) == 0 ? fdopen(descriptor, "w") : nullptr;
    if (stream == nullptr) {
        const int problem = errno;
        close(descriptor);
        unlink(temporary.c_str());
        return cannot("write", path, problem, "output.open");
    }
    return std::make_unique<RenamedSink>(stream, path, std::move(temporary), target);
}

Result<std::unique_ptr<Sink>> open_sink(const std::string& path, std::FILE* standard) {
    if (path.empty() || path == "-") { return stream_sink(standard); }
    return file_sink(path);
}

} // namespace meterctl::output

// Where documents go: standard output, or a file that is written whole or not at all.
#pragma once

#include "src/core/error.hpp"

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace meterctl::output {

/// A regular file and how long it is.
struct FilePlace {
    std::uint64_t device = 0, inode = 0, size = 0;
    [[nodiscard]] bool same_file(const FilePlace& other) const {
        return device == other.device && inode == other.inode;
    }
    friend bool operator==(const FilePlace&, const FilePlace&) = default;
};

/// Gathers text and hands it on in large pieces. A reader that went away (EPIPE, as under `| head`) is no error: the
/// rest is dropped quietly and `closed()` says so, so that the work can stop early. Needs SIGPIPE ignored.
class Sink {
public:
    virtual ~Sink() = default;
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;

    /// Text to append to; call `settle()` now and then, or `flush()` where the reader waits.
    std::string& buffer() { return buffer_; }
    void write(std::string_view text) { buffer_.append(text); }
    /// Hands on what is gathered once there is much of it.
    void settle();
    /// Hands on all there is, now.
    void flush();
    /// The file that is written to, as long as it is on disk; nullopt where it is no regular file.
    [[nodiscard]] std::optional<FilePlace> place() const;
    /// Takes back what is behind `size` in the file. Endpoint error, code "output.write".
    Result<void> cut(std::uint64_t size);
    /// True once the reader went away or writing failed: nothing more will arrive.
    [[nodiscard]] bool closed() const { return closed_; }
    /// Flushes, and puts a file under its name. Endpoint error, code "output.write", where writing failed.
    virtual Result<void> finish();

protected:
    Sink(std::FILE* stream, std::string name) : stream_(stream), name_(std::move(name)) {}

    std::FILE* stream_;
    std::string name_;

private:
    friend std::unique_ptr<Sink> stream_sink(std::FILE* stream, std::string name);

    std::string buffer_;
    bool closed_ = false;
    int problem_ = 0; ///< errno of the first failure that is not EPIPE
};

/// Over a stream that stays open. `name` is for error messages.
std::unique_ptr<Sink> stream_sink(std::FILE* stream, std::string name = "standard output");

/// A file that appears under its name, complete, at `finish()`: a temporary file beside it is renamed. Without
/// `finish()` nothing of it is left. A symbolic link is followed; what is no regular file (a device, a FIFO) is written
/// directly; an existing file keeps its permissions. Endpoint error, code "output.open".
Result<std::unique_ptr<Sink>> file_sink(const std::string& path);

/// What `-o PATH` asks for: `standard` where the path is empty or "-", else a file.
Result<std::unique_ptr<Sink>> open_sink(const std::string& path, std::FILE* standard);

} // namespace meterctl::output

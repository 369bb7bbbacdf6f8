// Where records go: standard output, or a file that appears under its name when it is whole.
#pragma once

#include "src/core/error.hpp"

#include <cstdio>
#include <string>
#include <string_view>

namespace meterctl::output {

/// Buffers, and remembers the first failure. A reader that has gone away (EPIPE) is no failure but an end: `closed()`
/// tells to stop work. The process must ignore SIGPIPE.
class File {
public:
    /// A path of "" or "-" is `standard`. A regular file is written beside its place and moved there by commit(); a
    /// device or pipe is written directly. Endpoint error where nothing can be written there.
    static Result<File> open(const std::string& path, std::FILE* standard);

    File(File&& other) noexcept;
    File& operator=(File&&) = delete;
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    /// Leaves no trace of a file that was not committed.
    ~File();

    void write(std::string_view text);
    /// Hands over what is buffered, so that a reader sees it now.
    void flush();
    /// True once the reader has gone away.
    [[nodiscard]] bool closed() const { return closed_; }
    /// Flushes, and puts the file in its place. Endpoint error where the medium is full or the like.
    Result<void> commit();

private:
    File() = default;
    void note_failure();
    [[nodiscard]] std::string name() const;

    std::FILE* stream_ = nullptr;
    bool owned_ = false;
    bool closed_ = false;
    int problem_ = 0;
    std::string path_;      ///< the file's own name; empty for standard output
    std::string temporary_; ///< beside it; empty where it is written directly
};

} // namespace meterctl::output

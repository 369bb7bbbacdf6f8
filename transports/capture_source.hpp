// Where captured octets come from: a file, stdin or memory, decompressed on the way (gzip, zstd, xz, bzip2), read front
// to back through one bounded buffer.
#pragma once

#include "src/core/bytes.hpp"
#include "src/core/error.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace meterctl::transports {

/// Gives octets until there are none; one level below the buffer.
class OctetSource {
public:
    virtual ~OctetSource() = default;
    /// Fills at most `room`; 0 at the end. An error ends the source.
    virtual Result<std::size_t> read(std::span<std::uint8_t> room) = 0;
};

/// A reader with look-ahead. Views it hands out hold until the next call.
class CaptureSource {
public:
    /// "-" is stdin. Endpoint error when the file cannot be opened.
    static Result<CaptureSource> open(const std::string& path);
    /// The octets must outlive the source.
    static CaptureSource from_memory(ByteView octets);

    /// The next octets without moving on: `count`, or fewer at the end. At most `look_ahead`.
    ByteView peek(std::size_t count);
    /// The next octets without moving on: what is at hand, but at least `least` (fewer at the end) and at most `most`.
    ByteView peek_some(std::size_t least, std::size_t most);
    /// The next `count` octets; fewer at the end. At most `look_ahead`.
    ByteView take(std::size_t count);
    /// What is at hand, at most `most`, at least one octet unless at the end.
    ByteView take_some(std::size_t most);
    /// Moves on; false when the end comes first.
    bool skip(std::uint64_t count);
    [[nodiscard]] bool at_end();
    /// Octets taken and skipped so far, counted after decompression.
    [[nodiscard]] std::uint64_t offset() const { return offset_; }
    /// What broke the source (a read error, damaged compression); the octets before it were given.
    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

    static constexpr std::size_t look_ahead = std::size_t{1} << 20U;

private:
    explicit CaptureSource(std::unique_ptr<OctetSource> source);
    void fill(std::size_t count);

    std::unique_ptr<OctetSource> source_;
    Bytes buffer_;
    std::size_t begin_ = 0, end_ = 0;
    std::uint64_t offset_ = 0;
    bool ended_ = false;
    std::optional<Error> error_;
};

/// `inner` behind the decompression its first octets call for; `head` are octets already read from it.
std::unique_ptr<OctetSource> decompressed(std::unique_ptr<OctetSource> inner, Bytes head);
/// True where the first octets are those of a gzip, zstd, xz or bzip2 file.
bool looks_compressed(ByteView head);

} // namespace meterctl::transports

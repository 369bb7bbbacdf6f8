// Octets: the owned buffer, the view, and a bounds-checked reader and writer.
// Every codec reads through ByteReader, so that no length taken from the wire can lead past the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace meterctl {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// Reads octets front to back. A read past the end returns zeros (or an empty view), sets `failed()`, and moves
/// the position to the end; check once after a group of reads. Offsets count from the view given at construction.
class ByteReader {
public:
    explicit ByteReader(ByteView bytes) : bytes_(bytes) {}

    [[nodiscard]] std::size_t offset() const { return offset_; }
    [[nodiscard]] std::size_t remaining() const { return bytes_.size() - offset_; }
    [[nodiscard]] bool failed() const { return failed_; }
    [[nodiscard]] bool at_end() const { return remaining() == 0; }

    std::uint8_t u8();
    std::uint16_t u16be();
    std::uint16_t u16le();
    std::uint32_t u32be();
    std::uint32_t u32le();
    std::uint64_t u64be();
    std::uint64_t u64le();
    /// The next `count` octets as a view into the source; empty, and failed, when fewer are left.
    ByteView take(std::size_t count);
    /// All that is left.
    ByteView rest();
    /// The next octet without moving on; 0 at the end (does not set failed()).
    [[nodiscard]] std::uint8_t peek() const;

private:
    ByteView bytes_;
    std::size_t offset_ = 0;
    bool failed_ = false;
};

/// Appends octets to a buffer of its own.
class ByteWriter {
public:
    ByteWriter& u8(std::uint8_t value);
    ByteWriter& u16be(std::uint16_t value);
    ByteWriter& u16le(std::uint16_t value);
    ByteWriter& u32be(std::uint32_t value);
    ByteWriter& u32le(std::uint32_t value);
    ByteWriter& u64be(std::uint64_t value);
    ByteWriter& bytes(ByteView value);
    ByteWriter& text(std::string_view value);

    [[nodiscard]] std::size_t size() const { return buffer_.size(); }
    [[nodiscard]] ByteView view() const { return buffer_; }
    [[nodiscard]] Bytes take() { return std::move(buffer_); }

private:
    Bytes buffer_;
};

} // namespace meterctl

#include "src/core/bytes.hpp"

namespace meterctl {

namespace {

template <class T>
T big_endian(ByteView octets) {
    T value = 0;
    for (const std::uint8_t octet : octets) { value = static_cast<T>((value << 8U) | octet); }
    return value;
}

template <class T>
T little_endian(ByteView octets) {
    T value = 0;
    for (auto octet = octets.rbegin(); octet != octets.rend(); ++octet) {
        value = static_cast<T>((value << 8U) | *octet);
    }
    return value;
}

} // namespace

std::uint8_t ByteReader::u8() {
    return big_endian<std::uint8_t>(take(1));
}
std::uint16_t ByteReader::u16be() {
    return big_endian<std::uint16_t>(take(2));
}
std::uint16_t ByteReader::u16le() {
    return little_endian<std::uint16_t>(take(2));
}
std::uint32_t ByteReader::u32be() {
    return big_endian<std::uint32_t>(take(4));
}
std::uint32_t ByteReader::u32le() {
    return little_endian<std::uint32_t>(take(4));
}
std::uint64_t ByteReader::u64be() {
    return big_endian<std::uint64_t>(take(8));
}
std::uint64_t ByteReader::u64le() {
    return little_endian<std::uint64_t>(take(8));
}

ByteView ByteReader::take(std::size_t count) {
    if (count > remaining()) {
        failed_ = true;
        offset_ = bytes_.size();
        return {};
    }
    const ByteView taken = bytes_.subspan(offset_, count);
    offset_ += count;
    return taken;
}

ByteView ByteReader::rest() {
    return take(remaining());
}

std::uint8_t ByteReader::peek() const {
    return at_end() ? std::uint8_t{0} : bytes_[offset_];
}

ByteWriter& ByteWriter::u8(std::uint8_t value) {
    buffer_.push_back(value);
    return *this;
}

ByteWriter& ByteWriter::u16be(std::uint16_t value) {
    return u8(static_cast<std::uint8_t>(value >> 8U)).u8(static_cast<std::uint8_t>(value));
}

ByteWriter& ByteWriter::u16le(std::uint16_t value) {
    return u8(static_cast<std::uint8_t>(value)).u8(static_cast<std::uint8_t>(value >> 8U));
}

ByteWriter& ByteWriter::u32be(std::uint32_t value) {
    return u16be(static_cast<std::uint16_t>(value >> 16U)).u16be(static_cast<std::uint16_t>(value));
}

ByteWriter& ByteWriter::u32le(std::uint32_t value) {
    return u16le(static_cast<std::uint16_t>(value)).u16le(static_cast<std::uint16_t>(value >> 16U));
}

ByteWriter& ByteWriter::u64be(std::uint64_t value) {
    return u32be(static_cast<std::uint32_t>(value >> 32U)).u32be(static_cast<std::uint32_t>(value));
}

ByteWriter& ByteWriter::bytes(ByteView value) {
    buffer_.insert(buffer_.end(), value.begin(), value.end());
    return *this;
}

ByteWriter& ByteWriter::text(std::string_view value) {
    buffer_.insert(buffer_.end(), value.begin(), value.end());
    return *this;
}

} // namespace meterctl

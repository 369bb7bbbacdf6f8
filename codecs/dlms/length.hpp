// Lengths and counts, as A-XDR and BER write them alike: below 80 one octet, else 81 to 84 and that many octets.
#pragma once

#include "src/core/bytes.hpp"

#include <optional>

namespace meterctl::codecs::dlms {

/// nullopt where octets are missing, where the form is indefinite (80), or the number has more than four octets.
inline std::optional<std::uint32_t> read_length(ByteReader& reader) {
    constexpr std::uint8_t long_form = 0x80, most_octets = 4;
    const auto first = reader.u8();
    if (reader.failed()) { return std::nullopt; }
    if (first < long_form) { return first; }
    const auto octets = static_cast<std::uint8_t>(first - long_form);
    if (octets == 0 || octets > most_octets || reader.remaining() < octets) { return std::nullopt; }
    std::uint32_t length = 0;
    for (unsigned index = 0; index < octets; ++index) { length = (length << 8U) | reader.u8(); }
    return length;
}

/// The shortest form.
inline void write_length(ByteWriter& writer, std::size_t length) {
    if (length < 0x80) {
        writer.u8(static_cast<std::uint8_t>(length));
    } else if (length <= 0xFF) {
        writer.u8(0x81).u8(static_cast<std::uint8_t>(length));
    } else if (length <= 0xFFFF) {
        writer.u8(0x82).u16be(static_cast<std::uint16_t>(length));
    } else if (length <= 0xFFFFFF) {
        writer.u8(0x83)
            .u8(static_cast<std::uint8_t>(length >> 16U))
            .u16be(static_cast<std::uint16_t>(length & 0xFFFFU));
    } else {
        writer.u8(0x84).u32be(static_cast<std::uint32_t>(length));
    }
}

/// Octets behind their length; nullopt where the length leads past the end.
inline std::optional<ByteView> read_octets(ByteReader& reader) {
    const auto length = read_length(reader);
    if (!length || *length > reader.remaining()) { return std::nullopt; }
    return reader.take(*length);
}

inline void write_octets(ByteWriter& writer, ByteView octets) {
    write_length(writer, octets.size());
    writer.bytes(octets);
}

} // namespace meterctl::codecs::dlms

// Consistent overhead byte stuffing as clause 9.10 has it: no zero occurs in the encoded octets, and each is exchanged
// with 55h, so that none looks like the beginning of a preamble.
#include "codecs/bacnet/mstp_frame.hpp"
#include "src/core/crc.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::bacnet::mstp {
namespace {

constexpr std::uint8_t mask = 0x55;
constexpr std::uint8_t longest_code = 255; ///< 254 octets without a zero behind them
constexpr std::size_t crc_field = 5;       ///< the encoded CRC-32K

Bytes stuff(ByteView data) {
    Bytes out{1};
    std::size_t code_at = 0;
    bool open = true; // the last code's block may still grow, or ends in a zero
    for (const auto octet : data) {
        if (!open) {
            code_at = out.size();
            out.push_back(1);
            open = true;
        }
        if (octet != 0) {
            out.push_back(octet);
            open = ++out[code_at] != longest_code;
        } else {
            code_at = out.size();
            out.push_back(1);
        }
    }
    for (auto& octet : out) { octet ^= mask; }
    return out;
}

Result<Bytes> unstuff(ByteView encoded, std::size_t base) {
    const auto wrong = [&](std::string what, std::size_t at) {
        return tl::unexpected(octets_error(std::move(what), base + at, "bacnet.cobs"));
    };
    Bytes out;
    std::size_t at = 0;
    while (at < encoded.size()) {
        const auto code = static_cast<std::uint8_t>(encoded[at] ^ mask);
        if (code == 0) { return wrong("a zero in COBS-encoded octets", at); }
        if (code > encoded.size() - at) { return wrong("a COBS code leads past the end", at); }
        for (std::size_t next = 1; next < code; ++next) {
            const auto octet = static_cast<std::uint8_t>(encoded[at + next] ^ mask);
            if (octet == 0) { return wrong("a zero in COBS-encoded octets", at + next); }
            out.push_back(octet);
        }
        at += code;
        if (code != longest_code && at < encoded.size()) { out.push_back(0); }
    }
    return out;
}

} // namespace

Bytes cobs_encode(ByteView data) {
    Bytes out = stuff(data);
    ByteWriter crc;
    crc.u32le(crc32k(out));
    const Bytes field = stuff(crc.view());
    out.insert(out.end(), field.begin(), field.end());
    return out;
}

Result<Bytes> cobs_decode(ByteView encoded) {
    if (encoded.size() <= crc_field) {
        return tl::unexpected(octets_error("too short for COBS-encoded data", frame_header, "bacnet.cobs"));
    }
    const auto body = encoded.first(encoded.size() - crc_field);
    const auto field = unstuff(encoded.last(crc_field), frame_header + body.size());
    if (!field) { return tl::unexpected(field.error()); }
    const auto expected = crc32k(body);
    if (field->size() != 4 || ByteReader(*field).u32le() != expected) {
        return tl::unexpected(octets_error(fmt::format("the data CRC-32K is not {:08X}", expected),
                                           frame_header + body.size(), "bacnet.data_crc"));
    }
    return unstuff(body, frame_header);
}

} // namespace meterctl::codecs::bacnet::mstp

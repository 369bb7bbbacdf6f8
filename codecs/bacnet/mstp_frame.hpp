// MS/TP frames (clauses 9.3 and 9.10): preamble 55 FF, type, destination, source, length, header CRC-8, then data and
// its CRC-16; frame types 32 to 127 carry their data COBS-encoded with a CRC-32K, in which neither octet of the
// preamble's first occurs.
#pragma once

#include "codecs/bacnet/tag.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace meterctl::codecs::bacnet::mstp {

enum class FrameType : std::uint8_t {
    token = 0,
    poll_for_master = 1,
    reply_to_poll_for_master = 2,
    test_request = 3,
    test_response = 4,
    data_expecting_reply = 5,
    data_not_expecting_reply = 6,
    reply_postponed = 7,
    extended_data_expecting_reply = 32,
    extended_data_not_expecting_reply = 33,
    ipv6_encapsulation = 34,
};
/// "token", "data-expecting-reply", "proprietary 128", "reserved 9"
std::string type_text(std::uint8_t type);

inline constexpr std::uint8_t broadcast = 255;
inline constexpr std::uint8_t last_master = 127;
inline constexpr std::uint8_t first_cobs_type = 32, last_cobs_type = 127;
inline constexpr std::size_t frame_header = 8;
inline constexpr std::size_t max_data = 501;           ///< of an NPDU in a plain frame
inline constexpr std::size_t max_extended_data = 1497; ///< and COBS-encoded
inline constexpr std::size_t max_cobs_data = 2032;     ///< of COBS-encoded frames that carry no NPDU
/// What the length field of such frames may say: two less than what follows the header, at the worst for COBS.
inline constexpr std::size_t max_extended_length = max_extended_data + max_extended_data / 254 + 1 + 5 - 2;
inline constexpr std::size_t max_cobs_length = max_cobs_data + max_cobs_data / 254 + 5 - 2;
inline constexpr std::size_t max_frame = frame_header + max_cobs_length + 2;

struct Frame {
    std::uint8_t type = 0;
    std::uint8_t destination = 0;
    std::uint8_t source = 0;
    Bytes data; ///< decoded
    friend bool operator==(const Frame&, const Frame&) = default;
};
Frame frame(FrameType type, std::uint8_t destination, std::uint8_t source, Bytes data = {});
/// An NPDU in a frame of the type that its length calls for.
Frame data_frame(std::uint8_t destination, std::uint8_t source, Bytes npdu, bool expecting_reply);

/// `data` of at most 501 octets in types below 32, 1497 in extended frames, 2032 in other types with COBS.
Bytes encode(const Frame& frame);
/// A whole frame from its preamble. Untrusted, with the offset: header CRC, data CRC, "source is broadcast",
/// "length 512 above 501", COBS, octets missing or left over.
Result<Frame> decode(ByteView octets);

/// What the first eight octets say.
struct Header {
    std::uint8_t type = 0;
    std::uint8_t destination = 0;
    std::uint8_t source = 0;
    std::uint16_t length = 0;
    std::uint8_t crc = 0;
    bool crc_good = false;
    /// Octets of the whole frame.
    [[nodiscard]] std::size_t frame_octets() const { return frame_header + (length == 0 ? 0U : length + 2U); }
    [[nodiscard]] bool cobs() const { return type >= first_cobs_type && type <= last_cobs_type; }
    /// Why no node takes such a frame, though its CRC is good: "source is broadcast", "length 512 above 501".
    [[nodiscard]] std::string fault() const;
};
/// Of octets that begin with a preamble; at least eight.
Header read_header(ByteView octets);

/// Octets of the frame at the front, whether its data are good or not, or of the noise before the next preamble; 0
/// while more must come.
std::size_t packet_octets(ByteView octets);

/// Data and CRC of a COBS frame: what follows the header.
Bytes cobs_encode(ByteView data);
/// Untrusted where the encoding or the CRC-32K is wrong.
Result<Bytes> cobs_decode(ByteView encoded);

} // namespace meterctl::codecs::bacnet::mstp

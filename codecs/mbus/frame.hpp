// M-Bus link-layer frames: the single character E5, short, control and long frames of format class FT 1.2.
// EN 13757-2 clause 5 (IEC 60870-5-1, -5-2). The checksum is the sum of C, A, CI and data modulo 256.
#pragma once

#include "codecs/decoder.hpp"

#include <string>
#include <string_view>

namespace meterctl::codecs::mbus {

inline constexpr std::uint8_t ack_octet = 0xE5;
inline constexpr std::uint8_t short_start = 0x10;
inline constexpr std::uint8_t long_start = 0x68;
inline constexpr std::uint8_t stop_octet = 0x16;
inline constexpr std::size_t short_octets = 5;
inline constexpr std::size_t max_data = 252; ///< octets behind the CI field
inline constexpr std::size_t max_frame = 261;

/// Values and bits of the C field.
namespace control {
inline constexpr std::uint8_t snd_nke = 0x40; ///< initialise the slave
inline constexpr std::uint8_t req_ske = 0x49; ///< request the status of the link layer
inline constexpr std::uint8_t snd_ud = 0x53;  ///< user data to the slave, FCV set
inline constexpr std::uint8_t req_ud1 = 0x5A; ///< ask for class 1 data (alarms), FCV set
inline constexpr std::uint8_t req_ud2 = 0x5B; ///< ask for class 2 data (the readout), FCV set
inline constexpr std::uint8_t rsp_ud = 0x08;  ///< data from the slave
inline constexpr std::uint8_t from_master = 0x40;
inline constexpr std::uint8_t fcb = 0x20; ///< frame count bit, of a master's frame
inline constexpr std::uint8_t fcv = 0x10; ///< the frame count bit counts
inline constexpr std::uint8_t acd = 0x20; ///< class 1 data wait, of a slave's frame
inline constexpr std::uint8_t dfc = 0x10; ///< the slave can take no more data
} // namespace control

/// Values of the A field that are no primary address (1-250; 0 is an unconfigured slave).
namespace address {
inline constexpr std::uint8_t unconfigured = 0;
inline constexpr std::uint8_t last_primary = 250;
inline constexpr std::uint8_t selected = 253;        ///< the slave selected by its secondary address
inline constexpr std::uint8_t broadcast = 254;       ///< all slaves take it, and all answer: for one slave on the bus
inline constexpr std::uint8_t broadcast_quiet = 255; ///< all slaves take it, none answers
} // namespace address

enum class FrameKind { ack, short_frame, control_frame, long_frame };

/// A decoded frame; of an ack only `kind` counts, of a short frame no CI field. `data` views the octets decoded.
struct Frame {
    FrameKind kind = FrameKind::ack;
    std::uint8_t control = 0;
    std::uint8_t address = 0;
    std::uint8_t ci = 0;
    ByteView data{};
};

Bytes encode_ack();
Bytes encode_short(std::uint8_t control, std::uint8_t address);
/// A control frame where `data` is empty, else a long one. Usage error for more than max_data octets.
Result<Bytes> encode_long(std::uint8_t control, std::uint8_t address, std::uint8_t ci, ByteView data = {});

/// A whole frame and nothing behind it. Untrusted where start, length, checksum or stop are wrong.
Result<Frame> decode(ByteView octets);

std::uint8_t checksum(ByteView octets);

/// Sent by the master (the PRM bit).
bool is_request(std::uint8_t control);
/// "SND_NKE", "SND_UD", "REQ_UD2", "RSP_UD", ...; empty where the standard has none.
std::string_view control_name(std::uint8_t control);
/// The name and its bits: "REQ_UD2, FCB 1", "RSP_UD, ACD".
std::string control_text(std::uint8_t control);

/// What the octets at the front of a receive buffer are. The caller removes `octets` of them on frame and skip.
struct Step {
    enum class Kind {
        need_more, ///< no decision yet; at least `octets` more are needed
        frame,     ///< `octets` octets are a good frame
        skip ///< `octets` octets are none; `why` says what they are: "checksum", "length", "incomplete", "no frame"
    };
    Kind kind = Kind::need_more;
    std::size_t octets = 0;
    std::string_view why;
};

/// The step at the front of `buffer`. `silent`: nothing more comes, so that what is incomplete is skipped too, and an
/// empty buffer needs more. Inside a damaged frame an E5 is data and no ack. Waits for at most max_frame octets.
Step next_frame(ByteView buffer, bool silent, Counters& counters);

} // namespace meterctl::codecs::mbus

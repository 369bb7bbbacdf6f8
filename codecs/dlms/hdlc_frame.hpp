// HDLC frames of format type 3: flag, format, destination, source, control, HCS, information, FCS, flag. No octet is
// stuffed, so a flag's value may stand anywhere inside. IEC 62056-46, clause 6.4; ISO/IEC 13239, annex H.4.
#pragma once

#include "codecs/dlms/hdlc_address.hpp"

#include <string_view>

namespace meterctl::codecs::dlms::hdlc {

inline constexpr std::uint8_t flag = 0x7E;
inline constexpr std::size_t min_frame = 7;    ///< octets between the flags: no information
inline constexpr std::size_t max_frame = 2047; ///< what the format field can say
inline constexpr std::size_t check_octets = 2;
inline constexpr std::size_t llc_octets = 3;

enum class FrameType : std::uint8_t {
    i,    ///< information
    rr,   ///< receive ready
    rnr,  ///< receive not ready
    snrm, ///< set normal response mode: connect
    disc, ///< disconnect
    ua,   ///< unnumbered acknowledge
    dm,   ///< disconnected mode
    frmr, ///< frame reject
    ui,   ///< unnumbered information
    unknown,
};
/// "I", "RR", "SNRM", ...
std::string_view name(FrameType type);

struct Control {
    FrameType type = FrameType::unknown;
    bool poll_final = false;
    std::uint8_t send = 0;    ///< N(S) of an I frame
    std::uint8_t receive = 0; ///< N(R) of I, RR and RNR
    std::uint8_t octet = 0;   ///< as it came; encode() looks at it for an unknown type alone
};
std::uint8_t encode(const Control& control);
Control decode_control(std::uint8_t octet);
/// "I, N(S) 0, N(R) 1, P/F"
std::string text(const Control& control);

struct Frame {
    Address destination, source;
    Control control;
    bool segmented = false; ///< more of this message follows
    Bytes information{};
};

/// With its two flags. `information` of at most 2047 octets less what the other fields take.
Bytes encode(const Frame& frame);
/// A whole frame without its flags. Untrusted, with code dlms.hdlc.format, .address, .hcs, .fcs or .length.
Result<Frame> decode(ByteView octets);

/// What the front of a frame says, as far as it is there.
struct Header {
    bool segmented = false;
    std::size_t length = 0; ///< octets between the flags
    std::optional<Address> destination{}, source{};
    std::size_t octets = 0;   ///< up to the control octet and with it; 0 where not all of it is there
    bool has_hcs = false;     ///< the length leaves room for it
    bool hcs_good = false;    ///< known where octets + 2 are there
    std::string_view fault{}; ///< why no frame begins so: "no format field of type 3", "length 5", "address"
};
/// `octets` begin with the format field.
Header read_header(ByteView octets);

/// The LLC of requests is E6 E6 00, that of answers E6 E7 00; either is taken.
bool has_llc(ByteView information);

} // namespace meterctl::codecs::dlms::hdlc

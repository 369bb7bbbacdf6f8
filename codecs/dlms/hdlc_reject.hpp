// FRMR: what a station says of a frame that it cannot take, and that only a new connection mends. ISO/IEC 13239.
#pragma once

#include "codecs/dlms/hdlc_frame.hpp"

namespace meterctl::codecs::dlms::hdlc {

struct Reject {
    std::uint8_t control = 0; ///< of the frame that was rejected
    std::uint8_t send = 0, receive = 0;
    bool unknown_control = false;      ///< W
    bool information_unwanted = false; ///< X
    bool too_long = false;             ///< Y
    bool bad_receive_number = false;   ///< Z
};

Bytes encode(const Reject& reject);
/// nullopt where the information has not its three octets.
std::optional<Reject> decode_reject(ByteView information);
/// "its N(R) is wrong"
std::string text(const Reject& reject);
/// Refused: whose frame, and why.
Error reject_error(ByteView information);

} // namespace meterctl::codecs::dlms::hdlc

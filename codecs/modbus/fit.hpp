// A stretch of octets against the length its first octets announce and the CRC that stands there: how both an RTU
// receiver and a listener on an RS-485 line tell a frame from noise. MODBUS over Serial Line V1.02, clause 2.5.1.
#pragma once

#include "codecs/modbus/extent.hpp"
#include "src/core/bytes.hpp"

#include <cstdint>

namespace meterctl::codecs::modbus::rtu {

enum class Fit {
    no,         ///< no length is known, or none is plausible
    incomplete, ///< octets are missing
    bad_crc,
    good
};

struct Candidate {
    Fit fit = Fit::no;
    std::size_t octets = 0; ///< of the whole frame; where incomplete, at least so many
};

/// True where the last two of at least two octets are the CRC of those before.
bool crc_is_good(ByteView frame);

/// The front of `buffer` as an address, a PDU of `extent`, and a CRC.
Candidate fit(ByteView buffer, const Extent& extent);
Candidate fit_request(ByteView buffer);
Candidate fit_response(ByteView buffer, const Request* request = nullptr);

/// The shortest frame at the front of `buffer` whose CRC is good, whatever it says of its length; 0 where none is.
std::size_t shortest_good(ByteView buffer);

} // namespace meterctl::codecs::modbus::rtu

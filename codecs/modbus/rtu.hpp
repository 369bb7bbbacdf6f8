// RTU framing: address, PDU, CRC-16 with its low octet first; 4 to 256 octets.
// MODBUS over Serial Line V1.02, clauses 2.5.1 and 2.2. A receiver takes the expected length first, the CRC second, and
// silence only where no length is known: USB adapters put gaps into frames and glue frames together.
#pragma once

#include "codecs/decoder.hpp"
#include "codecs/modbus/framing.hpp"
#include "codecs/modbus/pdu.hpp"

namespace meterctl::codecs::modbus::rtu {

inline constexpr std::size_t min_frame = 4;
inline constexpr std::size_t max_frame = 256;
inline constexpr std::size_t overhead = 3; ///< address and CRC

Bytes encode(std::uint8_t address, ByteView pdu);

/// The ADU of a whole frame. Untrusted where it is too short, too long, or its CRC is wrong.
Result<Adu> decode(ByteView frame);

/// The client's receiver: looks for the answer of `address` to `request` at the front of `buffer`. Frames of other
/// addresses, functions and counts, echoes and noise are skipped by name. `silent`: nothing more comes (the deadline
/// has passed): what is incomplete is skipped too, and an empty buffer needs more.
Step next_answer(ByteView buffer, std::uint8_t address, const Request& request, bool silent,
                 codecs::Counters& counters);

/// The server's receiver: looks for any request at the front of `buffer`.
Step next_request(ByteView buffer, bool silent, codecs::Counters& counters);

/// Octets of the whole answer frame to be expected, for time-outs; max_frame where the request does not tell.
std::size_t expected_answer_octets(const Request& request);

} // namespace meterctl::codecs::modbus::rtu

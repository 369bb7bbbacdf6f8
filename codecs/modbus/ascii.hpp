// ASCII framing: ':', two hex digits an octet, LRC, CR LF; at most 513 characters.
// MODBUS over Serial Line V1.02, clause 2.5.2.
#pragma once

#include "codecs/decoder.hpp"
#include "codecs/modbus/framing.hpp"
#include "codecs/modbus/pdu.hpp"

namespace meterctl::codecs::modbus::ascii {

inline constexpr std::size_t max_frame = 513;

/// The characters ":1103007C00026E\r\n".
Bytes encode(std::uint8_t address, ByteView pdu);

struct Frame {
    std::uint8_t address = 0;
    Bytes pdu;
};
/// A whole frame from ':' to CR LF (a lone LF is taken too). Untrusted: "not hex", "odd number of digits", "lrc".
Result<Frame> decode(ByteView frame);

/// Finds the next frame of any content at the front of `buffer`: a ':' always starts anew.
Step next_frame(ByteView buffer, codecs::Counters& counters);

/// The client's receiver, as rtu::next_answer.
Step next_answer(ByteView buffer, std::uint8_t address, const Request& request, codecs::Counters& counters);

} // namespace meterctl::codecs::modbus::ascii

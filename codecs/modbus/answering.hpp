// Whether a frame answers a request: the question every framing's client asks.
#pragma once

#include "codecs/decoder.hpp"
#include "codecs/modbus/framing.hpp"
#include "codecs/modbus/pdu.hpp"

namespace meterctl::codecs::modbus {

/// Why the frame does not answer `request` to `address`: "address 2, asked 1", "echo or another master",
/// "4 registers, asked 6"; empty where it does, also with an exception.
std::string why_no_answer(const Adu& adu, std::uint8_t address, const Request& request);

/// A step over `octets`, counted.
Step frame_of(std::size_t octets, codecs::Counters& counters);
Step skip_of(std::size_t octets, std::string why, codecs::Counters& counters);

} // namespace meterctl::codecs::modbus

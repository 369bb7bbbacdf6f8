// The rows of the `decode` command for Modbus: "modbus-rtu", "modbus-tcp", "modbus-ascii".
#pragma once

#include "codecs/decoder.hpp"

#include <span>

namespace meterctl::codecs::modbus {

std::span<const codecs::Decoder> decoders();

} // namespace meterctl::codecs::modbus

// The rows of the `decode` command: IEC 62056-21 messages and DSMR P1 telegrams.
#pragma once

#include "codecs/decoder.hpp"

#include <span>

namespace meterctl::codecs::iec62056_21 {

std::span<const Decoder> decoders();

} // namespace meterctl::codecs::iec62056_21

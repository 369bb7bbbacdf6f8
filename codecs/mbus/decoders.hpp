// The row of the `decode` command for M-Bus: "mbus".
#pragma once

#include "codecs/decoder.hpp"

#include <span>

namespace meterctl::codecs::mbus {

std::span<const codecs::Decoder> decoders();

} // namespace meterctl::codecs::mbus

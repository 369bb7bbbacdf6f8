// The rows of the `decode` command for BACnet: "bacnet-mstp", "bacnet-ip", "bacnet-npdu".
#pragma once

#include "codecs/decoder.hpp"

#include <span>

namespace meterctl::codecs::bacnet {

std::span<const codecs::Decoder> decoders();

} // namespace meterctl::codecs::bacnet

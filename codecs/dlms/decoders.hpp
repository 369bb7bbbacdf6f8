// The decoders of DLMS/COSEM: HDLC frames, and the wrapper of TCP and UDP.
#pragma once

#include "codecs/decoder.hpp"

#include <span>

namespace meterctl::codecs::dlms {

std::span<const Decoder> decoders();

} // namespace meterctl::codecs::dlms

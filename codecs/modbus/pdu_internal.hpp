// Shared by the two decoders of PDUs only.
#pragma once

#include "codecs/modbus/pdu.hpp"

namespace meterctl::codecs::modbus {

/// Function 21, the same in both directions; the byte count agrees with the length.
Result<WriteFile> decode_write_file(ByteView pdu);

} // namespace meterctl::codecs::modbus

// What must hold whatever octets come: the fuzz targets and the seeded mutations of the vectors both ask it.
#pragma once

#include "src/core/bytes.hpp"

#include <string>

namespace dlms_any {

/// Values of A-XDR: decoding, encoding, extents, streams of arrays. Empty when all that must hold holds, else what does
/// not.
std::string check_data(meterctl::ByteView input);

/// APDUs: structures and trees, conversations of several, blocks in any order.
std::string check_apdu(meterctl::ByteView input);

} // namespace dlms_any

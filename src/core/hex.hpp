// Hexadecimal text to octets and back.
#pragma once

#include "src/core/bytes.hpp"
#include "src/core/error.hpp"

#include <string>
#include <string_view>

namespace meterctl {

/// "01 03 50 02": upper case, octets parted by `separator` (empty for none).
std::string to_hex(ByteView bytes, std::string_view separator = " ");

/// Reads hex as people paste it: any case, parted by spaces, line ends, ':', '-', ',' or nothing, each octet optionally
/// with 0x before it. Odd digits and other characters are usage errors that name the offset.
Result<Bytes> from_hex(std::string_view text);

} // namespace meterctl

// A link over which the meter may answer in a general-block-transfer (IEC 62056-5-3 clause 9.4.6.13): its blocks are
// confirmed and joined here, so that an association sees whole APDUs, ciphered as they were.
#pragma once

#include "sessions/dlms/link.hpp"

namespace meterctl::sessions::dlms {

/// `window`: blocks that the meter may send before it waits.
std::unique_ptr<ApduLink> join_general_blocks(std::unique_ptr<ApduLink> link, std::uint8_t window = 1);

} // namespace meterctl::sessions::dlms

// What must hold of HDLC and the wrapper whatever octets come: the fuzz target and the seeded mutations of the vectors
// both ask it.
#pragma once

#include "src/core/bytes.hpp"

#include <string>

namespace hdlc_any {

/// Runs one part of the codec, which the first octet chooses, on the octets behind it. Empty when all that must hold
/// holds, else what does not.
std::string check(meterctl::ByteView input);

inline constexpr unsigned parts = 7;

} // namespace hdlc_any

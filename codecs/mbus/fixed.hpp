// The fixed data structure of CI 73 and 77, of the first meters: two counters. EN 13757-3:2004 annex G, M-Bus
// documentation 4.8 clause 6.3.2. Inside the codec only.
#pragma once

#include "codecs/mbus/telegram.hpp"

namespace meterctl::codecs::mbus {

/// Untrusted where there are not 16 octets.
Result<FixedData> decode_fixed(ByteView data, ByteOrder order);

} // namespace meterctl::codecs::mbus

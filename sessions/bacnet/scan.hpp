// Finding the devices of a network: on MS/TP by listening first, at one baud rate after the other, then, on both, by
// Who-Is. ASHRAE 135, clauses 9 and 16.10.
#pragma once

#include "sessions/protocols.hpp"

namespace meterctl::sessions::bacnet {

Task<Result<void>> scan(transports::Transport& transport, ScanOptions options, ScanSink sink);

} // namespace meterctl::sessions::bacnet

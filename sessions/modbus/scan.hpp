// Finds the meters on a line: every address at every line setting gets one short question, and what answers is
// identified.
#pragma once

#include "sessions/protocols.hpp"

namespace meterctl::sessions::modbus {

/// Tells the sink what it finds as it finds it. Interrupted, endpoint and usage errors end it early; silence does not.
Task<Result<void>> scan(transports::Transport& transport, ScanOptions options, ScanSink sink);

} // namespace meterctl::sessions::modbus

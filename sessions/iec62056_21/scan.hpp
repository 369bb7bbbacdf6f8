// Who is under the probe: a sign-on without an address, at each line setting, and with each address that is named.
#pragma once

#include "sessions/protocols.hpp"

namespace meterctl::sessions::iec62056_21 {

/// Usage error where an address or a setting is none; endpoint and interrupted end the search.
Task<Result<void>> scan(transports::Transport& transport, ScanOptions options, ScanSink sink);

} // namespace meterctl::sessions::iec62056_21

// A point in time as captures have it, to RFC 3339.
#pragma once

#include <chrono>
#include <string>

namespace meterctl::output {

/// "2026-11-21T02:15:00.123456Z": UTC, with six decimals, or nine where nanoseconds are given. `since_epoch` counts
/// from 1970-01-01T00:00:00Z.
std::string instant_text(std::chrono::nanoseconds since_epoch);

} // namespace meterctl::output

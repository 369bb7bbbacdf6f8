// The times of GPIO events: the monotonic clock's since Linux 5.7, the wall clock's before.
#pragma once

#include "transports/loop.hpp"

#include <ctime>

namespace meterctl::transports {

/// `stamp` on the steady clock, given what both clocks say now.
Duration steady_time(const timespec& stamp, Duration steady_now, Duration wall_now);
Duration steady_time(const timespec& stamp);

} // namespace meterctl::transports

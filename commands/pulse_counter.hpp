// A meter that counts pulses itself, as the input of a pulse test: its counter is read again and again.
#pragma once

#include "commands/side_meter.hpp"
#include "sessions/pulse/watch.hpp"

#include <functional>
#include <string>

namespace meterctl::commands {

struct CounterRun {
    std::uint64_t pulses = 0;
    transports::TimePoint first{}, last{}; ///< of the first and the last reading
    sessions::pulse::Ending ending = sessions::pulse::Ending::enough;
};

/// Called with the pulses and the time since the first reading.
using CounterProgress = std::function<void(std::uint64_t pulses, transports::Duration passed)>;

/// Reads `point` every `interval` until `stop`. Errors as SideMeter::read(); untrusted where the counter has no whole
/// number, or goes back.
Result<CounterRun> count_pulses(SideMeter& meter, const catalogue::Point& point, transports::Duration interval,
                                const sessions::pulse::Stop& stop, const CounterProgress& progress);

} // namespace meterctl::commands

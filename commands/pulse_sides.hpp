// The meters beside the input of a pulse test: the reference, and the one that counts.
#pragma once

#include "commands/pulse_plan.hpp"
#include "commands/side_meter.hpp"

#include <optional>

namespace meterctl::commands {

struct PulseSides {
    std::optional<Target> reference, counter;
};

/// A simulated reference sees the load of the simulated input unless it says otherwise. Usage errors as side_target().
Result<PulseSides> find_pulse_sides(const PulsePlan& plan, const Arguments& arguments, const Models& models,
                                    const Io& io);

/// Whether nothing of the test is real, so that its time may jump.
bool all_simulated(const PulsePlan& plan, const PulseSides& sides);

} // namespace meterctl::commands

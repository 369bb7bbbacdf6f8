// The input of a pulse test: a real one, a record, or the pulse output of a virtual meter.
#pragma once

#include "commands/connection.hpp"
#include "commands/pulse_plan.hpp"
#include "transports/edges.hpp"

#include <memory>

namespace meterctl::commands {

struct PulseInput {
    std::shared_ptr<transports::Loop> loop;
    std::unique_ptr<transports::EdgeSource> source;
};

/// Fills in what a `sim:` endpoint says of its own output: constant, load. Usage error for a power that is none.
Result<void> know_simulated(PulsePlan& plan);

/// Endpoint errors as open_edges(). A simulated output counts what `output` says.
Result<PulseInput> open_pulse_input(const PulsePlan& plan, const codecs::pulse::Output& output,
                                    std::shared_ptr<transports::Loop> loop, Io& io);

} // namespace meterctl::commands

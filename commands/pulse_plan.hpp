// What `pulse-test` was asked to do: the output, its constant, when to end.
#pragma once

#include "codecs/pulse/output.hpp"
#include "commands/models.hpp"
#include "sessions/pulse/watch.hpp"
#include "transports/endpoint.hpp"

#include <optional>
#include <string>

namespace meterctl::commands {

struct PulsePlan {
    std::string input;                            ///< as written
    std::optional<transports::Endpoint> endpoint; ///< of a pulse input or a simulated output; none with --counter
    const catalogue::Definition* meter = nullptr; ///< null: only the standard's limits hold
    std::optional<codecs::pulse::OutputFacts> facts;
    std::optional<Decimal> constant;           ///< as far as the command line, or the simulated meter, says
    std::optional<Decimal> simulated_constant; ///< that a simulated output really has
    std::optional<long> code;
    std::optional<double> load; ///< W
    std::optional<std::uint64_t> pulses;
    std::optional<Decimal> energy; ///< kWh, kvarh
    std::optional<transports::Duration> duration, timeout, debounce;
    bool edges = false;

    [[nodiscard]] bool simulated() const { return endpoint && endpoint->scheme == transports::Scheme::sim; }
    [[nodiscard]] bool recorded() const { return endpoint && endpoint->scheme == transports::Scheme::edges; }
};

/// Usage errors: an input that gives no pulses, unknown models and outputs, figures that are none.
Result<PulsePlan> plan_pulse_test(const Arguments& arguments, const Models& models);

/// The output with the constant that is known by now. Usage error where none is, or the output cannot have it.
Result<codecs::pulse::Output> settle_output(const PulsePlan& plan);

/// When to end, for this output.
sessions::pulse::Stop stop_of(const PulsePlan& plan, const codecs::pulse::Output& output);

} // namespace meterctl::commands

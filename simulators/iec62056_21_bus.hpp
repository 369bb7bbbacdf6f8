// Virtual IEC 62056-21 meters at one optical port or current loop.
#pragma once

#include "simulators/bus.hpp"
#include "src/core/error.hpp"

#include <span>

namespace meterctl::simulators {

/// `extras`: mode (a, b, c, d, e: what the meters speak, c unless said), wakeup (1: a battery meter that sleeps),
/// misbehave (no_switch, wrong_bcc, nak, silent_sign_on, silent_data, silent_password, silent_command: what goes wrong,
/// for ever). `Options::baud`: the fastest rate that the meters offer. Usage error where one of these cannot be, or a
/// definition does not fit. The definitions must outlive the bus.
Result<std::unique_ptr<Bus>> make_iec62056_21_bus(std::span<const Unit> units, const Options& options);

} // namespace meterctl::simulators

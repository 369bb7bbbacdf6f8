// Virtual Modbus meters on one line: RTU, ASCII or TCP framing, several units, one load.
#pragma once

#include "simulators/bus.hpp"
#include "src/core/error.hpp"

#include <span>

namespace meterctl::simulators {

/// Usage error where an address is no number from 1 to 255 (TCP: 0 to 255), two units share one, a definition does not
/// fit, or the framing is unknown. The definitions must outlive the bus.
Result<std::unique_ptr<Bus>> make_modbus_bus(std::span<const Unit> units, const Options& options);

} // namespace meterctl::simulators

// Virtual M-Bus slaves on one pair of wires: several may answer at once, and then their bits overlap.
#pragma once

#include "simulators/bus.hpp"
#include "src/core/error.hpp"

#include <span>

namespace meterctl::simulators {

/// The meters of the units; a definition that describes no records is made up. `options.meters` further made-up meters
/// follow, at the lowest primary addresses that are free. Usage error where an address is no number from 0 to 250 or a
/// definition does not fit. The definitions must outlive the bus.
Result<std::unique_ptr<Bus>> make_mbus_bus(std::span<const Unit> units, const Options& options);

} // namespace meterctl::simulators

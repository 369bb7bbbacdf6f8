// The lines of a serial port beside its data: outputs that power what hangs on it, inputs, and the break condition.
#pragma once

#include "src/core/error.hpp"
#include "transports/open.hpp"

#include <string_view>

namespace meterctl::transports {

/// Sets RTS and DTR as asked. False where the device has no such lines, as a pseudo-terminal; endpoint error where it
/// has them and they cannot be set.
Result<bool> set_supply(int fd, const SupplyLines& supply, std::string_view where);

/// Starts or ends the break condition; false where the device has none.
bool set_break(int fd, bool on);

/// Octets that the driver has not sent yet; 0 where it does not say.
std::size_t unsent(int fd);

/// RTS, DTR and the settling time that the endpoint's query asks for, else `otherwise`.
SupplyLines supply_lines(const Endpoint& endpoint, const SupplyLines& otherwise);

} // namespace meterctl::transports

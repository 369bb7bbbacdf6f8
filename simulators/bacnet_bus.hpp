// Virtual BACnet devices: on an MS/TP line, alone behind BACnet/IP, or behind a router from BACnet/IP to an MS/TP line.
#pragma once

#include "simulators/bus.hpp"
#include "src/core/error.hpp"

#include <memory>
#include <span>

namespace meterctl::simulators {

/// Framing "mstp", which is usual, or "ip" for datagrams; a line's "rtu" and a socket's "udp" and "tcp" mean the same.
/// Behind BACnet/IP one unit is a device itself; several, or with the key `router`, are behind a router.
/// Usage error where an address is no number from 0 to 127, two units share one, a definition does not fit, or the
/// framing is unknown. The definitions must outlive the bus.
Result<std::unique_ptr<Bus>> make_bacnet_bus(std::span<const Unit> units, const Options& options);

} // namespace meterctl::simulators

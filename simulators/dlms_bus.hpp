// Virtual DLMS/COSEM meters: HDLC on a line (IEC 62056-46), with the opening of mode E where the client signs on as on
// an optical port (IEC 62056-21), or the wrapper on TCP and UDP (IEC 62056-47).
#pragma once

#include "simulators/bus.hpp"
#include "src/core/error.hpp"

#include <span>

namespace meterctl::simulators {

/// Framings: "", "rtu", "serial" and "hdlc" are HDLC; "tcp" and "wrapper" are the wrapper, "udp" the wrapper with one
/// APDU a datagram. Usage error where an address is none, two units share one, a definition does not fit, or the
/// framing is unknown. The definitions must outlive the bus.
Result<std::unique_ptr<Bus>> make_dlms_bus(std::span<const Unit> units, const Options& options);

} // namespace meterctl::simulators

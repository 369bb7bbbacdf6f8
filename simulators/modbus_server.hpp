// The server side of Modbus, without any framing: a request in, the answer a meter gives out.
// MODBUS Application Protocol V1.1b3, clauses 6 and 7.
#pragma once

#include "codecs/modbus/pdu.hpp"
#include "simulators/modbus_memory.hpp"

namespace meterctl::simulators {

/// Carries the request out on the meter's memory. Whatever the meter cannot do is an exception answer.
codecs::modbus::Response serve_request(ModbusMemory& memory, const codecs::modbus::Request& request);

/// The answer's PDU to a request's PDU, whatever its octets are.
Bytes serve_pdu(ModbusMemory& memory, ByteView pdu);

} // namespace meterctl::simulators

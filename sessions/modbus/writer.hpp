// Writes one point: with the function that its definition names, and reads back what the meter made of it.
#pragma once

#include "sessions/modbus/reader.hpp"

namespace meterctl::sessions::modbus {

/// The request that writes `value`. Rejected where the value or the table cannot be written, usage where the function
/// that the definition names does not fit.
Result<codecs::modbus::Request> write_request(const catalogue::Point& point, const Value& value);

/// "write single register holding 0x4010 ...: 0025"
std::string summary_of(const codecs::modbus::Request& request);

/// Reads what was there, writes, follows the meter to new line settings, and reads back. A write whose answer was lost
/// or that was refused on repetition counts as done where reading back says so.
Task<Result<WriteOutcome>> write_point(Client& client, Reader& reader, const catalogue::Point& point,
                                       const Value& value);

} // namespace meterctl::sessions::modbus

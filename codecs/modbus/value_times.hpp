// Dates and times over registers, both directions. Registers are in order, most significant first.
#pragma once

#include "codecs/modbus/values.hpp"

namespace meterctl::codecs::modbus {

/// Kinds unix_time, date_registers, date_packed and date_iec870. A date that does not exist is null, flagged
/// "invalid_date"; what has no zone is flagged "local_time".
TypedValue decode_time(Kind kind, std::span<const std::uint16_t> words);

/// Category::rejected where fields are open or outside what the layout holds.
Result<std::vector<std::uint16_t>> encode_time(Kind kind, const Value& value);

} // namespace meterctl::codecs::modbus

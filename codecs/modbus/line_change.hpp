// Points that move the meter on its line: writing its address, baud rate or parity takes effect after the answer.
// Both ends need it: the client to follow, the virtual meter to move.
#pragma once

#include "src/catalogue/definition.hpp"

#include <cstdint>
#include <optional>

namespace meterctl::codecs::modbus {

struct LineChange {
    std::optional<std::uint8_t> address;
    std::optional<unsigned> baud;
    std::optional<char> parity; ///< 'N', 'E', 'O'
};

/// What a point whose value becomes `value` (as written, or its label) changes; nothing for points of another kind.
/// Told by the point's name: modbus_id or address, baud_rate, parity.
LineChange line_change(const catalogue::Point& point, const Value& value);

} // namespace meterctl::codecs::modbus

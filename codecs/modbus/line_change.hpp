// Points that move the meter on its line: writing its address, baud rate or parity takes effect after the answer.
// Both ends need it: the client to follow, the virtual meter to move.
#pragma once

#include "src/catalogue/definition.hpp"

#include <cstdint>
#include <optional>

namespace meterctl::codecs::modbus {

enum class LineSetting { address, baud, parity };

/// What a point sets on the line, told by its name (modbus_id or address, baud_rate, parity); nullopt for other points.
std::optional<LineSetting> line_setting(const catalogue::Point& point);

struct LineChange {
    std::optional<std::uint8_t> address;
    std::optional<unsigned> baud;
    std::optional<char> parity; ///< 'N', 'E', 'O'
};

/// What a point whose value becomes `value` (as written, or its label) changes; nothing for points of another kind.
LineChange line_change(const catalogue::Point& point, const Value& value);

} // namespace meterctl::codecs::modbus

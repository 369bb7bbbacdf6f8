// Points as texts: what stands in a definition's address, and what a user types for a point that no definition names.
#pragma once

#include "codecs/modbus/pdu.hpp"
#include "codecs/modbus/point.hpp"

#include <string_view>

namespace meterctl::codecs::modbus {

struct Location {
    Table table = Table::holding;
    std::uint16_t first = 0;
};

/// A number as people write registers: decimal, or hex after 0x; nullopt outside 0 to 65535.
std::optional<std::uint16_t> parse_register(std::string_view text);

/// "holding:0x5002", "ref:420483" or "4x20483" at the front of `text`; what stands behind, without its colon, goes to
/// `rest`. Usage error.
Result<Location> parse_location(std::string_view text, std::string_view& rest);

} // namespace meterctl::codecs::modbus

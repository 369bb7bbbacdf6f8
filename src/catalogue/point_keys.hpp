// The "point" section of a definition and what it holds: choices and status bits.
#pragma once

#include "src/catalogue/fields.hpp"

namespace meterctl::catalogue {

std::span<const Key<Choice>> choice_keys();
std::span<const Key<StatusBit>> bit_keys();
std::span<const Key<Ratio>> ratio_keys();
std::span<const Key<Point>> point_keys();

Result<void> read_value(const Source& source, const Node& node, Choice& out);
Result<void> read_value(const Source& source, const Node& node, StatusBit& out);
Result<void> read_value(const Source& source, const Node& node, Ratio& out);
/// One point, checked in itself: its name, that ranges are not empty and choices lie in them, no choice or bit twice.
Result<void> read_value(const Source& source, const Node& node, Point& out);

/// Lower-case words of letters and digits, parted by single underscores, a letter first.
bool is_snake_case(std::string_view name);

} // namespace meterctl::catalogue

// A meter definition for people, and the texts of its parts that tables share.
#pragma once

#include "src/catalogue/definition.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace meterctl::output {

/// Title, line and address, the points as a table, notes, and what is not public.
std::string meter_text(const catalogue::Definition& definition);

/// "read", "write", "read_write"
std::string_view access_name(catalogue::Access access);
/// "0=none; 1=odd; 2=even"
std::string choices_text(const catalogue::Point& point);
/// "" where there is none.
std::string number_text(const std::optional<Decimal>& number);
/// "1 to 247 in steps of 1", or the choices; "" where all is allowed.
std::string range_text(const catalogue::Point& point);

} // namespace meterctl::output

// Values of many parts as users write them: JSON, objects as structures and lists as lists.
#pragma once

#include "src/core/error.hpp"
#include "src/core/value.hpp"

namespace meterctl::sessions {

/// "[{"day_id": 1, ...}]"; numbers stay exact. Usage error with the line where it is no JSON.
Result<Value> parse_json_value(std::string_view text);

} // namespace meterctl::sessions

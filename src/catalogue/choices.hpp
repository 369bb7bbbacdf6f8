// The named values of a point: which of them a value is, and which value a label stands for.
#pragma once

#include "src/catalogue/definition.hpp"

namespace meterctl::catalogue {

/// Numbers by their worth, whatever holds them; anything else as it is.
bool same_value(const Value& a, const Value& b);
/// nullptr where the value is none of the choices.
const Choice* choice_of(const Point& point, const Value& value);
/// The value that a label stands for, in any case of letters; any other value is itself.
const Value& meant_by(const Point& point, const Value& value);

} // namespace meterctl::catalogue

// The rules by which definitions tell their meters from others.
#pragma once

#include "src/catalogue/definition.hpp"

namespace meterctl::sessions {

/// Whether the value that was read at the rule's address is what the rule wants; a missing one never is.
bool rule_holds(const catalogue::IdentifyRule& rule, const Value& value);

} // namespace meterctl::sessions

// POINT=VALUE: what the user wants written, checked before anything is sent.
#pragma once

#include "commands/target.hpp"

#include <span>
#include <string>
#include <vector>

namespace meterctl::commands {

struct Assignment {
    catalogue::Point point;
    Value value;
    std::string label; ///< of the choice that `value` is; may be empty
};

/// In the order to be written, which is that of the texts, but for what a definition wants `after` something else.
/// Usage errors: no `=`, an unknown point. Rejected: what the point cannot hold, whatever the user consents to.
/// `relinquishes`: the value `null` takes back what was commanded.
Result<std::vector<Assignment>> parse_assignments(const Target& target, const sessions::Protocol& protocol,
                                                  std::span<const std::string> texts, bool relinquishes = false);

/// "ct_primary = 100 A"
std::string shown(const Assignment& assignment);

} // namespace meterctl::commands

// The rules by which definitions tell their meters from others, and what a meter says it is where it is asked in one
// go.
#pragma once

#include "sessions/session.hpp"
#include "src/catalogue/definition.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace meterctl::sessions {

/// Whether the value that was read at the rule's address is what the rule wants; a missing one never is.
bool rule_holds(const catalogue::IdentifyRule& rule, const Value& value);

/// What any meter of a protocol may say of itself, in the protocol's own terms.
struct Fact {
    std::string_view name, address, type;
};
using Candidates = std::span<const catalogue::Definition* const>;

/// The facts, and behind them what the candidates' rules ask besides: each address once.
std::vector<catalogue::Point> identity_points(std::span<const Fact> facts, Candidates candidates);

/// Facts, serial number and model (the first candidate that fits), from what was read of those points.
Identity identity_of(std::span<const Fact> facts, Candidates candidates, std::vector<Reading> readings);

} // namespace meterctl::sessions

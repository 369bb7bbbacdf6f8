// Small text helpers: nearest names for "did you mean", snake_case check, splitting.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl {

/// Damerau-Levenshtein distance.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// At most `count` of `candidates`, nearest first, that are near enough to be meant (distance at most a third of the
/// length, or sharing a word of a snake_case name).
std::vector<std::string> nearest(std::string_view word, std::span<const std::string> candidates, std::size_t count = 3);

std::vector<std::string_view> split(std::string_view text, char separator);
std::string_view trim(std::string_view text);
std::string to_lower(std::string_view text);
/// Shell glob: `*`, `?`, `[...]`.
bool glob_match(std::string_view pattern, std::string_view text);

} // namespace meterctl

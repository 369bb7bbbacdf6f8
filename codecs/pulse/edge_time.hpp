// Times as tables of edges have them: numbers in some unit, numbers of samples, or dates with times of day.
#pragma once

#include "src/core/decimal.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace meterctl::codecs::pulse {

struct TimeScale {
    int exponent = 9; ///< nanoseconds in the unit, as a power of ten: 9 for seconds
    double rate = 0;  ///< not 0: the number is one of samples, of which so many make a second
};

/// Rounded to nanoseconds; nullopt where the result has no place in 64 bits.
std::optional<std::chrono::nanoseconds> scaled_time(const Decimal& number, const TimeScale& scale);

/// "0.0125" in the scale's unit, or RFC 3339 with any number of digits behind the second ("2026-11-21T02:15:00.25Z",
/// also with a space between, also without an offset); nullopt for anything else.
std::optional<std::chrono::nanoseconds> parse_time(std::string_view text, const TimeScale& scale);

/// The power of ten of "s", "ms", "microseconds" and the like; nullopt for other words.
std::optional<int> unit_exponent(std::string_view word);

} // namespace meterctl::codecs::pulse

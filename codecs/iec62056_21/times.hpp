// Time stamps as meters send and take them: IEC 62056-21 leaves the format to the maker; VDEW's digits are the usual
// one.
#pragma once

#include "src/core/datetime.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace meterctl::codecs::iec62056_21 {

/// `SYYMMDDhhmmss`, `SYYMMDDhhmm` (S: 0 standard, 1 summer, 2 UTC), `YYMMDDhhmmss`, `YYMMDDhhmm`,
/// `YYMMDDhhmmssW` and `...S` (DSMR: winter and summer of central Europe), and the same with separators:
/// "24-05-01 12:15", "2017-01-18&01:36:47". nullopt where the text is none, or names no day or time there is.
std::optional<DateTime> parse_time(std::string_view text);

/// A clock time alone: "120005", "12:00:05" -> hour, minute, second without a date.
std::optional<DateTime> parse_time_of_day(std::string_view text);
/// A date alone: "240501", "24-05-01", "1240501" with a season digit.
std::optional<DateTime> parse_date(std::string_view text);

/// As VDEW has it: "SYYMMDDhhmmss" with the season digit `season` ('\0': without).
std::string time_digits(const DateTime& time, char season = '\0');

} // namespace meterctl::codecs::iec62056_21

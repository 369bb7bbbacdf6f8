// Times with open fields as texts, both ways: "*-03-last sun 02:00:00", "00:00:00", "2026-12-25". IEC 62056-6-2, clause
// 4.1.6.1. A field that is open is "*"; the month can be dst-begin or dst-end, the day last or last-1; a day of the
// week stands behind the date.
#pragma once

#include "codecs/dlms/date_time.hpp"

namespace meterctl::codecs::dlms {

enum class PatternKind { date_time, date, time };

/// "*-*-01 00:00:00"; hundredths and the deviation stand behind it where they are given: "... 02:00:00.50 +01:00".
std::string pattern_text(const CosemTime& time, PatternKind kind);
/// Usage error where it is none. "*" is a time whose every field is open.
Result<CosemTime> parse_pattern(std::string_view text, PatternKind kind);

} // namespace meterctl::codecs::dlms

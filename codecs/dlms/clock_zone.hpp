// The zone that a meter's clock is in, and its summer time: what attributes 3 and 5 to 8 of a clock say (IEC 62056-6-2,
// clause 4.5.1). A clock is set in its own zone, since many meters take the fields and leave the deviation unread.
#pragma once

#include "codecs/dlms/date_time.hpp"

#include <chrono>

namespace meterctl::codecs::dlms {

struct ClockZone {
    int deviation = 0;        ///< minutes from standard time to UTC: UTC+1 is -60
    bool switches = false;    ///< to summer time and back
    int summer_deviation = 0; ///< minutes that summer time is ahead of standard time
    CosemTime begin{}, end{}; ///< begin in standard time, end in summer time; year and day may be open
};

using UtcTime = std::chrono::sys_seconds;

/// The date of a pattern in a year: a day of the month, the last, the last but one, and of a weekday the one on or
/// after the day, or the last of the month. nullopt where month, day or hour are open, or there is no such date.
std::optional<UtcTime> occurrence(const CosemTime& pattern, int year);

/// In summer time; false where the zone does not switch, or does not say when.
bool is_summer(const ClockZone& zone, UtcTime utc);

/// The instant as the meter's clock shows it: local fields, the deviation of then, and in the status the summer bit.
CosemTime clock_time(const ClockZone& zone, UtcTime utc);
/// The instant of a local time; in the hour that comes twice, the first.
UtcTime utc_of_local(const ClockZone& zone, UtcTime local);

} // namespace meterctl::codecs::dlms

// A tariff calendar as one value, of a point of type "calendar": read from the half that the point's attribute begins,
// written to the passive half, which takes over when it is activated.
#pragma once

#include "codecs/dlms/tariff_calendar.hpp"
#include "sessions/dlms/reader.hpp"

#include <span>

namespace meterctl::sessions::dlms {

inline constexpr std::int8_t active_half = 2, passive_half = 6; ///< the first attribute, which is the name

bool is_calendar(const catalogue::Point& point);
/// As the meter's definition says: settings calendar_seasons, calendar_weeks, ...
codecs::dlms::CalendarLimits calendar_limits(const catalogue::Definition* meter);
/// What sets the passive half, in the order to be written: what is referred to before what refers to it.
struct CalendarWrite {
    std::int8_t attribute;
    codecs::dlms::Data value;
};
std::vector<CalendarWrite> calendar_writes(const codecs::dlms::TariffCalendar& calendar);

/// The half of the calendar that begins at attribute `first`.
Task<Result<codecs::dlms::TariffCalendar>> fetch_calendar(Reader& reader, codecs::dlms::PointAddress object,
                                                          std::int8_t first);
/// As Reader::read(), with calendars among the points.
Task<Result<ReadOutcome>> read_points(Reader& reader, std::vector<catalogue::Point> points);

/// A special days table, class 11, attribute 2: indices and dates that come twice, and days that neither half of the
/// calendar has, where the meter tells.
Task<Result<void>> check_special_days(Reader& reader, const Value& value);

} // namespace meterctl::sessions::dlms

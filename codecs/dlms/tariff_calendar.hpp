// A tariff calendar as people write it, and as the attributes of an activity calendar hold it (IEC 62056-6-2, clause
// 4.5.5): seasons that begin at a date, weeks that name a day for each weekday, days with the hours of their tariffs.
//
//   {"name": "2027",
//    "seasons": [{"name": "winter", "start": "*-11-01", "week": "usual"}],
//    "weeks": [{"name": "usual", "monday": 1, ..., "sunday": 2}],
//    "days": [{"id": 1, "slots": [{"from": "00:00", "tariff": 2}, {"from": "07:00", "tariff": 1}]}]}
//
// A tariff is a script of the table of tariff scripts, by its number; a slot that runs another table's has "script".
#pragma once

#include "codecs/dlms/data.hpp"
#include "codecs/dlms/date_time.hpp"
#include "src/core/obis.hpp"

#include <array>

namespace meterctl::codecs::dlms {

struct CalendarSlot {
    CosemTime from;
    Obis script{0, 0, 10, 0, 100, 255};
    std::uint16_t tariff = 0;
    friend bool operator==(const CalendarSlot&, const CalendarSlot&) = default;
};
struct CalendarDay {
    std::uint8_t id = 0;
    std::vector<CalendarSlot> slots;
    friend bool operator==(const CalendarDay&, const CalendarDay&) = default;
};
struct CalendarWeek {
    Bytes name;
    std::array<std::uint8_t, 7> days{}; ///< Monday to Sunday
    friend bool operator==(const CalendarWeek&, const CalendarWeek&) = default;
};
struct CalendarSeason {
    Bytes name;
    CosemTime start;
    Bytes week;
    friend bool operator==(const CalendarSeason&, const CalendarSeason&) = default;
};
struct TariffCalendar {
    Bytes name;
    std::vector<CalendarSeason> seasons;
    std::vector<CalendarWeek> weeks;
    std::vector<CalendarDay> days;
    friend bool operator==(const TariffCalendar&, const TariffCalendar&) = default;
};

/// What a meter holds at most.
struct CalendarLimits {
    std::size_t seasons = 255, weeks = 255, days = 255, slots = 255, tariffs = 65535, name = 255;
};

/// Reads it, and checks the whole of it as check() does. Rejected, "dlms.calendar", with the place: "days[2].slots[1]".
Result<TariffCalendar> calendar_of(const Value& value, const CalendarLimits& limits);
/// Names and numbers that come twice, weeks and days that nothing defines, seasons and slots that are out of order or
/// begin together, a day whose first hour has no tariff, and more than the meter holds.
Result<void> check(const TariffCalendar& calendar, const CalendarLimits& limits);
/// As calendar_of() takes it.
Value to_value(const TariffCalendar& calendar);

/// Attributes in their order: name, seasons, weeks, days.
using CalendarParts = std::array<Data, 4>;
CalendarParts to_parts(const TariffCalendar& calendar);
/// Untrusted, with what is wrong, where a part is of another shape.
Result<TariffCalendar> calendar_of(const CalendarParts& parts);

} // namespace meterctl::codecs::dlms

// Zones and summer times of clocks: the dates of the European Union's rule and of New Zealand's, which a calendar
// tells.
#include "codecs/dlms/clock_zone.hpp"
#include "codecs/dlms/time_pattern.hpp"

#include <doctest/doctest.h>

using namespace meterctl::codecs::dlms;
using namespace std::chrono;

namespace {

UtcTime utc(int year_, unsigned month_, unsigned day_, int hour, int minute = 0) {
    return UtcTime(sys_days(year(year_) / month(month_) / day(day_))) + hours(hour) + minutes(minute);
}

CosemTime pattern(std::string_view text) {
    return parse_pattern(text, PatternKind::date_time).value();
}

ClockZone zone(int deviation, std::string_view begin, std::string_view end) {
    return {deviation, true, 60, pattern(begin), pattern(end)};
}

std::string shown(const ClockZone& where, UtcTime when) {
    return show_date_time(clock_time(where, when)).value.to_string();
}

} // namespace

TEST_CASE("patterns name one date a year") {
    CHECK(occurrence(pattern("*-03-last sun 02:00:00"), 2026) == utc(2026, 3, 29, 2));
    CHECK(occurrence(pattern("*-10-last sun 03:00:00"), 2027) == utc(2027, 10, 31, 3));
    CHECK(occurrence(pattern("*-02-last 00:00:00"), 2028) == utc(2028, 2, 29, 0));
    CHECK(occurrence(pattern("*-02-last-1 00:00:00"), 2027) == utc(2027, 2, 27, 0));
    CHECK(occurrence(pattern("*-04-01 sun 03:00:00"), 2026) == utc(2026, 4, 5, 3)); // the first Sunday
    CHECK(occurrence(pattern("2025-06-15 01:30:00"), 2026) == utc(2025, 6, 15, 1, 30));
    CHECK_FALSE(occurrence(pattern("*-02-30 00:00:00"), 2026));
    CHECK_FALSE(occurrence(pattern("*"), 2026));
}

TEST_CASE("summer time in the north begins and ends at 01:00 UTC in Central Europe") {
    const auto berlin = zone(-60, "*-03-last sun 02:00:00", "*-10-last sun 03:00:00");
    CHECK(shown(berlin, utc(2026, 3, 29, 0, 59)) == "2026-03-29T01:59:00+01:00");
    CHECK(shown(berlin, utc(2026, 3, 29, 1)) == "2026-03-29T03:00:00+02:00");
    CHECK(shown(berlin, utc(2026, 10, 25, 0, 59)) == "2026-10-25T02:59:00+02:00");
    CHECK(shown(berlin, utc(2026, 10, 25, 1)) == "2026-10-25T02:00:00+01:00");
    CHECK(clock_time(berlin, utc(2026, 7, 1, 0)).status == clock_status::summer_time);
    CHECK(clock_time(berlin, utc(2026, 12, 1, 0)).status == 0);
    CHECK(clock_time(berlin, utc(2026, 7, 1, 0)).weekday == 3);
}

TEST_CASE("summer time in the south goes over the turn of the year") {
    const auto auckland = zone(-720, "*-09-last sun 02:00:00", "*-04-01 sun 03:00:00");
    CHECK(shown(auckland, utc(2026, 1, 1, 0)) == "2026-01-01T13:00:00+13:00");
    CHECK(shown(auckland, utc(2026, 4, 4, 13, 59)) == "2026-04-05T02:59:00+13:00");
    CHECK(shown(auckland, utc(2026, 4, 4, 14)) == "2026-04-05T02:00:00+12:00");
    CHECK(shown(auckland, utc(2026, 9, 26, 14)) == "2026-09-27T03:00:00+13:00");
}

TEST_CASE("a zone that does not switch, or does not say when, has one deviation") {
    auto fixed = zone(-60, "*-03-last sun 02:00:00", "*-10-last sun 03:00:00");
    fixed.switches = false;
    CHECK(shown(fixed, utc(2026, 7, 1, 0)) == "2026-07-01T01:00:00+01:00");
    const auto open = zone(-60, "*", "*");
    CHECK(shown(open, utc(2026, 7, 1, 0)) == "2026-07-01T01:00:00+01:00");
    const auto west = ClockZone{300, false, 0, {}, {}};
    CHECK(shown(west, utc(2026, 7, 1, 3)) == "2026-06-30T22:00:00-05:00");
}

TEST_CASE("a local time is one instant; of the hour that comes twice, the first") {
    const auto berlin = zone(-60, "*-03-last sun 02:00:00", "*-10-last sun 03:00:00");
    CHECK(utc_of_local(berlin, utc(2026, 7, 1, 12)) == utc(2026, 7, 1, 10));
    CHECK(utc_of_local(berlin, utc(2026, 12, 1, 12)) == utc(2026, 12, 1, 11));
    CHECK(utc_of_local(berlin, utc(2026, 10, 25, 2, 30)) == utc(2026, 10, 25, 0, 30));
    CHECK(utc_of_local(berlin, utc(2026, 10, 25, 3, 30)) == utc(2026, 10, 25, 2, 30));
}

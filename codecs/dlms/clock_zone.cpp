#include "codecs/dlms/clock_zone.hpp"

namespace meterctl::codecs::dlms {

namespace {

using namespace std::chrono;

/// What is open counts as 0.
seconds time_of_day(const CosemTime& time) {
    const auto given = [](std::uint8_t field) { return field == CosemTime::any ? 0 : int{field}; };
    return hours(given(time.hour)) + minutes(given(time.minute)) + seconds(given(time.second));
}

std::optional<sys_days> day_of(const CosemTime& pattern, year_month month) {
    const sys_days last = sys_days(month / std::chrono::last);
    const bool weekday_given = pattern.weekday != CosemTime::any;
    if (weekday_given && (pattern.weekday < 1 || pattern.weekday > 7)) { return std::nullopt; }
    const weekday wanted(static_cast<unsigned>(pattern.weekday) % 7U);
    if (pattern.day == CosemTime::last_day) { return weekday_given ? last - (weekday(last) - wanted) : last; }
    if (pattern.day == CosemTime::last_but_one) { return last - days(1); }
    const auto day = month / static_cast<int>(pattern.day);
    if (pattern.day == CosemTime::any || !day.ok()) { return std::nullopt; }
    const sys_days from(day);
    return weekday_given ? from + (wanted - weekday(from)) : from;
}

} // namespace

std::optional<UtcTime> occurrence(const CosemTime& pattern, int of_year) {
    if (pattern.hour == CosemTime::any || pattern.month < 1 || pattern.month > 12) { return std::nullopt; }
    const int in = pattern.year == CosemTime::any_year ? of_year : int{pattern.year};
    const auto day = day_of(pattern, year(in) / month(pattern.month));
    return day ? std::optional(UtcTime(*day) + time_of_day(pattern)) : std::nullopt;
}

bool is_summer(const ClockZone& zone, UtcTime utc) {
    if (!zone.switches || zone.summer_deviation == 0) { return false; }
    const UtcTime standard = utc - minutes(zone.deviation);
    const int in = static_cast<int>(year_month_day(floor<days>(standard)).year());
    const auto begin = occurrence(zone.begin, in), end = occurrence(zone.end, in);
    if (!begin || !end) { return false; }
    const UtcTime back = *end - minutes(zone.summer_deviation);
    return *begin < back ? standard >= *begin && standard < back : standard >= *begin || standard < back;
}

CosemTime clock_time(const ClockZone& zone, UtcTime utc) {
    const bool summer = is_summer(zone, utc);
    const int deviation = zone.deviation - (summer ? zone.summer_deviation : 0);
    const UtcTime local = utc - minutes(deviation);
    const year_month_day day(floor<days>(local));
    const hh_mm_ss<seconds> time(local - floor<days>(local));
    CosemTime out;
    out.year = static_cast<std::uint16_t>(static_cast<int>(day.year()));
    out.month = static_cast<std::uint8_t>(static_cast<unsigned>(day.month()));
    out.day = static_cast<std::uint8_t>(static_cast<unsigned>(day.day()));
    out.weekday = static_cast<std::uint8_t>(weekday(floor<days>(local)).iso_encoding());
    out.hour = static_cast<std::uint8_t>(time.hours().count());
    out.minute = static_cast<std::uint8_t>(time.minutes().count());
    out.second = static_cast<std::uint8_t>(time.seconds().count());
    out.hundredths = 0;
    out.deviation = static_cast<std::int16_t>(deviation);
    out.status = summer ? clock_status::summer_time : std::uint8_t{0};
    return out;
}

UtcTime utc_of_local(const ClockZone& zone, UtcTime local) {
    const UtcTime in_summer = local + minutes(zone.deviation - zone.summer_deviation);
    if (is_summer(zone, in_summer)) { return in_summer; }
    return local + minutes(zone.deviation);
}

} // namespace meterctl::codecs::dlms

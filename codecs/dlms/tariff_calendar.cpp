#include "codecs/dlms/tariff_calendar.hpp"

#include "codecs/dlms/obis.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::dlms {

namespace {

tl::unexpected<Error> wrong(std::string what, std::string where) {
    return fail(Category::rejected, std::move(what), std::move(where), {}, "dlms.calendar");
}

std::string place(std::string_view list, std::size_t at) {
    return fmt::format("{}[{}]", list, at + 1);
}

std::string text_of(const Bytes& name) {
    return {name.begin(), name.end()};
}

Result<void> check_count(std::string_view list, std::size_t count, std::size_t most) {
    if (count == 0) { return wrong(fmt::format("a calendar without {}", list), std::string(list)); }
    if (count <= most) { return {}; }
    return wrong(fmt::format("{} {}: the meter holds {}", count, list, most), std::string(list));
}

Result<void> check_name(const Bytes& name, std::size_t most, const std::string& where) {
    if (name.empty()) { return wrong("a name is missing", where); }
    if (name.size() <= most) { return {}; }
    return wrong(fmt::format("\"{}\" is longer than the {} octets that the meter holds", text_of(name), most), where);
}

/// Date and time of a season's start, as numbers that sort; what is open sorts as 0.
std::array<unsigned, 5> order_of(const CosemTime& start) {
    const auto given = [](unsigned field, unsigned open) { return field == open ? 0U : field; };
    return {given(start.year, CosemTime::any_year), start.month, start.day, given(start.hour, CosemTime::any),
            given(start.minute, CosemTime::any)};
}

Result<void> check_start(const CosemTime& start, const std::string& where) {
    const bool month = start.month >= 1 && start.month <= 12;
    const bool day =
        (start.day >= 1 && start.day <= 31) || start.day == CosemTime::last_day || start.day == CosemTime::last_but_one;
    if (month && day) { return {}; }
    return wrong("a season starts at a month and a day: \"*-11-01\"", where);
}

Result<void> check_seasons(const TariffCalendar& calendar, const CalendarLimits& limits) {
    const auto& seasons = calendar.seasons;
    for (std::size_t at = 0; at < seasons.size(); ++at) {
        const auto where = place("seasons", at);
        auto done = check_name(seasons[at].name, limits.name, where);
        if (done) { done = check_start(seasons[at].start, where); }
        if (!done) { return done; }
        if (std::ranges::find(calendar.weeks, seasons[at].week, &CalendarWeek::name) == calendar.weeks.end()) {
            return wrong(fmt::format("there is no week \"{}\"", text_of(seasons[at].week)), where);
        }
        for (std::size_t before = 0; before < at; ++before) {
            if (seasons[before].name == seasons[at].name) {
                return wrong(fmt::format("the season \"{}\" is there twice", text_of(seasons[at].name)), where);
            }
        }
        if (at == 0) { continue; }
        const auto last = order_of(seasons[at - 1].start), own = order_of(seasons[at].start);
        if (own == last) { return wrong("it starts when the season before it does", where); }
        if (own < last) { return wrong("it starts before the season before it: seasons stand by their start", where); }
    }
    return {};
}

Result<void> check_weeks(const TariffCalendar& calendar, const CalendarLimits& limits) {
    for (std::size_t at = 0; at < calendar.weeks.size(); ++at) {
        const auto& week = calendar.weeks[at];
        const auto where = place("weeks", at);
        if (auto done = check_name(week.name, limits.name, where); !done) { return done; }
        for (std::size_t before = 0; before < at; ++before) {
            if (calendar.weeks[before].name == week.name) {
                return wrong(fmt::format("the week \"{}\" is there twice", text_of(week.name)), where);
            }
        }
        for (const auto id : week.days) {
            if (std::ranges::find(calendar.days, id, &CalendarDay::id) == calendar.days.end()) {
                return wrong(fmt::format("there is no day {}", id), where);
            }
        }
    }
    return {};
}

unsigned seconds_of(const CosemTime& time) {
    return (time.hour * 60U + time.minute) * 60U + time.second;
}

Result<void> check_slots(const CalendarDay& day, const CalendarLimits& limits, const std::string& day_place) {
    if (auto done = check_count("slots", day.slots.size(), limits.slots); !done) {
        done.error().where = day_place;
        return done;
    }
    for (std::size_t at = 0; at < day.slots.size(); ++at) {
        const auto& slot = day.slots[at];
        const auto where = day_place + "." + place("slots", at);
        if (slot.from.hour > 23 || slot.from.minute > 59 || slot.from.second > 59) {
            return wrong("a slot begins at a time of the day: \"07:00\"", where);
        }
        if (slot.tariff < 1 || slot.tariff > limits.tariffs) {
            return wrong(fmt::format("tariff {}: the meter has 1 to {}", slot.tariff, limits.tariffs), where);
        }
        const unsigned own = seconds_of(slot.from);
        if (at == 0 && own != 0) { return wrong("the day's first slot does not begin at 00:00", where); }
        if (at == 0) { continue; }
        const unsigned last = seconds_of(day.slots[at - 1].from);
        if (own == last) { return wrong("it begins when the slot before it does", where); }
        if (own < last) { return wrong("it begins before the slot before it: slots stand by their time", where); }
    }
    return {};
}

Result<void> check_days(const TariffCalendar& calendar, const CalendarLimits& limits) {
    for (std::size_t at = 0; at < calendar.days.size(); ++at) {
        const auto& day = calendar.days[at];
        const auto where = place("days", at);
        for (std::size_t before = 0; before < at; ++before) {
            if (calendar.days[before].id == day.id) {
                return wrong(fmt::format("the day {} is there twice", day.id), where);
            }
        }
        if (auto done = check_slots(day, limits, where); !done) { return done; }
    }
    return {};
}

} // namespace

Result<void> check(const TariffCalendar& calendar, const CalendarLimits& limits) {
    auto done = check_name(calendar.name, limits.name, "name");
    if (done) { done = check_count("seasons", calendar.seasons.size(), limits.seasons); }
    if (done) { done = check_count("weeks", calendar.weeks.size(), limits.weeks); }
    if (done) { done = check_count("days", calendar.days.size(), limits.days); }
    if (done) { done = check_days(calendar, limits); }
    if (done) { done = check_weeks(calendar, limits); }
    if (done) { done = check_seasons(calendar, limits); }
    return done;
}

CalendarParts to_parts(const TariffCalendar& calendar) {
    std::vector<Data> seasons, weeks, days;
    seasons.reserve(calendar.seasons.size());
    weeks.reserve(calendar.weeks.size());
    days.reserve(calendar.days.size());
    for (const CalendarSeason& season : calendar.seasons) {
        seasons.push_back(
            Data::structure({Data::octet_string(season.name), Data::octet_string(encode_date_time(season.start)),
                             Data::octet_string(season.week)}));
    }
    for (const CalendarWeek& week : calendar.weeks) {
        std::vector<Data> parts{Data::octet_string(week.name)};
        parts.reserve(1 + week.days.size());
        for (const auto id : week.days) { parts.push_back(Data::unsigned_integer(id)); }
        weeks.push_back(Data::structure(std::move(parts)));
    }
    for (const CalendarDay& day : calendar.days) {
        std::vector<Data> slots;
        slots.reserve(day.slots.size());
        for (const CalendarSlot& slot : day.slots) {
            slots.push_back(Data::structure(
                {Data::octet_string(encode_time(slot.from)), to_data(slot.script), Data::long_unsigned(slot.tariff)}));
        }
        days.push_back(Data::structure({Data::unsigned_integer(day.id), Data::array(std::move(slots))}));
    }
    return {Data::octet_string(calendar.name), Data::array(std::move(seasons)), Data::array(std::move(weeks)),
            Data::array(std::move(days))};
}

} // namespace meterctl::codecs::dlms

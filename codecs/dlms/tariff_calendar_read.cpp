// Tariff calendars out of what a meter holds, and out of what a user has written.
#include "codecs/dlms/obis.hpp"
#include "codecs/dlms/tariff_calendar.hpp"
#include "codecs/dlms/time_pattern.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::dlms {

namespace {

constexpr std::array<std::string_view, 7> weekdays{"monday", "tuesday",  "wednesday", "thursday",
                                                   "friday", "saturday", "sunday"};
constexpr Obis usual_script{0, 0, 10, 0, 100, 255};

tl::unexpected<Error> wrong(std::string what, std::string where, std::vector<std::string> hints = {}) {
    return fail(Category::rejected, std::move(what), std::move(where), std::move(hints), "dlms.calendar");
}

tl::unexpected<Error> odd(std::string_view part) {
    return fail(Category::untrusted, fmt::format("the meter's calendar has no {} as the standard has them", part), {},
                {}, "dlms.calendar");
}

// What a user has written

/// An object's members by name, each of which is known.
class Members {
public:
    static Result<Members> of(const Value& value, std::string where, std::vector<std::string> known) {
        const auto* const members = value.get<Structure>();
        if (members == nullptr) { return wrong("an object is needed", std::move(where)); }
        for (const NamedValue& one : *members) {
            if (std::ranges::find(known, one.name) != known.end()) { continue; }
            return wrong(fmt::format("no key \"{}\"", one.name), std::move(where), nearest(one.name, known));
        }
        return Members(members, std::move(where));
    }

    [[nodiscard]] const Value* find(std::string_view name) const {
        const auto found = std::ranges::find(*members_, name, &NamedValue::name);
        return found == members_->end() ? nullptr : &found->value;
    }
    [[nodiscard]] Result<std::string> text(std::string_view name) const {
        const auto* const value = find(name);
        const auto* const text = value == nullptr ? nullptr : value->get<std::string>();
        if (text == nullptr) { return missing(name, "a text"); }
        return *text;
    }
    [[nodiscard]] Result<unsigned> number(std::string_view name, std::int64_t most) const {
        const auto* const value = find(name);
        const auto number = value == nullptr ? std::nullopt : value->number();
        const auto whole = number ? number->to_int64() : std::nullopt;
        if (!whole || *whole < 0 || *whole > most) { return missing(name, fmt::format("a number from 0 to {}", most)); }
        return static_cast<unsigned>(*whole);
    }
    [[nodiscard]] Result<const List*> list(std::string_view name) const {
        const auto* const value = find(name);
        const auto* const list = value == nullptr ? nullptr : value->get<List>();
        if (list == nullptr) { return missing(name, "a list"); }
        return list;
    }
    [[nodiscard]] const std::string& where() const { return where_; }

private:
    Members(const Structure* members, std::string where) : members_(members), where_(std::move(where)) {}
    [[nodiscard]] tl::unexpected<Error> missing(std::string_view name, std::string_view what) const {
        return wrong(fmt::format("\"{}\" is {}", name, what), where_);
    }

    const Structure* members_;
    std::string where_;
};

Bytes octets_of(std::string_view text) {
    return {text.begin(), text.end()};
}

template <class Item, class Read>
Result<std::vector<Item>> read_all(const Members& members, std::string_view name, Read read) {
    const auto list = members.list(name);
    if (!list) { return tl::unexpected(list.error()); }
    std::vector<Item> items;
    items.reserve((*list)->size());
    const std::string owner = members.where().empty() ? std::string() : members.where() + ".";
    for (const Value& one : **list) {
        auto item = read(one, fmt::format("{}{}[{}]", owner, name, items.size() + 1));
        if (!item) { return tl::unexpected(item.error()); }
        items.push_back(std::move(*item));
    }
    return items;
}

Result<CalendarSeason> read_season(const Value& value, const std::string& where) {
    const auto members = Members::of(value, where, {"name", "start", "week"});
    if (!members) { return tl::unexpected(members.error()); }
    const auto name = members->text("name"), start = members->text("start"), week = members->text("week");
    for (const auto* const one : {&name, &start, &week}) {
        if (!*one) { return tl::unexpected(one->error()); }
    }
    // A date alone begins at midnight.
    const bool date_only = start->find(':') == std::string::npos;
    const auto time = parse_pattern(date_only ? *start + " 00:00:00" : *start, PatternKind::date_time);
    if (!time) { return wrong(fmt::format("\"{}\" is no date", *start), where, {"\"*-11-01\""}); }
    return CalendarSeason{octets_of(*name), *time, octets_of(*week)};
}

Result<CalendarWeek> read_week(const Value& value, const std::string& where) {
    std::vector<std::string> known{"name"};
    known.insert(known.end(), weekdays.begin(), weekdays.end());
    const auto members = Members::of(value, where, std::move(known));
    if (!members) { return tl::unexpected(members.error()); }
    const auto name = members->text("name");
    if (!name) { return tl::unexpected(name.error()); }
    CalendarWeek week;
    week.name = octets_of(*name);
    for (std::size_t at = 0; at < weekdays.size(); ++at) {
        const auto id = members->number(weekdays[at], UINT8_MAX);
        if (!id) { return tl::unexpected(id.error()); }
        week.days[at] = static_cast<std::uint8_t>(*id);
    }
    return week;
}

Result<CalendarSlot> read_slot(const Value& value, const std::string& where) {
    const auto members = Members::of(value, where, {"from", "tariff", "script"});
    if (!members) { return tl::unexpected(members.error()); }
    const auto from = members->text("from");
    const auto tariff = members->number("tariff", UINT16_MAX);
    if (!from) { return tl::unexpected(from.error()); }
    if (!tariff) { return tl::unexpected(tariff.error()); }
    const auto time = parse_time(*from);
    if (!time) { return wrong(fmt::format("\"{}\" is no time of the day", *from), where, {"\"07:00\""}); }
    CalendarSlot slot;
    slot.from = *time;
    if (slot.from.second == CosemTime::any) { slot.from.second = 0; }
    if (slot.from.hundredths == CosemTime::any) { slot.from.hundredths = 0; }
    slot.tariff = static_cast<std::uint16_t>(*tariff);
    if (members->find("script") == nullptr) { return slot; }
    const auto script = members->text("script").and_then([](const std::string& text) { return Obis::parse(text); });
    if (!script) { return wrong("\"script\" is a logical name", where, {"\"0-0:10.0.100.255\""}); }
    slot.script = *script;
    return slot;
}

Result<CalendarDay> read_day(const Value& value, const std::string& where) {
    const auto members = Members::of(value, where, {"id", "slots"});
    if (!members) { return tl::unexpected(members.error()); }
    const auto id = members->number("id", UINT8_MAX);
    if (!id) { return tl::unexpected(id.error()); }
    auto slots = read_all<CalendarSlot>(*members, "slots", read_slot);
    if (!slots) { return tl::unexpected(slots.error()); }
    return CalendarDay{static_cast<std::uint8_t>(*id), std::move(*slots)};
}

// What a meter holds

/// The elements of a structure with so many; nullptr for others.
const std::vector<Data>* parts_of(const Data& data, std::size_t count) {
    const auto* const items = data.items();
    return items != nullptr && items->size() == count ? items : nullptr;
}

std::optional<CalendarSeason> season_in(const Data& data) {
    const auto* const parts = parts_of(data, 3);
    if (parts == nullptr) { return std::nullopt; }
    const auto start = date_time_of((*parts)[1]);
    const auto *const name = (*parts)[0].octets(), *const week = (*parts)[2].octets();
    if (name == nullptr || week == nullptr || !start) { return std::nullopt; }
    return CalendarSeason{*name, *start, *week};
}

std::optional<CalendarWeek> week_in(const Data& data) {
    const auto* const parts = parts_of(data, 1 + weekdays.size());
    if (parts == nullptr || parts->front().octets() == nullptr) { return std::nullopt; }
    CalendarWeek week;
    week.name = *parts->front().octets();
    for (std::size_t at = 0; at < weekdays.size(); ++at) {
        const auto id = (*parts)[at + 1].whole();
        if (!id || *id < 0 || *id > UINT8_MAX) { return std::nullopt; }
        week.days[at] = static_cast<std::uint8_t>(*id);
    }
    return week;
}

std::optional<CalendarSlot> slot_in(const Data& data) {
    const auto* const parts = parts_of(data, 3);
    if (parts == nullptr || (*parts)[0].octets() == nullptr) { return std::nullopt; }
    const auto time = decode_time(*(*parts)[0].octets());
    const auto script = logical_name_of((*parts)[1]);
    const auto tariff = (*parts)[2].whole();
    if (!time || !script || !tariff || *tariff < 0 || *tariff > UINT16_MAX) { return std::nullopt; }
    return CalendarSlot{*time, *script, static_cast<std::uint16_t>(*tariff)};
}

std::optional<CalendarDay> day_in(const Data& data) {
    const auto* const parts = parts_of(data, 2);
    const auto id = parts == nullptr ? std::nullopt : parts->front().whole();
    const auto* const slots = parts == nullptr ? nullptr : (*parts)[1].items();
    if (!id || *id < 0 || *id > UINT8_MAX || slots == nullptr) { return std::nullopt; }
    CalendarDay day;
    day.id = static_cast<std::uint8_t>(*id);
    for (const Data& one : *slots) {
        auto slot = slot_in(one);
        if (!slot) { return std::nullopt; }
        day.slots.push_back(*slot);
    }
    return day;
}

template <class Item, class Read>
bool read_list(const Data& data, std::vector<Item>& into, Read read) {
    const auto* const items = data.items();
    if (items == nullptr) { return false; }
    for (const Data& one : *items) {
        auto item = read(one);
        if (!item) { return false; }
        into.push_back(std::move(*item));
    }
    return true;
}

Value name_value(const Bytes& name) {
    return std::string(name.begin(), name.end());
}

std::string start_text(const CosemTime& start) {
    CosemTime midnight = start;
    midnight.hour = midnight.minute = midnight.second = midnight.hundredths = 0;
    const bool at_midnight = start == midnight;
    const bool open = start.hour == CosemTime::any && start.minute == CosemTime::any;
    return pattern_text(start, at_midnight || open ? PatternKind::date : PatternKind::date_time);
}

} // namespace

Result<TariffCalendar> calendar_of(const Value& value, const CalendarLimits& limits) {
    const auto members = Members::of(value, {}, {"name", "seasons", "weeks", "days"});
    if (!members) { return tl::unexpected(members.error()); }
    const auto name = members->text("name");
    if (!name) { return tl::unexpected(name.error()); }
    auto seasons = read_all<CalendarSeason>(*members, "seasons", read_season);
    if (!seasons) { return tl::unexpected(seasons.error()); }
    auto weeks = read_all<CalendarWeek>(*members, "weeks", read_week);
    if (!weeks) { return tl::unexpected(weeks.error()); }
    auto days = read_all<CalendarDay>(*members, "days", read_day);
    if (!days) { return tl::unexpected(days.error()); }
    TariffCalendar calendar{octets_of(*name), std::move(*seasons), std::move(*weeks), std::move(*days)};
    if (auto fits = check(calendar, limits); !fits) { return tl::unexpected(fits.error()); }
    return calendar;
}

Result<TariffCalendar> calendar_of(const CalendarParts& parts) {
    TariffCalendar calendar;
    if (parts[0].octets() == nullptr) { return odd("name"); }
    calendar.name = *parts[0].octets();
    if (!read_list(parts[1], calendar.seasons, season_in)) { return odd("seasons"); }
    if (!read_list(parts[2], calendar.weeks, week_in)) { return odd("weeks"); }
    if (!read_list(parts[3], calendar.days, day_in)) { return odd("days"); }
    return calendar;
}

Value to_value(const TariffCalendar& calendar) {
    List seasons, weeks, days;
    for (const CalendarSeason& season : calendar.seasons) {
        Structure one;
        one.push_back({"name", name_value(season.name)});
        one.push_back({"start", start_text(season.start)});
        one.push_back({"week", name_value(season.week)});
        seasons.emplace_back(std::move(one));
    }
    for (const CalendarWeek& week : calendar.weeks) {
        Structure one;
        one.push_back({"name", name_value(week.name)});
        for (std::size_t at = 0; at < weekdays.size(); ++at) {
            one.push_back({std::string(weekdays[at]), std::int64_t{week.days[at]}});
        }
        weeks.emplace_back(std::move(one));
    }
    for (const CalendarDay& day : calendar.days) {
        List slots;
        for (const CalendarSlot& slot : day.slots) {
            Structure one;
            one.push_back({"from", show_time(slot.from).value});
            one.push_back({"tariff", std::int64_t{slot.tariff}});
            if (!(slot.script == usual_script)) { one.push_back({"script", slot.script.to_logical_name()}); }
            slots.emplace_back(std::move(one));
        }
        Structure one;
        one.push_back({"id", std::int64_t{day.id}});
        one.push_back({"slots", std::move(slots)});
        days.emplace_back(std::move(one));
    }
    Structure whole;
    whole.push_back({"name", name_value(calendar.name)});
    whole.push_back({"seasons", std::move(seasons)});
    whole.push_back({"weeks", std::move(weeks)});
    whole.push_back({"days", std::move(days)});
    return whole;
}

} // namespace meterctl::codecs::dlms

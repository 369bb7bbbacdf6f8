#include "sessions/dlms/calendar.hpp"

#include "sessions/dlms/method_effect.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <set>

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;

namespace {

constexpr std::uint16_t calendar_class = 20;

void take_limit(const catalogue::Definition& meter, const std::string& name, std::size_t& into) {
    const auto found = meter.settings.find(name);
    if (found == meter.settings.end()) { return; }
    std::size_t number = 0;
    const std::string& text = found->second;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec == std::errc()) { into = number; }
}

Value name_of(const dlms::TariffCalendar& calendar) {
    return std::string(calendar.name.begin(), calendar.name.end());
}

class CalendarEffect final : public MethodEffect {
public:
    CalendarEffect(const EffectTools& tools, const dlms::PointAddress& method) : tools_(tools), method_(method) {}

    Task<Result<Outlook>> before() override {
        auto active = co_await fetch_calendar(tools_.reader, method_, active_half);
        if (!active) { co_return tl::unexpected(active.error()); }
        auto passive = co_await fetch_calendar(tools_.reader, method_, passive_half);
        if (!passive) { co_return tl::unexpected(passive.error()); }
        const auto fits = dlms::check(*passive, calendar_limits(tools_.options.meter));
        if (!fits) {
            co_return fail(Category::rejected, "the passive calendar does not hold together: " + fits.error().what,
                           method_.text() + ", " + fits.error().where, {"tariff_calendar=FILE, which writes it whole"},
                           "dlms.calendar");
        }
        passive_ = std::move(*passive);
        Outlook outlook;
        outlook.before = shown(*active);
        outlook.notes.push_back(*active == passive_
                                    ? "the passive calendar is the one that is active"
                                    : fmt::format("the calendar \"{}\" takes the place of \"{}\"",
                                                  name_of(passive_).to_string(), name_of(*active).to_string()));
        co_return outlook;
    }

    Task<Result<CallOutcome>> after() override {
        auto active = co_await fetch_calendar(tools_.reader, method_, active_half);
        if (!active) { co_return tl::unexpected(active.error()); }
        CallOutcome outcome;
        outcome.verified = *active == passive_;
        outcome.read_back = shown(*active);
        if (!outcome.verified) {
            outcome.trouble = not_followed("the active calendar is not the one that was passive", method_,
                                           {"again later", "the meter's log of events"});
        }
        co_return outcome;
    }

private:
    static Value shown(const dlms::TariffCalendar& active) {
        Structure members;
        members.push_back({"calendar_name_active", name_of(active)});
        return members;
    }

    EffectTools tools_;
    dlms::PointAddress method_;
    dlms::TariffCalendar passive_;
};

Reading reading_of(const catalogue::Point& point, const dlms::TariffCalendar& calendar) {
    Reading reading;
    reading.name = point.name;
    reading.obis = point.obis;
    reading.address = point.address;
    reading.value = dlms::to_value(calendar);
    return reading;
}

/// The days that a half defines; nothing where it is not told.
Task<Result<std::set<std::int64_t>>> days_of(Reader& reader, std::int8_t first) {
    dlms::PointAddress object;
    object.class_id = calendar_class;
    object.logical_name = {0, 0, 13, 0, 0, 255};
    std::set<std::int64_t> days;
    const auto calendar = co_await fetch_calendar(reader, object, first);
    if (!calendar && calendar.error().category != Category::refused &&
        calendar.error().category != Category::untrusted) {
        co_return tl::unexpected(calendar.error());
    }
    if (!calendar) { co_return days; }
    for (const auto& day : calendar->days) { days.insert(day.id); }
    co_return days;
}

} // namespace

bool is_calendar(const catalogue::Point& point) {
    return point.type == "calendar";
}

dlms::CalendarLimits calendar_limits(const catalogue::Definition* meter) {
    dlms::CalendarLimits limits;
    if (meter == nullptr) { return limits; }
    take_limit(*meter, "calendar_seasons", limits.seasons);
    take_limit(*meter, "calendar_weeks", limits.weeks);
    take_limit(*meter, "calendar_days", limits.days);
    take_limit(*meter, "calendar_slots", limits.slots);
    take_limit(*meter, "calendar_tariffs", limits.tariffs);
    return limits;
}

std::vector<CalendarWrite> calendar_writes(const dlms::TariffCalendar& calendar) {
    auto parts = dlms::to_parts(calendar);
    std::vector<CalendarWrite> writes;
    writes.reserve(parts.size());
    for (std::size_t at = parts.size(); at > 0; --at) {
        writes.push_back({static_cast<std::int8_t>(passive_half + static_cast<int>(at) - 1), std::move(parts[at - 1])});
    }
    return writes;
}

Task<Result<dlms::TariffCalendar>> fetch_calendar(Reader& reader, dlms::PointAddress object, std::int8_t first) {
    dlms::CalendarParts parts;
    for (std::size_t at = 0; at < parts.size(); ++at) {
        const auto address = attribute_beside(object, static_cast<std::int8_t>(first + static_cast<int>(at)));
        auto data = co_await reader.attribute(address);
        if (!data) { co_return tl::unexpected(data.error()); }
        parts[at] = std::move(*data);
    }
    auto calendar = dlms::calendar_of(parts);
    if (!calendar) { calendar.error().where = object.text(); }
    co_return calendar;
}

Task<Result<ReadOutcome>> read_points(Reader& reader, std::vector<catalogue::Point> points) {
    std::vector<catalogue::Point> plain;
    std::ranges::copy_if(points, std::back_inserter(plain), [](const auto& point) { return !is_calendar(point); });
    if (plain.size() == points.size()) {
        auto all = co_await reader.read(std::move(points));
        co_return all;
    }
    Result<ReadOutcome> outcome = ReadOutcome();
    if (!plain.empty()) { outcome = co_await reader.read(std::move(plain)); }
    if (!outcome) { co_return outcome; }
    for (const catalogue::Point& point : points) {
        if (!is_calendar(point)) { continue; }
        const auto address = dlms::parse_point_address(point.address);
        if (!address) { co_return tl::unexpected(address.error()); }
        const auto calendar = co_await fetch_calendar(reader, *address, address->index);
        if (calendar) {
            outcome->readings.push_back(reading_of(point, *calendar));
        } else if (calendar.error().category == Category::refused || calendar.error().category == Category::untrusted) {
            outcome->failures.push_back({point.name, reader.explained(calendar.error())});
        } else {
            co_return tl::unexpected(calendar.error());
        }
    }
    const auto place = [&](const Reading& reading) {
        return std::ranges::find(points, reading.name, &catalogue::Point::name) - points.begin();
    };
    std::ranges::stable_sort(outcome->readings, {}, place);
    co_return outcome;
}

Task<Result<void>> check_special_days(Reader& reader, const Value& value) {
    const auto* const list = value.get<List>();
    if (list == nullptr || list->empty()) { co_return Result<void>(); }
    auto known = co_await days_of(reader, active_half);
    if (!known) { co_return tl::unexpected(known.error()); }
    auto passive = co_await days_of(reader, passive_half);
    if (!passive) { co_return tl::unexpected(passive.error()); }
    known->merge(*passive);
    std::set<std::string> seen;
    for (std::size_t at = 0; at < list->size(); ++at) {
        const auto* const day = (*list)[at].get<Structure>();
        if (day == nullptr) { continue; } // its parts are checked by their shape
        for (const NamedValue& part : *day) {
            const auto where = fmt::format("[{}]", at + 1);
            const auto number = part.value.number();
            const auto id = number ? number->to_int64() : std::nullopt;
            if (part.name == "day_id" && id && !known->empty() && !known->contains(*id)) {
                co_return fail(Category::rejected, fmt::format("neither calendar has a day {}", *id), where,
                               {"the days of `meterctl read TARGET tariff_calendar`"}, "dlms.calendar");
            }
            if (part.name != "day_id" && !seen.insert(part.name + part.value.to_string()).second) {
                co_return fail(Category::rejected,
                               fmt::format("{} {} is there twice", part.name, part.value.to_string()), where, {},
                               "dlms.calendar");
            }
        }
    }
    co_return Result<void>();
}

std::unique_ptr<MethodEffect> calendar_effect(const EffectTools& tools, const dlms::PointAddress& method) {
    if (method.index != 1) { return nullptr; }
    return std::make_unique<CalendarEffect>(tools, method);
}

} // namespace meterctl::sessions::dlms

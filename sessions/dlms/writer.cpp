#include "sessions/dlms/writer.hpp"

#include "codecs/dlms/data_value.hpp"
#include "sessions/dlms/calendar.hpp"
#include "sessions/dlms/clock_setting.hpp"
#include "sessions/dlms/method_effect.hpp"
#include "sessions/dlms/profile_sieve.hpp"

#include <algorithm>

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;

namespace {

dlms::AttributeDescriptor attribute_of(const dlms::PointAddress& address) {
    dlms::AttributeDescriptor attribute;
    attribute.class_id = address.class_id;
    attribute.logical_name = address.logical_name;
    attribute.attribute = address.index;
    return attribute;
}

/// A clock moves on between writing and reading back; all else stays.
bool alike(const dlms::PointAddress& address, const Reading& before, const Reading& after) {
    if (before.value == after.value) { return true; }
    if (!is_clock_time(address)) { return false; }
    const auto* const sent = before.value.get<DateTime>();
    const auto* const now = after.value.get<DateTime>();
    if (sent == nullptr || now == nullptr) { return false; }
    return !earlier(*now, *sent) && !earlier(later_by(*sent, clock_moves).value_or(*sent), *now);
}

Result<void> writable(const dlms::PointAddress& address, const catalogue::Point& point) {
    if (!address.method) { return {}; }
    return fail(Category::usage, point.name + " is a method, and is called", point.address, {}, "usage.method");
}

bool is_special_days(const dlms::PointAddress& address) {
    constexpr std::uint16_t special_days_class = 11;
    return address.class_id == special_days_class && address.index == 2;
}

tl::unexpected<Error> named(Error error, const catalogue::Point& point) {
    error.where = error.where.empty() ? point.name : point.name + ", " + error.where;
    return tl::unexpected(std::move(error));
}

} // namespace

Result<std::vector<PlannedFrame>> Writer::plan(const catalogue::Point& point, const Value& value) const {
    const auto address = dlms::parse_point_address(point.address);
    if (!address) { return tl::unexpected(address.error()); }
    std::vector<PlannedFrame> requests;
    if (is_calendar(point)) {
        const auto calendar = dlms::calendar_of(value, calendar_limits(options_.meter));
        if (!calendar) { return named(calendar.error(), point); }
        for (const CalendarWrite& one : calendar_writes(*calendar)) {
            const auto place = attribute_beside(*address, one.attribute);
            requests.push_back({Services::set_apdu(attribute_of(place), one.value), "SET " + place.text()});
        }
        return requests;
    }
    const bool now = is_clock_time(*address) && value.get<std::string>() != nullptr;
    const auto wall_clock = association_.link().transport().loop().wall_clock();
    const auto data =
        now ? clock_data(value, dlms::ClockZone(), std::nullopt, wall_clock) : dlms::encode_point(point, value);
    if (!data) { return tl::unexpected(data.error()); }
    requests.push_back({Services::set_apdu(attribute_of(*address), *data),
                        "SET " + address->text() + (now ? ", with the time of then in the meter's zone" : "")});
    return requests;
}

Task<Result<dlms::Data>> Writer::encoded(catalogue::Point point, Value value, dlms::PointAddress address,
                                         std::optional<dlms::ScalerUnit> scaling, std::optional<dlms::Data> before) {
    if (is_special_days(address)) {
        const auto fits = co_await check_special_days(reader_, value);
        if (!fits) { co_return named(fits.error(), point); }
    }
    const bool sets_clock = is_clock_time(address);
    if (!sets_clock) { co_return dlms::encode_point(point, value, scaling, before ? &*before : nullptr); }
    const auto zone = co_await clock_zone(reader_, address);
    if (!zone) { co_return tl::unexpected(zone.error()); }
    const auto shown = before ? dlms::date_time_of(*before) : std::nullopt;
    auto data = clock_data(value, *zone, shown, association_.link().transport().loop().wall_clock());
    if (!data) { co_return named(data.error(), point); }
    co_return data;
}

Task<Result<Writer::Prepared>> Writer::prepare(catalogue::Point point, Value value) {
    auto address = co_await reader_.address_of(point);
    if (!address) { co_return tl::unexpected(address.error()); }
    if (auto fits = writable(*address, point); !fits) { co_return tl::unexpected(fits.error()); }
    point.address = address->text();
    auto scaling = co_await reader_.scaling(*address);
    if (!scaling) { co_return tl::unexpected(scaling.error()); }
    // Some attributes can be written and not read.
    auto before = co_await reader_.attribute(*address);
    if (!before && before.error().category != Category::refused) { co_return tl::unexpected(before.error()); }
    Prepared prepared;
    if (before) { prepared.before = std::move(*before); }
    auto data = co_await encoded(point, value, *address, *scaling, prepared.before);
    if (!data) { co_return tl::unexpected(data.error()); }
    prepared.point = std::move(point);
    prepared.value = std::move(value);
    prepared.address = std::move(*address);
    prepared.scaling = *scaling;
    prepared.data = std::move(*data);
    co_return prepared;
}

Task<Result<WriteOutcome>> Writer::conclude(Prepared prepared) {
    const catalogue::Point& point = prepared.point;
    WriteOutcome outcome;
    outcome.point = point.name;
    outcome.written = prepared.value;
    if (prepared.before) {
        const auto shown = dlms::decode_point(point, *prepared.before, prepared.scaling);
        if (shown) { outcome.before = shown->value; }
    }
    auto after = co_await reader_.attribute(prepared.address);
    if (!after) {
        if (after.error().category != Category::refused) { co_return tl::unexpected(after.error()); }
        co_return outcome;
    }
    const auto wanted = dlms::decode_point(point, prepared.data, prepared.scaling);
    auto reading = dlms::decode_point(point, *after, prepared.scaling);
    if (!reading) { co_return tl::unexpected(reading.error()); }
    outcome.verified = wanted && alike(prepared.address, *wanted, *reading);
    outcome.read_back = std::move(*reading);
    co_return outcome;
}

Task<Result<WriteOutcome>> Writer::write(catalogue::Point point, Value value) {
    if (is_calendar(point)) {
        auto written = co_await write_calendar(std::move(point), std::move(value));
        co_return written;
    }
    auto prepared = co_await prepare(std::move(point), std::move(value));
    if (!prepared) { co_return tl::unexpected(prepared.error()); }
    auto done = co_await services_.set(attribute_of(prepared->address), prepared->data);
    if (!done) { co_return tl::unexpected(reader_.explained_write(done.error())); }
    auto outcome = co_await conclude(std::move(*prepared));
    co_return outcome;
}

Task<Result<WriteOutcome>> Writer::write_calendar(catalogue::Point point, Value value) {
    const auto address = dlms::parse_point_address(point.address);
    if (!address) { co_return tl::unexpected(address.error()); }
    const auto calendar = dlms::calendar_of(value, calendar_limits(options_.meter));
    if (!calendar) { co_return named(calendar.error(), point); }
    WriteOutcome outcome;
    outcome.point = point.name;
    outcome.written = value;
    const auto before = co_await fetch_calendar(reader_, *address, passive_half);
    if (before) { outcome.before = dlms::to_value(*before); }
    bool begun = false;
    for (CalendarWrite& one : calendar_writes(*calendar)) {
        const auto place = attribute_beside(*address, one.attribute);
        auto done = co_await services_.set(attribute_of(place), std::move(one.value));
        if (!done) {
            Error error = reader_.explained_write(done.error());
            if (begun) { error.hints.emplace_back("not to activate the passive calendar, which is half written"); }
            co_return tl::unexpected(std::move(error));
        }
        begun = true;
    }
    auto after = co_await fetch_calendar(reader_, *address, passive_half);
    if (!after) { co_return tl::unexpected(reader_.explained(after.error())); }
    outcome.verified = *after == *calendar;
    Reading reading;
    reading.name = point.name;
    reading.value = dlms::to_value(*after);
    outcome.read_back = std::move(reading);
    co_return outcome;
}

} // namespace meterctl::sessions::dlms

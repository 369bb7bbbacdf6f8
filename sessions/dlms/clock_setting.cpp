#include "sessions/dlms/clock_setting.hpp"

#include <array>

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;

namespace {

constexpr std::uint16_t clock_class = 8;

/// The zone that a time which the meter shows is in.
std::optional<dlms::ClockZone> zone_of(const dlms::CosemTime& shown) {
    if (shown.deviation == dlms::CosemTime::any_deviation) { return std::nullopt; }
    dlms::ClockZone zone;
    zone.deviation = shown.deviation;
    return zone;
}

std::optional<dlms::UtcTime> local_of(const DateTime& time) {
    DateTime local = time;
    local.utc_offset_minutes = 0;
    const auto utc = local.to_utc();
    return utc ? std::optional(std::chrono::floor<std::chrono::seconds>(*utc)) : std::nullopt;
}

dlms::Data data_of(const dlms::CosemTime& time) {
    return dlms::Data::octet_string(dlms::encode_date_time(time));
}

} // namespace

bool is_clock_time(const dlms::PointAddress& address) {
    return !address.method && address.class_id == clock_class && address.index == 2;
}

Task<Result<std::optional<dlms::ClockZone>>> clock_zone(Reader& reader, dlms::PointAddress clock) {
    std::optional<dlms::ClockZone> none;
    clock.method = false;
    clock.index = 3;
    auto zone_data = co_await reader.attribute(clock);
    if (!zone_data && zone_data.error().category != Category::refused) { co_return tl::unexpected(zone_data.error()); }
    const auto minutes = zone_data ? zone_data->whole() : std::nullopt;
    if (!minutes) { co_return none; }
    dlms::ClockZone zone;
    zone.deviation = static_cast<int>(*minutes);
    std::vector<dlms::Data> rest;
    constexpr std::array<std::int8_t, 4> of_summer_time{5, 6, 7, 8};
    for (const std::int8_t index : of_summer_time) {
        clock.index = index;
        auto data = co_await reader.attribute(clock);
        if (!data && data.error().category != Category::refused) { co_return tl::unexpected(data.error()); }
        rest.push_back(data ? std::move(*data) : dlms::Data::null());
    }
    zone.begin = dlms::date_time_of(rest[0]).value_or(dlms::CosemTime());
    zone.end = dlms::date_time_of(rest[1]).value_or(dlms::CosemTime());
    zone.summer_deviation = static_cast<int>(rest[2].whole().value_or(0));
    zone.switches = rest[3].whole().value_or(0) != 0;
    co_return std::optional(zone);
}

Result<dlms::Data> clock_data(const Value& wanted, const std::optional<dlms::ClockZone>& zone,
                              const std::optional<dlms::CosemTime>& before, std::chrono::system_clock::time_point now) {
    const auto* const given = wanted.get<DateTime>();
    const auto own = zone ? zone : before ? zone_of(*before) : std::nullopt;
    const bool instant = given == nullptr || given->utc_offset_minutes;
    if (given != nullptr && !given->complete()) {
        return fail(Category::rejected, "'" + given->to_string() + "' is no date and time", {}, {}, "dlms.value");
    }
    if (!own) {
        if (!instant) { return data_of(dlms::to_cosem(*given)); }
        return fail(Category::rejected, "the meter does not say which zone its clock is in", {},
                    {"the local time, without an offset: 2026-11-21T03:15:00"}, "dlms.clock.zone");
    }
    const auto utc = given == nullptr ? std::optional(now) : given->to_utc();
    const auto local = instant ? std::nullopt : local_of(*given);
    if (!local && !utc) {
        return fail(Category::rejected, "'" + wanted.to_string() + "' is no date and time", {}, {}, "dlms.value");
    }
    const auto meant = local ? dlms::utc_of_local(*own, *local) : std::chrono::floor<std::chrono::seconds>(*utc);
    auto time = dlms::clock_time(*own, meant);
    // A meter that shows no deviation is given none.
    if (before && before->deviation == dlms::CosemTime::any_deviation) { time.deviation = before->deviation; }
    return data_of(time);
}

std::optional<std::int64_t> clock_behind(const DateTime& shown, const std::optional<dlms::ClockZone>& zone,
                                         std::chrono::system_clock::time_point now) {
    auto utc = shown.to_utc();
    const auto local = local_of(shown);
    if (!utc && zone && local) { utc = dlms::utc_of_local(*zone, *local); }
    if (!utc) { return std::nullopt; }
    return std::chrono::round<std::chrono::seconds>(now - *utc).count();
}

} // namespace meterctl::sessions::dlms

#include "sessions/bacnet/device_control.hpp"

#include "codecs/bacnet/records.hpp"

#include <algorithm>
#include <ctime>
#include <fmt/format.h>

namespace meterctl::sessions::bacnet {

namespace bacnet = codecs::bacnet;

namespace {

using namespace std::chrono_literals;
using bacnet::ConfirmedService;
using bacnet::DeviceService;
using bacnet::UnconfirmedService;

constexpr std::size_t longest_password = 20;
constexpr std::uint32_t local_date = 56, local_time_property = 57, utc_offset = 119, daylight_savings = 24;
constexpr auto time_to_take_it = 2s;
constexpr auto between_looks = 500ms;
constexpr auto clocks_agree = 3s; ///< what a clock of whole seconds, and the way there and back, may differ

std::optional<std::uint32_t> state_of(DeviceService service) {
    switch (service) {
    case DeviceService::coldstart:
    case DeviceService::enable_communication:
        return 0;
    case DeviceService::warmstart:
    case DeviceService::disable_communication:
        return 1;
    case DeviceService::disable_initiation:
        return 2;
    default:
        return std::nullopt;
    }
}

bool restarts(DeviceService service) {
    return service == DeviceService::coldstart || service == DeviceService::warmstart;
}

bool sets_clock(DeviceService service) {
    return service == DeviceService::time_synchronization || service == DeviceService::utc_time_synchronization;
}

ConfirmedService confirmed(DeviceService service) {
    return restarts(service) ? ConfirmedService::reinitialize_device : ConfirmedService::device_communication_control;
}

std::optional<std::chrono::sys_seconds> seconds_of(DateTime time) {
    time.utc_offset_minutes = 0;
    const auto instant = time.to_utc();
    return instant ? std::optional(std::chrono::floor<std::chrono::seconds>(*instant)) : std::nullopt;
}

Wanted wanted_of(std::uint32_t property) {
    Wanted wanted;
    wanted.object = device_object();
    wanted.property.property = property;
    return wanted;
}

/// The one primitive that a property holds.
template <class T>
std::optional<T> held(const Result<Bytes>& value) {
    const auto all = value ? bacnet::decode_primitives(*value) : tl::unexpected(value.error());
    const auto* one = all && all->size() == 1 ? std::get_if<T>(&all->front()) : nullptr;
    return one == nullptr ? std::nullopt : std::optional(*one);
}

} // namespace

DateTime local_time(std::chrono::system_clock::time_point time) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm fields{};
    ::localtime_r(&seconds, &fields);
    DateTime local;
    local.year = fields.tm_year + 1900;
    local.month = fields.tm_mon + 1;
    local.day = fields.tm_mday;
    local.hour = fields.tm_hour;
    local.minute = fields.tm_min;
    local.second = std::min(fields.tm_sec, 59);
    local.millisecond = static_cast<int>((time - std::chrono::floor<std::chrono::seconds>(time)) / 1ms);
    return local;
}

Result<DeviceControl::Moment> DeviceControl::moment_of(bool utc, const Value& argument) const {
    const auto wrong = [&](std::string what, std::string hint) {
        return fail(Category::rejected, std::move(what), argument.to_string(), {std::move(hint)}, "bacnet.clock");
    };
    Moment moment;
    moment.utc = utc;
    const auto* given = argument.get<DateTime>();
    if (given == nullptr) {
        const auto now = properties_.client().link().transport().loop().wall_clock();
        moment.shown = utc ? DateTime::from_utc(now) : local_time(now);
    } else if (!given->complete()) {
        return wrong("a date alone, or an open field, sets no clock", "now, or 2026-11-21T10:00:00");
    } else if (utc) {
        const auto instant = given->to_utc();
        if (!instant) { return wrong("without its offset a time is no UTC", "now, or 2026-11-21T10:00:00Z"); }
        moment.shown = DateTime::from_utc(*instant);
    } else {
        if (given->utc_offset_minutes) {
            return wrong("the device's local time has no offset", "the time without it, or utc_time_synchronization");
        }
        moment.shown = *given;
    }
    moment.shown.utc_offset_minutes.reset();
    const auto seconds = seconds_of(moment.shown);
    if (!seconds) { return wrong("no such time", "now, or 2026-11-21T10:00:00"); }
    moment.as_if_utc = *seconds;
    if (!moment.shown.millisecond) { moment.shown.millisecond = 0; }
    return moment;
}

Result<Bytes> DeviceControl::parameters(DeviceService service, const Value& argument,
                                        const std::string& password) const {
    if (sets_clock(service)) {
        const auto moment = moment_of(service == DeviceService::utc_time_synchronization, argument);
        if (!moment) { return tl::unexpected(moment.error()); }
        const auto both = bacnet::date_and_time(moment->shown);
        if (!both) { return tl::unexpected(both.error()); }
        bacnet::TimeSynchronization synchronization;
        synchronization.date = both->date;
        synchronization.time = both->time;
        return bacnet::encode(synchronization);
    }
    if (password.size() > longest_password) {
        return fail(Category::rejected, fmt::format("the password is longer than {} characters", longest_password), {},
                    {"--password-file FILE"}, "bacnet.password");
    }
    const auto secret = password.empty() ? std::nullopt : std::optional(bacnet::CharacterString(password));
    if (restarts(service)) {
        bacnet::ReinitializeDevice reinitialize;
        reinitialize.state = *state_of(service);
        reinitialize.password = secret;
        return bacnet::encode(reinitialize);
    }
    bacnet::DeviceCommunicationControl control;
    control.state = *state_of(service);
    control.password = secret;
    const auto number = argument.number();
    const auto minutes = number ? number->to_int64() : std::nullopt;
    constexpr std::int64_t most_minutes = 65535;
    if (!argument.is_null() && (!minutes || *minutes < 0 || *minutes > most_minutes)) {
        return fail(Category::rejected, "'" + argument.to_string() + "' is no number of minutes from 0 to 65535", {},
                    {"0: until it is enabled again"}, "bacnet.minutes");
    }
    if (minutes.value_or(0) != 0) { control.minutes = static_cast<std::uint16_t>(*minutes); }
    return bacnet::encode(control);
}

Result<PlannedFrame> DeviceControl::plan(DeviceService service, const Value& argument) const {
    auto data = parameters(service, argument, std::string(password_.size(), '*'));
    if (!data) { return tl::unexpected(data.error()); }
    PlannedFrame frame;
    if (sets_clock(service)) {
        bacnet::UnconfirmedRequest request;
        request.service = static_cast<std::uint8_t>(service == DeviceService::utc_time_synchronization
                                                        ? UnconfirmedService::utc_time_synchronization
                                                        : UnconfirmedService::time_synchronization);
        request.data = std::move(*data);
        frame.octets = carried_to(properties_.station(), bacnet::Apdu(std::move(request)), false);
    } else {
        frame.octets = properties_.client().request(properties_.station(), confirmed(service), std::move(*data));
    }
    frame.summary = std::string(bacnet::row_of(service).name) + " (NPDU)";
    return frame;
}

Task<Result<Value>> DeviceControl::check_clock(Moment set, TimePoint sent) {
    transports::Loop& loop = properties_.client().link().transport().loop();
    for (;;) {
        std::vector<Wanted> wanted{wanted_of(local_date), wanted_of(local_time_property)};
        if (set.utc) {
            wanted.push_back(wanted_of(utc_offset));
            wanted.push_back(wanted_of(daylight_savings));
        }
        auto values = co_await properties_.read(std::move(wanted));
        if (!values) { co_return tl::unexpected(values.error()); }
        const auto date = held<bacnet::Date>((*values)[0]);
        const auto time = held<bacnet::Time>((*values)[1]);
        const auto offset = set.utc ? held<std::int64_t>((*values)[2]) : std::optional<std::int64_t>(0);
        if (!date || !time || !offset) { co_return Value(); }
        const bool summer = set.utc && held<bool>((*values)[3]).value_or(false);
        bacnet::DateAndTime both;
        both.date = *date;
        both.time = *time;
        const DateTime shown = bacnet::date_time(both);
        const auto passed = std::chrono::floor<std::chrono::seconds>(loop.now() - sent);
        const auto due = set.as_if_utc - std::chrono::minutes(*offset) + (summer ? 60min : 0min) + passed;
        const auto is = shown.complete() ? seconds_of(shown) : std::nullopt;
        const bool agrees = is && *is - due <= clocks_agree && due - *is <= clocks_agree;
        if (agrees) { co_return Value(shown); }
        if (loop.now() - sent >= time_to_take_it) {
            co_return fail(Category::verdict,
                           fmt::format("the device's clock shows {} after it was set to {}", shown.to_string(),
                                       set.shown.to_string()),
                           properties_.client().where(properties_.station()),
                           {"whether the device executes this service: device/protocol-services-supported",
                            set.utc ? "its UTC_Offset: device/utc-offset" : "once more: nothing tells whether it came"},
                           "bacnet.clock");
        }
        auto paused = co_await properties_.client().pause(between_looks);
        if (!paused) { co_return tl::unexpected(paused.error()); }
    }
}

Task<Result<Value>> DeviceControl::set_clock(bool utc, const Value& argument) {
    const auto service = utc ? DeviceService::utc_time_synchronization : DeviceService::time_synchronization;
    // A first exchange brings us into the ring and to the token, so that `now` is soon on the line.
    auto alive = co_await properties_.read_one(device_object(), local_time_property);
    if (!alive && alive.error().category != Category::refused) { co_return tl::unexpected(alive.error()); }
    auto moment = moment_of(utc, argument);
    if (!moment) { co_return tl::unexpected(moment.error()); }
    const Value exactly(moment->shown);
    auto data = parameters(service, argument.is_null() ? exactly : argument, {});
    if (!data) { co_return tl::unexpected(data.error()); }
    const TimePoint before = properties_.client().link().transport().loop().now();
    auto told = co_await properties_.client().tell(properties_.station(),
                                                   utc ? UnconfirmedService::utc_time_synchronization
                                                       : UnconfirmedService::time_synchronization,
                                                   std::move(*data));
    if (!told) { co_return tl::unexpected(told.error()); }
    auto shown = co_await check_clock(*moment, before);
    co_return shown;
}

Task<Result<Value>> DeviceControl::call(DeviceService service, const Value& argument) {
    if (sets_clock(service)) {
        auto set = co_await set_clock(service == DeviceService::utc_time_synchronization, argument);
        co_return set;
    }
    auto data = parameters(service, argument, password_);
    if (!data) { co_return tl::unexpected(data.error()); }
    if (!password_.empty()) {
        transports::Secret secret; // it stands last in both services
        secret.octets = *data;
        secret.first = data->size() - password_.size();
        secret.count = password_.size();
        properties_.client().link().transport().keep_secret(secret);
    }
    auto done = co_await properties_.client().ask(properties_.station(), confirmed(service), std::move(*data));
    if (!done) { co_return tl::unexpected(done.error()); }
    co_return Value();
}

} // namespace meterctl::sessions::bacnet

#include "sessions/bacnet/watcher.hpp"

#include "codecs/bacnet/records.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::sessions::bacnet {

namespace bacnet = codecs::bacnet;

namespace {

constexpr std::uint32_t status_flags_property = 111;
constexpr std::uint32_t grace = 10; ///< seconds that a subscription outlives us, where nobody ends it
constexpr const char* read_instead = "--interval 10s, which reads again and again";

PointFailure failure_of(const catalogue::Point& point, Error error) {
    PointFailure failure;
    failure.point = point.name;
    failure.error = std::move(error);
    return failure;
}

Error not_reported(const catalogue::Point& point) {
    return fail(Category::usage, "changes are reported of present values", point.name, {read_instead}, "bacnet.no_cov")
        .value();
}

void add_status(Reading& reading, ByteView value) {
    const auto held = bacnet::decode_primitives(value);
    const auto* bits = held && held->size() == 1 ? std::get_if<bacnet::BitString>(&held->front()) : nullptr;
    if (bits == nullptr) { return; }
    const bacnet::StatusFlags status = bacnet::status_flags(*bits);
    if (status.in_alarm) { reading.flags.emplace_back("in_alarm"); }
    if (status.fault) { reading.flags.emplace_back("fault"); }
    if (status.overridden) { reading.flags.emplace_back("overridden"); }
    if (status.out_of_service) { reading.flags.emplace_back("out_of_service"); }
}

} // namespace

/// Without a lifetime it is ended.
Task<Result<void>> Watcher::subscribe(const Subscription& one, std::optional<std::uint32_t> lifetime) {
    bacnet::SubscribeCov service;
    service.process = one.process;
    service.object = one.object;
    if (lifetime) { service.confirmed = false; }
    service.lifetime = lifetime;
    Bytes data = bacnet::encode(service);
    auto done = co_await properties_.client().ask(properties_.station(), bacnet::ConfirmedService::subscribe_cov,
                                                  std::move(data));
    if (!done) { co_return tl::unexpected(done.error()); }
    co_return Result<void>();
}

std::optional<ReadOutcome> Watcher::outcome_of(const bacnet::CovNotification& notification) const {
    const auto one = std::ranges::find_if(subscriptions_, [&](const Subscription& candidate) {
        return candidate.process == notification.process && candidate.object == notification.object;
    });
    if (one == subscriptions_.end()) { return std::nullopt; }
    const auto value_of = [&](std::uint32_t property) {
        return std::ranges::find_if(notification.values, [property](const bacnet::PropertyValue& value) {
            return value.property.property == property;
        });
    };
    const auto value = value_of(property::present_value), status = value_of(status_flags_property);
    if (value == notification.values.end()) { return std::nullopt; }
    ReadOutcome outcome;
    auto reading = reader_.shown(one->point, value->value);
    if (!reading) {
        outcome.failures.push_back(failure_of(one->point, reading.error()));
        return outcome;
    }
    if (status != notification.values.end()) { add_status(*reading, status->value); }
    outcome.readings.push_back(std::move(*reading));
    return outcome;
}

Task<Result<void>> Watcher::watch(std::vector<catalogue::Point> points, Duration duration,
                                  std::function<bool(ReadOutcome&&)> changed) {
    transports::Loop& loop = properties_.client().link().transport().loop();
    auto known = co_await reader_.located(std::move(points));
    if (!known) { co_return tl::unexpected(known.error()); }
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(duration).count();
    const auto lifetime = static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 1, INT32_MAX) + grace);
    ReadOutcome first;
    for (catalogue::Point& point : *known) {
        const auto address = bacnet::parse_point_address(point.address);
        const bool present = address && !address->service && address->property.property == property::present_value;
        if (!present) {
            first.failures.push_back(failure_of(point, not_reported(point)));
            continue;
        }
        const bool unnamed = point.name == point.address && point.unit == Unit::none;
        if (unnamed) { // its unit only the object tells
            const auto now = co_await reader_.read_one(point);
            if (now) { point.unit = now->unit; }
        }
        Subscription one;
        one.point = point;
        one.object = address->object;
        one.process = static_cast<std::uint32_t>(subscriptions_.size() + 1);
        subscriptions_.push_back(one);
        auto subscribed = co_await subscribe(one, lifetime);
        if (subscribed) { continue; }
        subscriptions_.pop_back();
        Error error = subscribed.error();
        if (error.category != Category::refused) { co_return subscribed; }
        error.hints.insert(error.hints.begin(), read_instead);
        first.failures.push_back(failure_of(point, std::move(error)));
    }
    if (subscriptions_.empty()) {
        if (first.failures.empty()) { co_return Result<void>(); }
        co_return tl::unexpected(first.failures.front().error);
    }
    bool on = first.failures.empty() || changed(std::move(first));
    const TimePoint end = loop.now() + duration;
    while (on) {
        auto heard = co_await properties_.client().hear(properties_.station(),
                                                        bacnet::UnconfirmedService::cov_notification, end);
        if (!heard) { co_return tl::unexpected(heard.error()); }
        if (!*heard) { break; }
        const auto notification = bacnet::decode_cov_notification(**heard);
        auto outcome = notification ? outcome_of(*notification) : std::nullopt;
        if (outcome) { on = changed(std::move(*outcome)); }
    }
    for (const Subscription& one : subscriptions_) {
        const auto ended = co_await subscribe(one, std::nullopt);
        if (!ended) { break; } // it ends by itself
    }
    subscriptions_.clear();
    co_return Result<void>();
}

} // namespace meterctl::sessions::bacnet

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
    if (lifetime) { service.confirmed = confirmed_; }
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

/// Whether it is of one of the subscriptions, and of this device.
bool Watcher::take(const Station& from, const bacnet::CovNotification& notification) {
    const Station& device = properties_.station();
    const bool by_peer = !device.remote && device.link.empty();
    if (!by_peer && from != device) { return false; }
    auto outcome = outcome_of(notification);
    if (!outcome) { return false; }
    reported_.push_back(std::move(*outcome));
    return true;
}

Task<Result<ReadOutcome>> Watcher::subscribe_all(std::vector<catalogue::Point> points, std::uint32_t lifetime) {
    ReadOutcome refusals;
    for (catalogue::Point& point : points) {
        const auto address = bacnet::parse_point_address(point.address);
        const bool present = address && !address->service && address->property.property == property::present_value;
        if (!present) {
            refusals.failures.push_back(failure_of(point, not_reported(point)));
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
        if (error.category != Category::refused) { co_return tl::unexpected(std::move(error)); }
        error.hints.insert(error.hints.begin(), read_instead);
        refusals.failures.push_back(failure_of(point, std::move(error)));
    }
    co_return refusals;
}

Task<Result<void>> Watcher::follow(TimePoint end, const std::function<bool(ReadOutcome&&)>& changed) {
    for (bool on = true; on;) {
        if (reported_.empty()) {
            const auto heard = co_await properties_.client().await_report(end);
            if (!heard) { co_return tl::unexpected(heard.error()); }
            if (!*heard) { break; }
        }
        ReadOutcome outcome = std::move(reported_.front());
        reported_.pop_front();
        on = changed(std::move(outcome));
    }
    co_return Result<void>();
}

Task<void> Watcher::end_all() {
    for (const Subscription& one : subscriptions_) {
        const auto ended = co_await subscribe(one, std::nullopt);
        if (!ended) { break; } // it ends by itself
    }
}

Task<Result<void>> Watcher::watch(std::vector<catalogue::Point> points, Duration duration,
                                  std::function<bool(ReadOutcome&&)> changed) {
    Client& client = properties_.client();
    auto known = co_await reader_.located(std::move(points));
    if (!known) { co_return tl::unexpected(known.error()); }
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(duration).count();
    const auto lifetime = static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 1, INT32_MAX) + grace);
    // The first reports come while the other points are still being subscribed to.
    client.on_report([this](const Station& from, const bacnet::CovNotification& report) { return take(from, report); });
    auto refusals = co_await subscribe_all(std::move(*known), lifetime);
    Result<void> done;
    if (!refusals) {
        done = tl::unexpected(refusals.error());
    } else if (subscriptions_.empty() && !refusals->failures.empty()) {
        done = tl::unexpected(refusals->failures.front().error);
    } else if (!subscriptions_.empty()) {
        const TimePoint end = client.link().transport().loop().now() + duration;
        const bool on = refusals->failures.empty() || changed(std::move(*refusals));
        if (on) { done = co_await follow(end, changed); }
        if (done) { co_await end_all(); }
    }
    client.on_report({});
    subscriptions_.clear();
    reported_.clear();
    co_return done;
}

} // namespace meterctl::sessions::bacnet

#include "simulators/bacnet_subscriptions.hpp"

#include <algorithm>
#include <cmath>

namespace meterctl::simulators {

namespace bacnet = codecs::bacnet;

namespace {

using namespace std::chrono_literals;

constexpr auto check_interval = 1s;

bacnet::PropertyReference reference(std::uint32_t property) {
    bacnet::PropertyReference out;
    out.property = property;
    return out;
}

Bytes read(const BacnetObject& object, std::uint32_t property) {
    auto value = object.read(reference(property));
    return value ? std::move(*value) : Bytes();
}

/// By at least the increment, or at all where it is no number.
bool changed(const BacnetObject& object, const Bytes& before, const Bytes& after) {
    const auto old_value = written_value<float>(before), new_value = written_value<float>(after);
    const auto increment = written_value<float>(read(object, properties::cov_increment));
    if (!old_value || !new_value || !increment) { return before != after; }
    return std::abs(*new_value - *old_value) >= *increment;
}

bacnet::CovNotification notification(const BacnetDevice& device, const BacnetObject& object) {
    bacnet::CovNotification out;
    out.device = device.id();
    out.object = object.id;
    for (const std::uint32_t property : {properties::present_value, properties::status_flags}) {
        bacnet::PropertyValue value;
        value.property = reference(property);
        value.value = read(object, property);
        out.values.push_back(std::move(value));
    }
    return out;
}

} // namespace

Granted<void> BacnetSubscriptions::subscribe(const BacnetDevice& device, const BacnetPeer& peer,
                                             const bacnet::SubscribeCov& service, TimePoint now) {
    const BacnetObject* object = device.database().find(service.object);
    if (object == nullptr) { return tl::unexpected(refusals::unknown_object); }
    const bool reports =
        object->find(properties::cov_increment) != nullptr || object->id.type == object_types::binary_input;
    if (!reports) { return tl::unexpected(refusals::optional_functionality); }
    std::erase_if(subscriptions_, [&](const Subscription& one) {
        return one.peer == peer && one.process == service.process && one.object == service.object;
    });
    if (!service.confirmed && !service.lifetime) { return {}; }
    Subscription made;
    made.peer = peer;
    made.process = service.process;
    made.object = service.object;
    made.confirmed = service.confirmed.value_or(false);
    if (service.lifetime.value_or(0) != 0) { made.until = now + std::chrono::seconds(*service.lifetime); }
    subscriptions_.push_back(std::move(made));
    next_ = now;
    return {};
}

std::vector<BacnetNotification> BacnetSubscriptions::check(const BacnetDevice& device, TimePoint now) {
    std::vector<BacnetNotification> out;
    if (!next_ || *next_ > now) { return out; }
    std::erase_if(subscriptions_, [now](const Subscription& one) { return one.until && *one.until <= now; });
    for (Subscription& one : subscriptions_) {
        const BacnetObject* object = device.database().find(one.object);
        if (object == nullptr) { continue; }
        Bytes value = read(*object, properties::present_value);
        if (one.told && !changed(*object, *one.told, value)) { continue; }
        one.told = std::move(value);
        BacnetNotification told;
        told.peer = one.peer;
        told.confirmed = one.confirmed;
        told.content = notification(device, *object);
        told.content.process = one.process;
        if (one.until) {
            const auto left = std::chrono::ceil<std::chrono::seconds>(*one.until - now);
            told.content.time_remaining = static_cast<std::uint32_t>(left.count());
        }
        out.push_back(std::move(told));
    }
    next_.reset();
    if (!subscriptions_.empty()) { next_ = now + check_interval; }
    return out;
}

std::optional<TimePoint> BacnetSubscriptions::next_check() const {
    return next_;
}

} // namespace meterctl::simulators

// Points whose changes the device itself reports: SubscribeCOV and the notifications that come of it. ASHRAE 135,
// clauses 13.1 and 13.14.
#pragma once

#include "sessions/bacnet/reader.hpp"

namespace meterctl::sessions::bacnet {

class Watcher {
public:
    Watcher(Properties& properties, Reader& reader) : properties_(properties), reader_(reader) {}

    /// For so long, or until `changed` says false; then the subscriptions are ended. Points that the device does not
    /// report stand as failures in the first outcome; refused where it reports none of them.
    Task<Result<void>> watch(std::vector<catalogue::Point> points, Duration duration,
                             std::function<bool(ReadOutcome&&)> changed);

private:
    struct Subscription {
        catalogue::Point point;
        codecs::bacnet::ObjectId object;
        std::uint32_t process = 0;
    };
    Task<Result<void>> subscribe(const Subscription& one, std::optional<std::uint32_t> lifetime);
    [[nodiscard]] std::optional<ReadOutcome> outcome_of(const codecs::bacnet::CovNotification& notification) const;

    Properties& properties_;
    Reader& reader_;
    std::vector<Subscription> subscriptions_;
};

} // namespace meterctl::sessions::bacnet

// Points whose changes the device itself reports: SubscribeCOV and the notifications that come of it. ASHRAE 135,
// clauses 13.1 and 13.14.
#pragma once

#include "sessions/bacnet/reader.hpp"

#include <deque>

namespace meterctl::sessions::bacnet {

class Watcher {
public:
    /// `confirmed`: the device repeats a report until we acknowledge it, as it does with requests.
    Watcher(Properties& properties, Reader& reader, bool confirmed)
        : properties_(properties), reader_(reader), confirmed_(confirmed) {}

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
    /// What the device does not report.
    Task<Result<ReadOutcome>> subscribe_all(std::vector<catalogue::Point> points, std::uint32_t lifetime);
    Task<Result<void>> follow(TimePoint end, const std::function<bool(ReadOutcome&&)>& changed);
    Task<void> end_all();
    bool take(const Station& from, const codecs::bacnet::CovNotification& notification);
    Task<Result<void>> subscribe(const Subscription& one, std::optional<std::uint32_t> lifetime);
    [[nodiscard]] std::optional<ReadOutcome> outcome_of(const codecs::bacnet::CovNotification& notification) const;

    Properties& properties_;
    Reader& reader_;
    bool confirmed_;
    std::vector<Subscription> subscriptions_;
    std::deque<ReadOutcome> reported_; ///< and not passed on yet
};

} // namespace meterctl::sessions::bacnet

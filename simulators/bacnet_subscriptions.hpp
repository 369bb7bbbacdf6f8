// Who wants to be told of changed values: SubscribeCOV and its notifications. ASHRAE 135, clauses 13.1 and 13.14.
#pragma once

#include "codecs/bacnet/npdu.hpp"
#include "simulators/bacnet_device.hpp"

namespace meterctl::simulators {

/// Where a station's words go to: a link address of its own network (empty: all of it), and beyond a router a station
/// there.
struct BacnetPeer {
    Bytes link;
    std::optional<codecs::bacnet::NetworkAddress> remote;
    friend bool operator==(const BacnetPeer&, const BacnetPeer&) = default;
};

struct BacnetNotification {
    BacnetPeer peer;
    bool confirmed = false;
    codecs::bacnet::CovNotification content;
};

class BacnetSubscriptions {
public:
    /// Optional-functionality-not-supported where the object reports no changes. The value it has now is told at once.
    Granted<void> subscribe(const BacnetDevice& device, const BacnetPeer& peer,
                            const codecs::bacnet::SubscribeCov& service, TimePoint now);
    /// What changed by more than the object's increment, and forgets whose time is up.
    std::vector<BacnetNotification> check(const BacnetDevice& device, TimePoint now);
    [[nodiscard]] std::optional<TimePoint> next_check() const;

private:
    struct Subscription {
        BacnetPeer peer;
        std::uint32_t process = 0;
        codecs::bacnet::ObjectId object;
        bool confirmed = false;
        std::optional<TimePoint> until;
        std::optional<Bytes> told; ///< the present value last told
    };
    std::vector<Subscription> subscriptions_;
    std::optional<TimePoint> next_;
};

} // namespace meterctl::simulators

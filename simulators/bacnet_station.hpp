// A virtual device on a BACnet network: what stands between NPDUs and its services. It answers requests, sends long
// answers in segments, keeps silent when it is told to, and reports changed values. ASHRAE 135, clauses 5, 6 and 16.
#pragma once

#include "codecs/bacnet/apdu.hpp"
#include "codecs/bacnet/segmentation.hpp"
#include "simulators/bacnet_subscriptions.hpp"

namespace meterctl::simulators {

/// An NPDU on its way out, to a link address of the station's own network; empty: to all of it.
struct BacnetOutgoing {
    Bytes link;
    bool expecting_reply = false;
    Bytes npdu;
};

class BacnetStation {
public:
    explicit BacnetStation(std::unique_ptr<BacnetDevice> device) : device_(std::move(device)) {}

    [[nodiscard]] BacnetDevice& device() { return *device_; }
    [[nodiscard]] const BacnetDevice& device() const { return *device_; }

    /// An NPDU that came from a link address, whole. The device stands at `now` already.
    std::vector<BacnetOutgoing> receive(ByteView npdu, const Bytes& link, TimePoint now);
    /// Notifications, and again what nobody acknowledged: segments, and confirmed notifications by the device's
    /// APDU_Timeout and Number_Of_APDU_Retries.
    std::vector<BacnetOutgoing> advance(TimePoint now);
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;

private:
    struct Transfer {
        BacnetPeer peer;
        std::uint8_t invoke_id = 0, service = 0;
        codecs::bacnet::Segmentation segments;
        TimePoint again;
        unsigned tries = 0;
    };
    /// A confirmed notification that nobody has acknowledged.
    struct Unanswered {
        BacnetPeer peer;
        codecs::bacnet::ConfirmedRequest request;
        TimePoint again;
        std::uint64_t tries_left = 0;
    };
    enum class Silence : std::uint8_t { none, initiation, all };

    void request(const codecs::bacnet::ConfirmedRequest& request, const BacnetPeer& peer, TimePoint now);
    [[nodiscard]] codecs::bacnet::Apdu answer(const codecs::bacnet::ConfirmedRequest& request, const BacnetPeer& peer,
                                              TimePoint now);
    [[nodiscard]] codecs::bacnet::Apdu control_communication(const codecs::bacnet::ConfirmedRequest& request,
                                                             TimePoint now);
    [[nodiscard]] codecs::bacnet::Apdu subscribe(const codecs::bacnet::ConfirmedRequest& request,
                                                 const BacnetPeer& peer, TimePoint now);
    void begin_transfer(const codecs::bacnet::ConfirmedRequest& request, codecs::bacnet::ComplexAck whole,
                        std::size_t most, const BacnetPeer& peer, TimePoint now);
    void answered(const BacnetPeer& peer, std::uint8_t invoke_id);
    void notify(const BacnetNotification& notification, TimePoint now);
    void repeat_unanswered(TimePoint now);
    void send_due(Transfer& transfer, TimePoint now);
    void acknowledged(const codecs::bacnet::SegmentAck& ack, const BacnetPeer& peer, TimePoint now);
    void send(const BacnetPeer& peer, const codecs::bacnet::Apdu& apdu, bool expecting_reply = false);
    [[nodiscard]] bool silent(Silence least, TimePoint now);

    std::unique_ptr<BacnetDevice> device_;
    BacnetSubscriptions subscriptions_;
    std::vector<Transfer> transfers_;
    std::vector<Unanswered> unanswered_;
    std::vector<BacnetOutgoing> out_;
    Silence silence_ = Silence::none;
    std::optional<TimePoint> silent_until_;
    std::uint8_t next_invoke_id_ = 0;
};

} // namespace meterctl::simulators

// A router between BACnet/IP and an MS/TP line with virtual devices. ASHRAE 135, clause 6.
#pragma once

#include "codecs/bacnet/npdu.hpp"
#include "simulators/bacnet_ring.hpp"

namespace meterctl::simulators {

class BacnetRouter {
public:
    explicit BacnetRouter(const std::shared_ptr<BacnetInstallation>& installation);

    /// A further station on the IP side; its number stands for its address.
    std::size_t connect();
    /// An NPDU of that station.
    void receive(std::size_t station, const codecs::bacnet::Npdu& npdu, TimePoint now);
    void run_to(TimePoint now);
    [[nodiscard]] std::optional<TimePoint> next_deadline() const { return ring_.next_deadline(); }

    struct Outgoing {
        Bytes npdu;
        bool broadcast = false;
        TimePoint due;
    };
    /// What goes to the station.
    std::vector<Outgoing> take(std::size_t station);
    [[nodiscard]] bool waits(std::size_t station) const { return !stations_.at(station).empty(); }

private:
    void say(std::size_t station, const codecs::bacnet::Npdu& npdu, TimePoint now);
    void network_message(std::size_t station, const codecs::bacnet::Npdu& npdu, TimePoint now);
    void to_line(std::size_t station, const codecs::bacnet::Npdu& npdu, TimePoint now);
    void from_line(const MstpRing::Routed& routed, TimePoint now);

    std::shared_ptr<BacnetInstallation> installation_;
    MstpRing ring_;
    std::vector<std::vector<Outgoing>> stations_;
};

} // namespace meterctl::simulators

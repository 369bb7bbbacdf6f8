// An MS/TP line with virtual master nodes on it: the devices of an installation, masters that have nothing to say, and
// where there is one a router's port. What one node sends the others hear, and so does whoever listens from outside.
// ASHRAE 135, clause 9.
#pragma once

#include "codecs/bacnet/mstp_master.hpp"
#include "simulators/bacnet_installation.hpp"
#include "simulators/faults.hpp"

namespace meterctl::simulators {

class MstpRing {
public:
    /// `router`: the address of a further node whose NPDUs are the caller's.
    MstpRing(std::shared_ptr<BacnetInstallation> installation, unsigned baud, std::optional<std::uint8_t> router);

    /// Octets from outside, of which the first begins at `now` and the last arrives at `end`.
    void hear(ByteView octets, TimePoint now, TimePoint end);
    /// Noise from outside.
    void disturb(TimePoint now);
    /// Lets time pass.
    void run_to(TimePoint now);
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;
    /// Frames that were sent, each with the time at which its last octet has left.
    std::vector<Transmission> take_frames() { return std::exchange(frames_, {}); }

    /// What the router's node has to send, to a station or to all.
    void route(std::uint8_t destination, Bytes npdu, bool expecting_reply);
    /// What came for the router's node, with its source.
    struct Routed {
        std::uint8_t source = 0;
        Bytes npdu;
    };
    std::vector<Routed> take_routed() { return std::exchange(routed_, {}); }

private:
    struct Node {
        codecs::bacnet::mstp::MasterNode master;
        std::uint8_t mac = 0;
        BacnetUnit* unit = nullptr;
        bool router = false;
    };
    struct Sent {
        std::size_t by = 0; ///< the node; npos: from outside
        Bytes octets;
    };
    struct Reply {
        std::size_t node = 0;
        std::uint8_t destination = 0;
        Bytes npdu;
    };

    void begin(TimePoint now);
    void add_node(std::uint8_t mac, BacnetUnit* unit, bool router, TimePoint now);
    void step(TimePoint now);
    void deliver(TimePoint now);
    void put_on_line(std::size_t by, ByteView octets, TimePoint begin, TimePoint end);
    void collect(std::size_t index, TimePoint now);
    void indicate(std::size_t index, const codecs::bacnet::mstp::Indication& indication, TimePoint now);
    void send(Node& node, const BacnetOutgoing& out);
    [[nodiscard]] TimePoint end_of(TimePoint start, std::size_t octets) const;

    std::shared_ptr<BacnetInstallation> installation_;
    unsigned baud_;
    std::optional<std::uint8_t> router_;
    std::vector<Node> nodes_;
    std::multimap<TimePoint, Sent> on_line_; ///< pieces of frames, by the time at which the last octet arrives
    std::multimap<TimePoint, Reply> replies_;
    std::vector<Transmission> frames_;
    std::vector<Routed> routed_;
    bool begun_ = false;
};

} // namespace meterctl::simulators

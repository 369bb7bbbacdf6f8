#include "simulators/bacnet_ring.hpp"

#include <algorithm>
#include <limits>

namespace meterctl::simulators {

namespace mstp = codecs::bacnet::mstp;

namespace {

using namespace std::chrono_literals;

constexpr std::size_t outside = std::numeric_limits<std::size_t>::max();
constexpr std::size_t bits_per_octet = 10; ///< 8N1
/// A device that takes longer than this for an answer says that it is postponed.
constexpr auto longest_latency = 200ms;

mstp::MasterSettings settings_of(std::uint8_t mac, unsigned baud) {
    mstp::MasterSettings settings;
    settings.station = mac;
    settings.baud = baud;
    return settings;
}

} // namespace

MstpRing::MstpRing(std::shared_ptr<BacnetInstallation> installation, unsigned baud, std::optional<std::uint8_t> router)
    : installation_(std::move(installation)), baud_(baud), router_(router) {}

void MstpRing::add_node(std::uint8_t mac, BacnetUnit* unit, bool router, TimePoint now) {
    Node node{mstp::MasterNode(settings_of(mac, baud_), now), mac, unit, router};
    nodes_.push_back(std::move(node));
}

void MstpRing::begin(TimePoint now) {
    if (begun_) { return; }
    begun_ = true;
    installation_->advance_to(now);
    for (BacnetUnit& unit : installation_->units()) { add_node(unit.mac, &unit, false, now); }
    for (const std::uint8_t mac : installation_->masters()) { add_node(mac, nullptr, false, now); }
    if (router_) { add_node(*router_, nullptr, true, now); }
}

TimePoint MstpRing::end_of(TimePoint start, std::size_t octets) const {
    return start + std::chrono::nanoseconds(octets * bits_per_octet * 1'000'000'000 / baud_);
}

/// A long frame is heard while it is sent: who waits for its first octets would else take the line for silent.
void MstpRing::put_on_line(std::size_t by, ByteView octets, TimePoint begin, TimePoint end) {
    constexpr std::size_t piece = mstp::frame_header;
    const auto whole = static_cast<std::int64_t>(octets.size());
    for (std::size_t at = 0; at < octets.size(); at += piece) {
        const ByteView part = octets.subspan(at, std::min(piece, octets.size() - at));
        const auto arrived = static_cast<std::int64_t>(at + part.size());
        on_line_.emplace(begin + (end - begin) * arrived / whole, Sent{by, Bytes(part.begin(), part.end())});
    }
}

void MstpRing::hear(ByteView octets, TimePoint now, TimePoint end) {
    run_to(now);
    put_on_line(outside, octets, now, end);
    step(now);
}

void MstpRing::disturb(TimePoint now) {
    run_to(now);
    for (Node& node : nodes_) { node.master.receive_error(now); }
    step(now);
}

std::optional<TimePoint> MstpRing::next_deadline() const {
    std::optional<TimePoint> next;
    const auto sooner = [&next](std::optional<TimePoint> other) {
        if (other && (!next || *other < *next)) { next = other; }
    };
    if (!on_line_.empty()) { sooner(on_line_.begin()->first); }
    if (!replies_.empty()) { sooner(replies_.begin()->first); }
    for (const Node& node : nodes_) {
        sooner(node.master.next_deadline());
        if (node.unit != nullptr) { sooner(node.unit->station.next_deadline()); }
    }
    return next;
}

void MstpRing::run_to(TimePoint now) {
    begin(now);
    for (auto next = next_deadline(); next && *next <= now; next = next_deadline()) { step(*next); }
}

void MstpRing::step(TimePoint now) {
    deliver(now);
    while (!replies_.empty() && replies_.begin()->first <= now) {
        auto reply = replies_.extract(replies_.begin());
        nodes_[reply.mapped().node].master.reply(reply.mapped().destination, std::move(reply.mapped().npdu), now);
        collect(reply.mapped().node, now);
    }
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
        Node& node = nodes_[i];
        node.master.advance(now);
        const auto due = node.unit != nullptr ? node.unit->station.next_deadline() : std::nullopt;
        if (due && *due <= now) {
            installation_->advance_to(now);
            for (const BacnetOutgoing& out : node.unit->station.advance(now)) { send(node, out); }
        }
        collect(i, now);
    }
}

void MstpRing::deliver(TimePoint now) {
    while (!on_line_.empty() && on_line_.begin()->first <= now) {
        const auto sent = on_line_.extract(on_line_.begin());
        for (std::size_t i = 0; i < nodes_.size(); ++i) {
            if (i == sent.mapped().by) { continue; }
            nodes_[i].master.receive(sent.mapped().octets, sent.key());
            collect(i, sent.key());
        }
    }
}

/// Takes what the node has to send and what came for it.
void MstpRing::collect(std::size_t index, TimePoint now) {
    for (auto& transmission : nodes_[index].master.take_transmissions()) {
        const TimePoint end = end_of(transmission.due, transmission.octets.size());
        put_on_line(index, transmission.octets, transmission.due, end);
        frames_.push_back({end, std::move(transmission.octets)});
    }
    for (const auto& indication : nodes_[index].master.take_indications()) { indicate(index, indication, now); }
    nodes_[index].master.take_completions();
}

void MstpRing::indicate(std::size_t index, const mstp::Indication& indication, TimePoint now) {
    Node& node = nodes_[index];
    if (node.router) { routed_.push_back({indication.source, indication.npdu}); }
    if (node.unit == nullptr) {
        node.master.postpone(now);
        return;
    }
    installation_->advance_to(now);
    const auto answers = node.unit->station.receive(indication.npdu, Bytes{indication.source}, now);
    const auto latency = installation_->options().latency;
    bool waits = indication.expecting_reply;
    for (const BacnetOutgoing& out : answers) {
        const bool whole = !out.expecting_reply && out.link == Bytes{indication.source};
        if (waits && whole && latency <= longest_latency) {
            replies_.emplace(now + latency, Reply{index, indication.source, out.npdu});
            waits = false;
        } else {
            send(node, out);
        }
    }
    if (waits) { node.master.postpone(now); }
}

void MstpRing::send(Node& node, const BacnetOutgoing& out) {
    const std::uint8_t destination = out.link.empty() ? mstp::broadcast : out.link.front();
    node.master.send(destination, out.npdu, out.expecting_reply);
}

void MstpRing::route(std::uint8_t destination, Bytes npdu, bool expecting_reply) {
    const auto router = std::ranges::find_if(nodes_, &Node::router);
    if (router != nodes_.end()) { router->master.send(destination, std::move(npdu), expecting_reply); }
}

} // namespace meterctl::simulators

#include "simulators/bacnet_router.hpp"

#include "codecs/bacnet/mstp_frame.hpp"

#include <algorithm>

namespace meterctl::simulators {

namespace bacnet = codecs::bacnet;

namespace {

constexpr std::uint16_t ip_network = 65000; ///< the number of the IP side
constexpr std::uint8_t unknown_network = 1; ///< why a message was rejected
constexpr unsigned usual_baud = 38400;

/// The highest address that nothing else has: small ones are the devices'.
std::uint8_t free_address(BacnetInstallation& installation) {
    std::uint8_t mac = bacnet::mstp::last_master;
    const auto taken = [&](std::uint8_t candidate) {
        return std::ranges::find(installation.units(), candidate, &BacnetUnit::mac) != installation.units().end() ||
               std::ranges::find(installation.masters(), candidate) != installation.masters().end();
    };
    while (mac > 0 && taken(mac)) { --mac; }
    return mac;
}

unsigned baud_of(BacnetInstallation& installation) {
    return installation.units().empty() ? usual_baud : installation.units().front().baud;
}

/// Six octets, as a station of BACnet/IP has them, from its number.
Bytes address_of(std::size_t station) {
    return {10, 0, static_cast<std::uint8_t>(station >> 8U), static_cast<std::uint8_t>(station & 0xFFU), 0xBA, 0xC0};
}

bacnet::Npdu message(bacnet::NetworkMessage kind, const bacnet::MessageData& data) {
    bacnet::Npdu npdu;
    npdu.message = static_cast<std::uint8_t>(kind);
    npdu.data = bacnet::encode(data);
    return npdu;
}

} // namespace

BacnetRouter::BacnetRouter(const std::shared_ptr<BacnetInstallation>& installation)
    : installation_(installation), ring_(installation, baud_of(*installation), free_address(*installation)) {}

std::size_t BacnetRouter::connect() {
    stations_.emplace_back();
    return stations_.size() - 1;
}

std::vector<BacnetRouter::Outgoing> BacnetRouter::take(std::size_t station) {
    return std::exchange(stations_.at(station), {});
}

void BacnetRouter::say(std::size_t station, const bacnet::Npdu& npdu, TimePoint now) {
    stations_.at(station).push_back({bacnet::encode(npdu), false, now});
}

void BacnetRouter::receive(std::size_t station, const bacnet::Npdu& npdu, TimePoint now) {
    run_to(now);
    if (npdu.message && !npdu.destination) { return network_message(station, npdu, now); }
    if (!npdu.destination) { return; } // for stations of the IP side, of which there is none
    const std::uint16_t network = installation_->routed_network().value_or(1);
    if (npdu.destination->network == network || npdu.destination->network == bacnet::global_broadcast) {
        return to_line(station, npdu, now);
    }
    bacnet::RejectMessage reason;
    reason.reason = unknown_network;
    reason.network = npdu.destination->network;
    say(station, message(bacnet::NetworkMessage::reject, reason), now);
}

void BacnetRouter::network_message(std::size_t station, const bacnet::Npdu& npdu, TimePoint now) {
    const std::uint16_t network = installation_->routed_network().value_or(1);
    if (*npdu.message == static_cast<std::uint8_t>(bacnet::NetworkMessage::what_is_network_number)) {
        bacnet::NetworkNumber number;
        number.network = ip_network;
        number.configured = true;
        return say(station, message(bacnet::NetworkMessage::network_number_is, number), now);
    }
    if (*npdu.message != static_cast<std::uint8_t>(bacnet::NetworkMessage::who_is_router)) { return; }
    const auto asked = bacnet::decode_message(*npdu.message, npdu.data);
    const auto* networks = asked ? std::get_if<bacnet::NetworkList>(&*asked) : nullptr;
    if (networks == nullptr) { return; }
    const auto& list = networks->networks;
    if (!list.empty() && std::ranges::find(list, network) == list.end()) { return; }
    bacnet::NetworkList reached;
    reached.networks.push_back(network);
    say(station, message(bacnet::NetworkMessage::i_am_router, reached), now);
}

void BacnetRouter::to_line(std::size_t station, const bacnet::Npdu& npdu, TimePoint now) {
    const bool all = npdu.destination->network == bacnet::global_broadcast;
    if (npdu.hop_count <= 1) { return; }
    bacnet::Npdu onward = npdu;
    if (!onward.source) { onward.source = bacnet::NetworkAddress{ip_network, address_of(station)}; }
    const Bytes& address = npdu.destination->address;
    const bool to_all = all || address.size() != 1;
    const std::uint8_t destination = to_all ? bacnet::mstp::broadcast : address.front();
    if (all) {
        --onward.hop_count;
    } else {
        onward.destination.reset();
    }
    ring_.route(destination, bacnet::encode(onward), npdu.expecting_reply && !to_all);
    run_to(now);
}

void BacnetRouter::from_line(const MstpRing::Routed& routed, TimePoint now) {
    const auto npdu = bacnet::decode_npdu(routed.npdu);
    if (!npdu || !npdu->destination) { return; } // it stays on its own line
    bacnet::Npdu onward = *npdu;
    if (!onward.source) {
        onward.source = bacnet::NetworkAddress{installation_->routed_network().value_or(1), Bytes{routed.source}};
    }
    const bool all = npdu->destination->network == bacnet::global_broadcast;
    if (!all && npdu->destination->network != ip_network) { return; }
    if (!all) { onward.destination.reset(); }
    for (std::size_t i = 0; i < stations_.size(); ++i) {
        const bool to_all = npdu->destination->address.empty();
        if (to_all || npdu->destination->address == address_of(i)) {
            stations_[i].push_back({bacnet::encode(onward), to_all, now});
        }
    }
}

void BacnetRouter::run_to(TimePoint now) {
    ring_.run_to(now);
    ring_.take_frames();
    for (const MstpRing::Routed& routed : ring_.take_routed()) { from_line(routed, now); }
}

} // namespace meterctl::simulators

// BACnet/IP to virtual devices: one datagram in, the datagrams it causes out. Annex J.
#include "codecs/bacnet/bvlc.hpp"
#include "simulators/bacnet_links.hpp"
#include "simulators/faults.hpp"

#include <algorithm>

namespace meterctl::simulators {

namespace bacnet = codecs::bacnet;

namespace {

using namespace std::chrono_literals;
using bacnet::BvlcFunction;

constexpr std::uint16_t accepted = 0, register_refused = 0x0030, distribute_refused = 0x0060;

struct Refusal {
    BvlcFunction function;
    std::uint16_t code;
};
/// What only a broadcast management device does.
constexpr std::array refused_functions{
    Refusal{BvlcFunction::write_broadcast_distribution_table, 0x0010},
    Refusal{BvlcFunction::read_broadcast_distribution_table, 0x0020},
    Refusal{BvlcFunction::read_foreign_device_table, 0x0040},
    Refusal{BvlcFunction::delete_foreign_device_table_entry, 0x0050},
};

/// Of the first of several datagrams that were read as one; nullopt where no whole one is there.
std::optional<std::size_t> message_length(ByteView octets) {
    if (octets.size() < bacnet::bvlc_header) { return std::nullopt; }
    const std::size_t length = (std::size_t{octets[2]} << 8U) | octets[3];
    const bool whole = octets[0] == bacnet::bvlc_type && length >= bacnet::bvlc_header && length <= octets.size();
    return whole ? std::optional(length) : std::nullopt;
}

class IpLink final : public Bus {
public:
    explicit IpLink(std::shared_ptr<BacnetSite> site)
        : site_(std::move(site)), line_(without_pace(site_->installation->options())) {
        const std::uint16_t number = site_->ip_links++;
        link_address_ = {10,   0,   static_cast<std::uint8_t>(number >> 8U), static_cast<std::uint8_t>(number & 0xFFU),
                         0xBA, 0xC0};
        if (site_->router) { station_ = site_->router->connect(); }
    }

    void receive(ByteView octets, TimePoint now) override {
        line_.hear(octets, now);
        while (const auto length = message_length(octets)) {
            const ByteView datagram = octets.first(*length);
            octets = octets.subspan(*length);
            if (const auto message = bacnet::decode_bvlc(datagram)) { take(*message, datagram[1], now); }
        }
    }

    [[nodiscard]] std::optional<TimePoint> next_deadline() const override {
        auto next = line_.next_deadline();
        const auto sooner = [&next](std::optional<TimePoint> other) {
            if (other && (!next || *other < *next)) { next = other; }
        };
        if (site_->router && awake_) { sooner(site_->router->next_deadline()); }
        if (!site_->router) { sooner(station().next_deadline()); }
        return next;
    }

    std::vector<Transmission> transmit(TimePoint now) override {
        if (site_->router) {
            site_->router->run_to(now);
            take_routed(now);
        } else {
            site_->installation->advance_to(now);
            send_all(station().advance(now), now);
        }
        return line_.transmit(now);
    }

    void line_changed(unsigned /*baud*/, std::string_view /*frame*/) override {}

    [[nodiscard]] std::unique_ptr<Bus> connect(std::string_view framing) const override {
        return make_bacnet_link(site_, framing.empty() ? "ip" : framing);
    }

private:
    /// A network has no rate that a datagram would show.
    static Options without_pace(Options options) {
        options.baud = 0;
        return options;
    }

    [[nodiscard]] BacnetStation& station() const { return site_->installation->units().front().station; }

    void take(const bacnet::Bvlc& message, std::uint8_t function, TimePoint now) {
        if (const auto* carried = std::get_if<bacnet::CarriedNpdu>(&message)) {
            if (carried->function == BvlcFunction::distribute_broadcast_to_network && !site_->router) {
                return result(distribute_refused, now);
            }
            return take_npdu(carried->npdu, now);
        }
        if (const auto* forwarded = std::get_if<bacnet::ForwardedNpdu>(&message)) {
            return take_npdu(forwarded->npdu, now);
        }
        if (std::holds_alternative<bacnet::RegisterForeignDevice>(message)) {
            return result(site_->router ? accepted : register_refused, now);
        }
        const auto* row = std::ranges::find(refused_functions, static_cast<BvlcFunction>(function), &Refusal::function);
        if (row != refused_functions.end()) { result(row->code, now); }
    }

    void take_npdu(ByteView octets, TimePoint now) {
        if (site_->router) {
            awake_ = true;
            if (const auto npdu = bacnet::decode_npdu(octets)) { site_->router->receive(station_, *npdu, now); }
            return take_routed(now);
        }
        site_->installation->advance_to(now);
        send_all(station().receive(octets, link_address_, now), now);
    }

    void take_routed(TimePoint now) {
        for (auto& out : site_->router->take(station_)) {
            send(std::move(out.npdu), out.broadcast, std::max(now, out.due));
        }
    }

    /// Each link sends what is for its own end; what all are told goes to whoever spoke.
    void send_all(std::vector<BacnetOutgoing> all, TimePoint now) {
        for (BacnetOutgoing& out : all) {
            const Bytes whose = out.link.empty() ? link_address_ : out.link;
            site_->mail[whose].push_back(std::move(out));
        }
        for (BacnetOutgoing& out : std::exchange(site_->mail[link_address_], {})) {
            send(std::move(out.npdu), out.link.empty(), now);
        }
    }

    void send(Bytes npdu, bool broadcast, TimePoint now) {
        bacnet::CarriedNpdu message;
        message.function = broadcast ? BvlcFunction::original_broadcast_npdu : BvlcFunction::original_unicast_npdu;
        message.npdu = std::move(npdu);
        deliver(bacnet::encode(bacnet::Bvlc(message)), now);
    }

    void result(std::uint16_t code, TimePoint now) {
        bacnet::BvlcResult message;
        message.code = code;
        deliver(bacnet::encode(bacnet::Bvlc(message)), now);
    }

    /// A network loses, repeats and delays datagrams, and drops the damaged ones itself.
    void deliver(Bytes datagram, TimePoint now) {
        line_.answer_in_stream(std::move(datagram), now, 0, bacnet::bvlc_header);
    }

    std::shared_ptr<BacnetSite> site_;
    FaultyLine line_;
    Bytes link_address_;      ///< of whoever is on the other end of this link
    std::size_t station_ = 0; ///< at the router
    bool awake_ = false;      ///< somebody spoke: before, the router's line need not run
};

} // namespace

std::unique_ptr<Bus> make_ip_link(const std::shared_ptr<BacnetSite>& site) {
    const bool routed = site->installation->routed_network().has_value();
    if (routed && !site->router) { site->router = std::make_shared<BacnetRouter>(site->installation); }
    return std::make_unique<IpLink>(site);
}

} // namespace meterctl::simulators

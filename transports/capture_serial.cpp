#include "transports/capture_serial.hpp"

#include <algorithm>
#include <array>

namespace meterctl::transports {

namespace {

using codecs::Direction;

/// The side that captures is taken for the client, as masters are what one captures at.
Direction direction_of(PacketFlow flow) {
    if (flow == PacketFlow::outbound) { return Direction::request; }
    return flow == PacketFlow::inbound ? Direction::response : Direction::unknown;
}

Peer& made(std::optional<Peer>& peer) {
    if (!peer) { peer.emplace(); }
    return *peer;
}

void take_address(std::optional<Peer>& peer, ByteView value, bool v6) {
    if (value.size() != (v6 ? 16U : 4U)) { return; }
    made(peer).address.v6 = v6;
    std::copy(value.begin(), value.end(), peer->address.octets.begin());
}

void take_tag(SerialPacket& out, std::uint16_t tag, ByteView value) {
    const std::uint32_t number = ByteReader(value).u32be();
    switch (tag) {
    case pdu_tag::dissector: {
        const auto end = std::find(value.begin(), value.end(), std::uint8_t{0});
        // octets of a name, looked at as text
        out.dissector = {reinterpret_cast<const char*>(value.data()), static_cast<std::size_t>(end - value.begin())};
        break;
    }
    case pdu_tag::ipv4_source:
    case pdu_tag::ipv6_source:
        take_address(out.source, value, tag == pdu_tag::ipv6_source);
        break;
    case pdu_tag::ipv4_destination:
    case pdu_tag::ipv6_destination:
        take_address(out.destination, value, tag == pdu_tag::ipv6_destination);
        break;
    case pdu_tag::source_port:
        made(out.source).port = static_cast<std::uint16_t>(number);
        break;
    case pdu_tag::destination_port:
        made(out.destination).port = static_cast<std::uint16_t>(number);
        break;
    case pdu_tag::point_to_point:
        if (number == pdu_tag::sent) { out.direction = Direction::request; }
        if (number == pdu_tag::received) { out.direction = Direction::response; }
        break;
    default:
        break;
    }
}

SerialPacket upper_pdu(const PcapPacket& packet) {
    SerialPacket out;
    out.direction = direction_of(packet.flow);
    ByteReader in(packet.octets);
    while (true) {
        const std::uint16_t tag = in.u16be();
        const std::uint16_t length = in.u16be();
        const ByteView value = in.take(length);
        if (in.failed()) {
            out.unused = "upper PDUs with damaged tags";
            return out;
        }
        if (tag == pdu_tag::end) { break; }
        take_tag(out, tag, value);
    }
    if (out.dissector.size() > 64) { out.dissector = out.dissector.substr(0, 64); }
    out.octets = in.rest();
    return out;
}

struct RtacEvent {
    std::uint8_t code;
    Direction direction;
    std::optional<LineFault::Kind> fault;
};

constexpr std::array rtac_events{
    RtacEvent{0x01, Direction::request, {}},                                  // DATA_TX_START
    RtacEvent{0x02, Direction::response, {}},                                 // DATA_RX_START
    RtacEvent{0x03, Direction::request, {}},                                  // DATA_TX_END
    RtacEvent{0x04, Direction::response, {}},                                 // DATA_RX_END
    RtacEvent{0x05, Direction::unknown, LineFault::Kind::overrun},            // CAPTURE_DATA_LOST
    RtacEvent{0x07, Direction::response, LineFault::Kind::parity_or_framing}, // FRAMING_ERROR
    RtacEvent{0x08, Direction::response, LineFault::Kind::parity_or_framing}, // PARITY_ERROR
    RtacEvent{0x09, Direction::response, LineFault::Kind::break_condition},   // SERIAL_BREAK_EVENT
    RtacEvent{0x0a, Direction::response, LineFault::Kind::overrun},           // SERIAL_OVERFLOW_EVENT
};

SerialPacket rtac(const PcapPacket& packet) {
    SerialPacket out;
    ByteReader in(packet.octets);
    in.take(8); // the device's own time
    const std::uint8_t code = in.u8();
    in.take(3); // state of the control lines, footer
    if (in.failed()) {
        out.unused = "cut RTAC records";
        return out;
    }
    const auto* event =
        std::find_if(rtac_events.begin(), rtac_events.end(), [code](const RtacEvent& row) { return row.code == code; });
    if (event != rtac_events.end()) {
        out.direction = event->direction;
        out.fault = event->fault;
    }
    out.octets = in.rest();
    if (out.octets.empty() && !out.fault) { out.unused = "RTAC records of control lines"; }
    return out;
}

} // namespace

bool is_serial_link(std::uint32_t link_type) {
    return (link_type >= link_user0 && link_type <= link_user15) || link_type == link_ms_tp || link_type == link_rtac ||
           link_type == link_upper_pdu;
}

SerialPacket unwrap_serial(const PcapPacket& packet) {
    if (packet.interface->link_type == link_upper_pdu) { return upper_pdu(packet); }
    if (packet.interface->link_type == link_rtac) { return rtac(packet); }
    SerialPacket out;
    out.octets = packet.octets;
    out.direction = direction_of(packet.flow);
    return out;
}

} // namespace meterctl::transports

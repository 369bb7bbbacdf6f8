#include "transports/capture_layers.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <fmt/format.h>
#include <optional>

namespace meterctl::transports {

namespace {

enum class Link { ethernet, family, raw, cooked, cooked2 };

struct LinkType {
    std::uint32_t number;
    Link link;
};

constexpr std::array link_types{
    LinkType{0, Link::family},    // NULL
    LinkType{1, Link::ethernet},  // EN10MB
    LinkType{12, Link::raw},      // RAW of some systems
    LinkType{14, Link::raw},      // RAW of OpenBSD
    LinkType{101, Link::raw},     // RAW
    LinkType{108, Link::family},  // LOOP
    LinkType{113, Link::cooked},  // LINUX_SLL
    LinkType{228, Link::raw},     // IPV4
    LinkType{229, Link::raw},     // IPV6
    LinkType{276, Link::cooked2}, // LINUX_SLL2
};

const LinkType* find_link(std::uint32_t number) {
    const auto* found = std::find_if(link_types.begin(), link_types.end(),
                                     [number](const LinkType& type) { return type.number == number; });
    return found == link_types.end() ? nullptr : found;
}

constexpr std::uint16_t ethertype_ipv4 = 0x0800;
constexpr std::uint16_t ethertype_ipv6 = 0x86dd;

bool is_vlan(std::uint16_t ethertype) {
    return ethertype == 0x8100 || ethertype == 0x88a8 || ethertype == 0x9100 || ethertype == 0x9200;
}

Segment none(std::string_view why) {
    Segment segment;
    segment.unused = why;
    return segment;
}

/// Moves `in` to the IP header; false where something else is carried.
bool to_ip(Link link, ByteReader& in) {
    std::uint16_t ethertype = 0;
    switch (link) {
    case Link::raw:
        return true;
    case Link::family: // the IP version tells more surely than the family, whose number and order differ by system
        in.take(4);
        return true;
    case Link::ethernet:
        in.take(12);
        ethertype = in.u16be();
        break;
    case Link::cooked:
        in.take(14);
        ethertype = in.u16be();
        break;
    case Link::cooked2:
        ethertype = in.u16be();
        in.take(18);
        break;
    }
    for (int tags = 0; is_vlan(ethertype) && tags < 4; ++tags) {
        in.u16be();
        ethertype = in.u16be();
    }
    return ethertype == ethertype_ipv4 || ethertype == ethertype_ipv6;
}

Segment tcp(ByteReader in, Segment segment) {
    const std::size_t start = in.offset();
    segment.source.port = in.u16be();
    segment.destination.port = in.u16be();
    segment.sequence = in.u32be();
    segment.acknowledgment = in.u32be();
    const std::size_t header = static_cast<std::size_t>(in.u8() >> 4U) * 4;
    const std::uint8_t flags = in.u8();
    in.take(6);
    if (in.failed() || header < 20) { return none("damaged or cut TCP headers"); }
    in.take(header - (in.offset() - start));
    if (in.failed()) { return none("damaged or cut TCP headers"); }
    segment.fin = (flags & 0x01U) != 0;
    segment.syn = (flags & 0x02U) != 0;
    segment.rst = (flags & 0x04U) != 0;
    segment.ack = (flags & 0x10U) != 0;
    segment.payload = in.rest();
    segment.carrier = Carrier::tcp;
    return segment;
}

Segment udp(ByteReader in, Segment segment) {
    segment.source.port = in.u16be();
    segment.destination.port = in.u16be();
    const std::size_t length = in.u16be();
    in.u16be();
    if (in.failed() || length < 8) { return none("damaged or cut UDP headers"); }
    segment.payload = in.take(std::min(in.remaining(), length - 8));
    segment.carrier = Carrier::udp;
    return segment;
}

/// `length` is what the IP header says of the octets behind it; padding behind them is cut.
Segment carried(std::uint8_t protocol, ByteReader in, std::size_t length, Segment segment) {
    if (length > in.remaining()) { segment.missing = static_cast<std::uint32_t>(length - in.remaining()); }
    const ByteReader body(in.take(std::min(length, in.remaining())));
    if (protocol == 6) { return tcp(body, segment); }
    if (protocol == 17) { return udp(body, segment); }
    return none("neither TCP nor UDP");
}

Segment ipv4(ByteReader in) {
    Segment segment;
    const std::size_t header = static_cast<std::size_t>(in.u8() & 0x0fU) * 4;
    in.u8();
    std::size_t length = in.u16be();
    in.u16be();
    const std::uint16_t fragment = in.u16be();
    in.u8();
    const std::uint8_t protocol = in.u8();
    in.u16be();
    const ByteView source = in.take(4);
    const ByteView destination = in.take(4);
    if (in.failed() || header < 20) { return none("damaged or cut IP headers"); }
    in.take(header - 20);
    if (length == 0) { length = header + in.remaining(); } // segmentation left to the network card
    if (in.failed() || length < header) { return none("damaged or cut IP headers"); }
    if ((fragment & 0x3fffU) != 0) { return none("IP fragments"); }
    std::copy(source.begin(), source.end(), segment.source.address.octets.begin());
    std::copy(destination.begin(), destination.end(), segment.destination.address.octets.begin());
    return carried(protocol, in, length - header, segment);
}

/// Passes over an extension header and takes its octets from `length`; false where the packet ends in it.
bool pass_extension(std::uint8_t& next, ByteReader& in, std::size_t& length) {
    const bool authentication = next == 51;
    next = in.u8();
    const std::size_t units = in.u8();
    const std::size_t size = authentication ? (units + 2) * 4 : (units + 1) * 8;
    in.take(size - 2);
    if (in.failed() || size > length) { return false; }
    length -= size;
    return true;
}

Segment ipv6(ByteReader in) {
    constexpr std::uint8_t fragment_header = 44;
    constexpr std::array<std::uint8_t, 4> extensions{0, 43, 51, 60}; // hop-by-hop, routing, authentication, destination
    Segment segment;
    in.u32be();
    std::size_t length = in.u16be();
    std::uint8_t next = in.u8();
    in.u8();
    const ByteView source = in.take(16);
    const ByteView destination = in.take(16);
    if (in.failed()) { return none("damaged or cut IP headers"); }
    if (length == 0) { length = in.remaining(); }
    std::copy(source.begin(), source.end(), segment.source.address.octets.begin());
    std::copy(destination.begin(), destination.end(), segment.destination.address.octets.begin());
    segment.source.address.v6 = segment.destination.address.v6 = true;
    while (std::find(extensions.begin(), extensions.end(), next) != extensions.end()) {
        if (!pass_extension(next, in, length)) { return none("damaged or cut IP headers"); }
    }
    if (next == fragment_header) { return none("IP fragments"); }
    return carried(next, in, length, segment);
}

} // namespace

std::string to_string(const Peer& peer) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const auto& address = peer.address;
    ::inet_ntop(address.v6 ? AF_INET6 : AF_INET, address.octets.data(), text.data(), text.size());
    return address.v6 ? fmt::format("[{}]:{}", text.data(), peer.port) : fmt::format("{}:{}", text.data(), peer.port);
}

bool carries_ip(std::uint32_t link_type) {
    return find_link(link_type) != nullptr;
}

Segment unwrap(std::uint32_t link_type, ByteView frame) {
    ByteReader in(frame);
    const LinkType* type = find_link(link_type);
    const bool ip = type != nullptr && to_ip(type->link, in);
    if (in.failed() || in.at_end()) { return none("cut link-layer headers"); }
    if (!ip) { return none("other than IP"); }
    const unsigned version = in.peek() >> 4U;
    if (version == 4) { return ipv4(in); }
    if (version == 6) { return ipv6(in); }
    return none("other than IP");
}

} // namespace meterctl::transports

// From a link-layer frame to the octets of a TCP or UDP segment: Ethernet with VLAN tags, loopback, raw IP and Linux
// cooked captures over IPv4 and IPv6 (RFC 791, 8200, 9293, 768). Views point into the frame.
#pragma once

#include "src/core/bytes.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace meterctl::transports {

struct IpAddress {
    std::array<std::uint8_t, 16> octets{}; ///< IPv4 in the first four
    bool v6 = false;
    friend auto operator<=>(const IpAddress&, const IpAddress&) = default;
};

struct Peer {
    IpAddress address;
    std::uint16_t port = 0;
    friend auto operator<=>(const Peer&, const Peer&) = default;
};

/// "10.0.0.57:2578", "[fe80::1]:502"
std::string to_string(const Peer& peer);

enum class Carrier { none, tcp, udp };

struct Segment {
    Carrier carrier = Carrier::none;
    Peer source, destination;
    std::uint32_t sequence = 0, acknowledgment = 0;
    bool syn = false, ack = false, fin = false, rst = false;
    ByteView payload;
    std::uint32_t missing = 0; ///< octets of the payload that the capture cut off
    std::string_view unused;   ///< why there is no segment (carrier none): "IP fragments", ...
};

/// True for the link types that carry IP.
bool carries_ip(std::uint32_t link_type);
/// Link type must be one that carries IP.
Segment unwrap(std::uint32_t link_type, ByteView frame);

} // namespace meterctl::transports

// Captures of serial lines: Wireshark's upper PDUs (link type 252), the RTAC's serial records (250), MS/TP (165) and
// the user link types (147 to 162).
#pragma once

#include "codecs/decoder.hpp"
#include "transports/capture_layers.hpp"
#include "transports/pcap_reader.hpp"
#include "transports/transport.hpp"

namespace meterctl::transports {

constexpr std::uint32_t link_user0 = 147, link_user15 = 162, link_ms_tp = 165, link_rtac = 250, link_upper_pdu = 252;

/// What one such packet says; views point into it.
struct SerialPacket {
    ByteView octets;
    codecs::Direction direction = codecs::Direction::unknown;
    std::string_view dissector;
    std::optional<Peer> source, destination; ///< where an upper PDU tells
    std::optional<LineFault::Kind> fault;
    std::string_view unused; ///< why there is nothing in it; empty when there is
};

/// The tags of Wireshark's epan/exported_pdu.h that are read and written.
namespace pdu_tag {
constexpr std::uint16_t end = 0, dissector = 12, ipv4_source = 20, ipv4_destination = 21, ipv6_source = 22,
                        ipv6_destination = 23, port_type = 24, source_port = 25, destination_port = 26,
                        point_to_point = 35;
constexpr std::uint32_t port_type_tcp = 2;
constexpr std::uint32_t sent = 0, received = 1;
} // namespace pdu_tag

bool is_serial_link(std::uint32_t link_type);
SerialPacket unwrap_serial(const PcapPacket& packet);

} // namespace meterctl::transports

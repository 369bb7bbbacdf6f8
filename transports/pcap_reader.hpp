// Packets of a capture file: pcap in its byte orders and resolutions (libpcap's savefile format) and pcapng
// (draft-ietf-opsawg-pcapng). Link types are not looked into here.
#pragma once

#include "transports/capture_source.hpp"

#include <chrono>
#include <functional>

namespace meterctl::transports {

/// An interface as the file describes it.
struct PcapInterface {
    std::uint32_t number = 0;    ///< counted over all sections
    std::uint32_t link_type = 0; ///< LINKTYPE_ of tcpdump.org
    std::uint32_t snap_length = 0;
    std::string name, description;
    std::uint8_t resolution = 6;     ///< if_tsresol: 10^-n, with the top bit set 2^-n seconds
    std::int64_t offset_seconds = 0; ///< if_tsoffset
};

enum class PacketFlow { unknown, inbound, outbound };

struct PcapPacket {
    std::uint64_t frame = 0; ///< counted from 1, as Wireshark counts
    const PcapInterface* interface = nullptr;
    std::optional<std::chrono::nanoseconds> time; ///< since the Unix epoch
    ByteView octets;                              ///< holds during the call only
    std::uint32_t original_length = 0;            ///< on the wire; more than the octets where the capture cut it
    PacketFlow flow = PacketFlow::unknown;
};

using PacketSink = std::function<void(const PcapPacket&)>;

/// True where the first octets (at least 4) are those of a pcap or pcapng file.
bool looks_like_capture(ByteView head);

/// Hands every packet to `sink`. Returns what ended the reading before the end of the file: truncation, a length that
/// cannot be, damaged compression. Packets before it were handed on.
std::optional<Error> read_packets(CaptureSource& source, const PacketSink& sink);

/// The larger packet is taken for damage: Wireshark's own bound.
constexpr std::uint32_t max_packet_length = 262'144;

/// `count` ticks of `resolution` (as if_tsresol has it); nullopt where nanoseconds cannot hold them.
std::optional<std::chrono::nanoseconds> ticks_to_time(std::uint64_t count, std::uint8_t resolution,
                                                      std::int64_t offset_seconds);

namespace detail {
std::optional<Error> read_pcap(CaptureSource& source, const PacketSink& sink);
std::optional<Error> read_pcapng(CaptureSource& source, const PacketSink& sink);
/// "the capture ends inside WHAT" at the source's offset, or the source's own error.
Error cut_short(const CaptureSource& source, std::string_view what);
Error implausible(const CaptureSource& source, std::string what);
} // namespace detail

} // namespace meterctl::transports

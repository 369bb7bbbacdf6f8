// Captures as streams of octets for the decoders: packets unwrapped, TCP put back into order, serial captures told
// apart by interface. Memory stays bounded however long the file is.
#pragma once

#include "codecs/decoder.hpp"
#include "transports/capture_source.hpp"
#include "transports/transport.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace meterctl::transports {

enum class StreamKind { tcp, udp, serial, ms_tp, upper_pdu, text, binary };

/// One conversation: both directions between two peers, or all that passed on one serial line.
struct CapturedStream {
    std::uint64_t id = 0; ///< counted from 1; a conversation that was closed and comes again gets a new one
    StreamKind kind = StreamKind::binary;
    std::string client, server; ///< "10.0.0.57:2578"; empty where unknown
    std::uint16_t client_port = 0, server_port = 0;
    std::string dissector; ///< Wireshark's name (link type 252), else empty
    std::string interface; ///< its description or name in the file, else empty
    std::uint32_t link_type = 0;

    /// "tcp 10.0.0.57:2578 > 10.0.0.3:502", "serial COM3 9600 8E1"
    [[nodiscard]] std::string description() const;
};

/// Octets of one stream, in the order they were sent. A TCP segment may hold a part of a message or several.
struct CapturedChunk {
    const CapturedStream& stream; ///< holds during the call only
    codecs::ChunkInfo info;       ///< direction: a request goes to the server
    ByteView octets;              ///< holds during the call only
    std::uint64_t frame = 0;      ///< packet number as Wireshark counts, or line of a text; 0 in a binary
    bool gap = false; ///< octets are missing before these in this direction: what the decoder holds back is stale
    std::optional<LineFault::Kind> fault; ///< reported by the capture with these octets (which may be none)
};

struct CaptureSink {
    std::function<void(const CapturedChunk&)> chunk;
    std::function<void(const CapturedStream&)> closed; ///< nothing more comes of this stream; may be empty
};

struct CaptureOptions {
    std::vector<std::uint16_t> server_ports; ///< well-known ports, which tell the server from the client
};

struct CaptureReport {
    std::uint64_t packets = 0, streams = 0;
    std::uint64_t retransmitted_octets = 0, out_of_order_segments = 0, gaps = 0, lost_octets = 0;
    std::map<std::string, std::uint64_t> skipped; ///< why packets were passed over -> how many
    std::optional<Error> error;                   ///< what ended the reading early

    /// "12 packets skipped: IP fragments", one a line of the report; empty when all went well.
    [[nodiscard]] std::vector<std::string> notes() const;
};

/// Reads pcap and pcapng, never throws; what could be read was handed on when it returns.
CaptureReport read_capture(CaptureSource& source, const CaptureOptions& options, const CaptureSink& sink);

} // namespace meterctl::transports

#include "transports/capture_reader.hpp"

#include "transports/capture_layers.hpp"
#include "transports/capture_serial.hpp"
#include "transports/capture_streams.hpp"
#include "transports/pcap_reader.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::transports {

namespace {

using codecs::Direction;

constexpr std::array<std::string_view, 7> kind_names{"tcp", "udp", "serial", "ms/tp", "pdu", "text", "binary"};

/// The octets of both peers, the lesser first, so that both directions have one key.
std::string key_of(StreamKind kind, const Peer& a, const Peer& b) {
    std::string key(1, static_cast<char>(kind));
    for (const Peer* peer : {&std::min(a, b), &std::max(a, b)}) {
        key.append(peer->address.octets.begin(), peer->address.octets.end());
        key.push_back(static_cast<char>(peer->address.v6));
        key.push_back(static_cast<char>(peer->port >> 8U));
        key.push_back(static_cast<char>(peer->port & 0xffU));
    }
    return key;
}

class Reader {
public:
    Reader(const CaptureOptions& options, const CaptureSink& sink) : options_(options), sink_(sink), table_(sink) {}

    void packet(const PcapPacket& packet) {
        ++report_.packets;
        const std::uint32_t link_type = packet.interface->link_type;
        if (carries_ip(link_type)) { return network(packet); }
        if (is_serial_link(link_type)) { return serial(packet); }
        skip(fmt::format("link type {}", link_type));
    }

    CaptureReport finish(std::optional<Error> error) {
        table_.close_all();
        report_.streams = table_.opened();
        report_.retransmitted_octets = table_.counters.retransmitted;
        report_.out_of_order_segments = table_.counters.out_of_order;
        report_.gaps = table_.counters.gaps;
        report_.lost_octets = table_.counters.lost;
        report_.error = std::move(error);
        return std::move(report_);
    }

private:
    void skip(std::string why) { ++report_.skipped[std::move(why)]; }

    void network(const PcapPacket& packet) {
        const Segment segment = unwrap(packet.interface->link_type, packet.octets);
        if (segment.carrier == Carrier::none) { return skip(std::string(segment.unused)); }
        const StreamKind kind = segment.carrier == Carrier::tcp ? StreamKind::tcp : StreamKind::udp;
        const std::string key = key_of(kind, segment.source, segment.destination);
        const bool opens = segment.syn || !segment.payload.empty();
        if (!opens && !table_.contains(key)) { return; }
        LiveStream& live = table_.find(key, [&] { return describe(kind, segment, packet); });
        const bool to_server = segment.destination == live.server;
        if (kind == StreamKind::tcp) { return tcp(live, to_server, segment, packet); }
        if (segment.missing > 0) { return skip("UDP datagrams that the capture cut"); }
        CapturedChunk chunk = make_chunk(live.stream, packet, segment.payload);
        chunk.info.datagram = true;
        if (segment.source.port != segment.destination.port) {
            chunk.info.direction = to_server ? Direction::request : Direction::response;
        }
        sink_.chunk(chunk);
    }

    static CapturedChunk make_chunk(const CapturedStream& stream, const PcapPacket& packet, ByteView octets) {
        CapturedChunk chunk{
            .stream = stream, .info = {}, .octets = octets, .frame = packet.frame, .gap = false, .fault = {}};
        chunk.info.time = packet.time;
        return chunk;
    }

    [[nodiscard]] bool well_known(std::uint16_t port) const {
        return std::find(options_.server_ports.begin(), options_.server_ports.end(), port) !=
               options_.server_ports.end();
    }

    /// Well-known port, else who opens, else the lower port, else who is asked first.
    [[nodiscard]] bool sent_by_server(const Peer& source, const Peer& destination, bool syn, bool ack) const {
        if (well_known(source.port) != well_known(destination.port)) { return well_known(source.port); }
        if (syn) { return ack; }
        return source.port < destination.port;
    }

    [[nodiscard]] NewStream describe(StreamKind kind, const Segment& segment, const PcapPacket& packet) const {
        const bool swapped = sent_by_server(segment.source, segment.destination, segment.syn, segment.ack);
        const Peer& client = swapped ? segment.destination : segment.source;
        const Peer& server = swapped ? segment.source : segment.destination;
        CapturedStream stream;
        stream.kind = kind;
        stream.client = to_string(client);
        stream.server = to_string(server);
        stream.client_port = client.port;
        stream.server_port = server.port;
        stream.link_type = packet.interface->link_type;
        return {std::move(stream), server};
    }

    void tcp(LiveStream& live, bool to_server, const Segment& segment, const PcapPacket& packet) {
        const auto emitter = [&](Direction direction) {
            return [&, direction](const TcpPiece& piece) { table_.emit(live, direction, piece); };
        };
        TcpDirection& here = to_server ? live.to_server : live.to_client;
        TcpDirection& there = to_server ? live.to_client : live.to_server;
        const auto emit_here = emitter(to_server ? Direction::request : Direction::response);
        const auto emit_there = emitter(to_server ? Direction::response : Direction::request);
        if (segment.ack) { there.acknowledged(segment.acknowledgment, emit_there); }
        const TcpPiece piece{segment.payload, packet.time, packet.frame, false};
        here.segment(segment.sequence, segment.syn, piece, segment.missing, emit_here);
        (to_server ? live.client_finished : live.server_finished) |= segment.fin;
        if (segment.rst || (live.client_finished && live.server_finished)) { table_.close(live); }
    }

    void serial(const PcapPacket& packet) {
        const SerialPacket unwrapped = unwrap_serial(packet);
        if (!unwrapped.unused.empty()) { return skip(std::string(unwrapped.unused)); }
        LiveStream& live =
            table_.find(serial_key(packet, unwrapped), [&] { return describe_serial(packet, unwrapped); });
        CapturedChunk chunk = make_chunk(live.stream, packet, unwrapped.octets);
        chunk.info.direction = serial_direction(unwrapped);
        chunk.info.datagram = live.stream.kind != StreamKind::serial;
        chunk.fault = unwrapped.fault;
        sink_.chunk(chunk);
    }

    static std::string serial_key(const PcapPacket& packet, const SerialPacket& unwrapped) {
        std::string key = fmt::format("{}/{}/", packet.interface->number, unwrapped.dissector);
        if (unwrapped.source && unwrapped.destination) {
            key += key_of(StreamKind::upper_pdu, *unwrapped.source, *unwrapped.destination);
        }
        return key;
    }

    [[nodiscard]] Direction serial_direction(const SerialPacket& unwrapped) const {
        if (!unwrapped.source || !unwrapped.destination) { return unwrapped.direction; }
        const bool from = well_known(unwrapped.source->port);
        const bool to = well_known(unwrapped.destination->port);
        if (from == to) { return unwrapped.direction; }
        return from ? Direction::response : Direction::request;
    }

    [[nodiscard]] NewStream describe_serial(const PcapPacket& packet, const SerialPacket& unwrapped) const {
        const PcapInterface& interface = *packet.interface;
        CapturedStream stream;
        stream.kind = interface.link_type == link_upper_pdu ? StreamKind::upper_pdu
                      : interface.link_type == link_ms_tp   ? StreamKind::ms_tp
                                                            : StreamKind::serial;
        stream.dissector = unwrapped.dissector;
        stream.interface = interface.description.empty() ? interface.name : interface.description;
        stream.link_type = interface.link_type;
        if (unwrapped.source && unwrapped.destination) {
            const bool swapped = serial_direction(unwrapped) == Direction::response;
            const Peer& client = swapped ? *unwrapped.destination : *unwrapped.source;
            const Peer& server = swapped ? *unwrapped.source : *unwrapped.destination;
            stream.client_port = client.port;
            stream.server_port = server.port;
            if (client.address != IpAddress{} || server.address != IpAddress{}) {
                stream.client = to_string(client);
                stream.server = to_string(server);
            }
        }
        return {std::move(stream), {}};
    }

    const CaptureOptions& options_;
    const CaptureSink& sink_;
    StreamTable table_;
    CaptureReport report_;
};

} // namespace

std::string CapturedStream::description() const {
    std::string text(kind_names[static_cast<std::size_t>(kind)]);
    if (!client.empty()) { text += fmt::format(" {} > {}", client, server); }
    if (!interface.empty()) { text += " " + interface; }
    return text;
}

std::vector<std::string> CaptureReport::notes() const {
    std::vector<std::string> lines;
    lines.reserve(skipped.size() + 1);
    for (const auto& [why, count] : skipped) {
        lines.push_back(fmt::format("{} packet{} skipped: {}", count, count == 1 ? "" : "s", why));
    }
    if (gaps > 0) { lines.push_back(fmt::format("{} gaps in TCP streams, {} octets not captured", gaps, lost_octets)); }
    return lines;
}

CaptureReport read_capture(CaptureSource& source, const CaptureOptions& options, const CaptureSink& sink) {
    Reader reader(options, sink);
    std::optional<Error> error = read_packets(source, [&reader](const PcapPacket& packet) { reader.packet(packet); });
    return reader.finish(std::move(error));
}

} // namespace meterctl::transports

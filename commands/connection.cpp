#include "commands/connection.hpp"

#include "codecs/bacnet/mstp_frame.hpp"
#include "transports/options.hpp"
#include "transports/packet_cutter.hpp"
#include "transports/pcapng_writer.hpp"

#include <algorithm>
#include <array>

namespace meterctl::commands {

namespace {

/// The row of the protocol's decoder for this framing, or its first.
const codecs::Decoder* decoder_of(const sessions::Protocol& protocol, const std::string& framing) {
    const std::string name = std::string(protocol.name) + "-" + framing;
    const auto found = std::ranges::find(protocol.decoders, name, &codecs::Decoder::name);
    if (found != protocol.decoders.end()) { return &*found; }
    const auto of_sockets = std::ranges::find_if(
        protocol.decoders, [](const codecs::Decoder& one) { return !one.udp_ports.empty() || !one.tcp_ports.empty(); });
    const bool on_socket = framing == "tcp" || framing == "udp";
    if (on_socket && of_sockets != protocol.decoders.end()) { return &*of_sockets; }
    return protocol.decoders.empty() ? nullptr : &protocol.decoders.front();
}

/// Where stations speak one right after the other, packets of a capture end where frames end.
struct PacketRow {
    std::string_view decoder;
    transports::PacketLength length;
};
constexpr std::array packet_rows{PacketRow{"bacnet-mstp", codecs::bacnet::mstp::packet_octets}};

/// Null where they end in silence.
transports::PacketLength packet_length(std::string_view decoder) {
    const auto* row = std::ranges::find(packet_rows, decoder, &PacketRow::decoder);
    return row == packet_rows.end() ? nullptr : row->length;
}

/// On a line as on a line, on a socket as on a socket, unless the endpoint says.
std::string framing_of(const transports::Endpoint& endpoint, const transports::Transport& transport) {
    if (const auto framing = endpoint.option("framing")) { return *framing; }
    return transport.line() ? "rtu" : "tcp";
}

Result<transports::LineSettings> usual_line(const Target& target) {
    catalogue::Line usual;
    if (target.protocol != nullptr) { usual = target.protocol->line; }
    if (target.meter != nullptr) { usual = target.meter->line; }
    return transports::parse_frame(usual.frame, usual.baud);
}

std::shared_ptr<transports::Loop> virtual_loop_now() {
    return transports::make_virtual_loop(std::chrono::system_clock::now());
}

Result<Connection> connect_simulated(const Target& target, const sessions::Protocol& protocol, const Models& models,
                                     std::span<const simulators::Unit> otherwise,
                                     std::shared_ptr<transports::Loop> loop) {
    auto made = open_virtual_bus(target.endpoint, target.meter, &protocol, otherwise, models.catalogue);
    if (!made) { return tl::unexpected(made.error()); }
    Connection connection;
    connection.loop = std::move(loop);
    connection.transport =
        transports::make_simulated(*connection.loop, std::move(made->bus), made->line, target.endpoint.text);
    return connection;
}

Result<Connection> connect_real(const Target& target, Wiring& wiring) {
    const auto usual = usual_line(target);
    if (!usual) { return tl::unexpected(usual.error()); }
    const auto line = transports::line_settings(target.endpoint, *usual);
    if (!line) { return tl::unexpected(line.error()); }
    Connection connection;
    connection.loop = wiring.shared_loop();
    transports::Loop& loop = *connection.loop;
    auto opened = transports::run(loop, transports::open_transport(loop, target.endpoint, wiring.open_options(*line)));
    if (!opened) { return tl::unexpected(opened.error()); }
    connection.transport = std::move(*opened);
    return connection;
}

} // namespace

Result<Wiring> Wiring::open(const Arguments& arguments, Io& io) {
    Wiring wiring;
    wiring.io_ = &io;
    wiring.trace_ = arguments.flag("--trace");
    if (!arguments.given("--capture")) { return wiring; }
    auto capture = transports::open_capture(arguments.text("--capture"));
    if (!capture) { return tl::unexpected(capture.error()); }
    wiring.capture_ = std::move(*capture);
    return wiring;
}

Wiring::~Wiring() {
    if (capture_ && !capture_->result()) { warn(*io_, describe(capture_->result().error())); }
}

const std::shared_ptr<transports::Loop>& Wiring::shared_loop() {
    if (!loop_) { loop_ = transports::make_real_loop(); }
    return loop_;
}

std::unique_ptr<transports::Transport> Wiring::dress(std::unique_ptr<transports::Transport> transport,
                                                     const sessions::Protocol& protocol, const std::string& framing,
                                                     transports::Side side) const {
    if (capture_) {
        const codecs::Decoder* decoder = decoder_of(protocol, framing);
        const std::string dissector = decoder == nullptr ? std::string() : std::string(decoder->wireshark);
        const auto packet = decoder == nullptr ? nullptr : packet_length(decoder->name);
        transport = transports::make_captured(std::move(transport), capture_, dissector, side, packet);
    }
    if (trace_) { transport = transports::make_traced(std::move(transport), io_->err, side); }
    return transport;
}

transports::OpenOptions Wiring::open_options(const transports::LineSettings& line) const {
    transports::OpenOptions options;
    options.line = line;
    Io* io = io_;
    options.notice = [io](const std::string& text) { warn(*io, text); };
    return options;
}

Result<std::optional<transports::LineSettings>> line_of_target(const Target& target) {
    using transports::Scheme;
    const Scheme scheme = target.endpoint.scheme;
    if (scheme == Scheme::tcp || scheme == Scheme::udp) { return std::optional<transports::LineSettings>(); }
    const auto usual = usual_line(target);
    if (!usual) { return tl::unexpected(usual.error()); }
    const auto line = transports::line_settings(target.endpoint, *usual);
    if (!line) { return tl::unexpected(line.error()); }
    return std::optional(*line);
}

Result<Connection> connect(const Target& target, const sessions::Protocol& protocol, const Models& models,
                           std::span<const simulators::Unit> otherwise, Wiring& wiring, bool in_real_time,
                           const std::shared_ptr<transports::Loop>& virtual_loop) {
    const bool simulated = target.endpoint.scheme == transports::Scheme::sim;
    const auto simulated_loop = [&] {
        if (in_real_time) { return wiring.shared_loop(); }
        return virtual_loop ? virtual_loop : virtual_loop_now();
    };
    auto connection = simulated ? connect_simulated(target, protocol, models, otherwise, simulated_loop())
                                : connect_real(target, wiring);
    if (!connection) { return connection; }
    const std::string framing = framing_of(target.endpoint, *connection->transport);
    connection->transport = wiring.dress(std::move(connection->transport), protocol, framing);
    return connection;
}

} // namespace meterctl::commands

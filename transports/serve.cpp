#include "simulators/bus.hpp"
#include "transports/open.hpp"

namespace meterctl::transports {

namespace {

constexpr auto idle_wait = std::chrono::hours(1);

Task<Result<void>> send_due(Transport& transport, simulators::Bus& bus) {
    for (const simulators::Transmission& transmission : bus.transmit(transport.loop().now())) {
        auto sent = co_await transport.write(transmission.octets);
        if (!sent) { co_return sent; }
    }
    co_return Result<void>();
}

/// A peer that goes ends the service as it should; anything else is told.
Result<void> end_of_service(const Error& error) {
    if (error.category == Category::endpoint) { return Result<void>(); }
    return tl::unexpected(error);
}

/// Tells the meters when the client's line is at other settings than they knew.
void tell_line(const Transport& transport, simulators::Bus& bus, std::optional<LineSettings>& known) {
    const auto line = transport.line();
    if (!line || line == known) { return; }
    known = line;
    bus.line_changed(line->baud, line->frame());
}

Task<void> serve_peer(std::unique_ptr<Transport> peer, std::unique_ptr<simulators::Bus> line) {
    auto served = co_await serve(*peer, *line);
    static_cast<void>(served); // a peer whose link breaks ends its own service only
}

} // namespace

Task<Result<void>> serve(Transport& transport, simulators::Bus& bus) {
    std::optional<LineSettings> known;
    while (true) {
        // Before the first octets there is nobody whose line it could be.
        if (known) { tell_line(transport, bus, known); }
        auto sent = co_await send_due(transport, bus);
        if (!sent) { co_return end_of_service(sent.error()); }
        const TimePoint wake = bus.next_deadline().value_or(transport.loop().now() + idle_wait);
        auto chunk = co_await transport.read(wake);
        if (!chunk) { co_return end_of_service(chunk.error()); }
        if (chunk->octets.empty()) { continue; }
        tell_line(transport, bus, known);
        bus.receive(chunk->octets, transport.loop().now());
    }
}

Task<Result<void>> serve(Listener& listener, const simulators::Bus& bus, std::string framing) {
    while (true) {
        auto peer = co_await listener.accept();
        if (!peer) { co_return tl::unexpected(peer.error()); }
        listener.loop().spawn(serve_peer(std::move(*peer), bus.connect(framing)));
    }
}

} // namespace meterctl::transports

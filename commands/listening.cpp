#include "commands/listening.hpp"

#include "transports/options.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace meterctl::commands {

namespace {

using namespace std::chrono_literals;
using transports::CapturedStream;
using transports::Loop;
using transports::Scheme;
using transports::StreamKind;
using transports::TimePoint;
using transports::Transport;

/// Nobody takes so long over a frame.
constexpr transports::Duration pause = 1s;

/// Datagrams have no end of a connection: a sender that was silent for so long is a new one. Meters behind a gateway
/// come from ever new ports.
constexpr transports::Duration forgotten = 5min;

/// Far enough to never come, near enough to be computed with.
constexpr transports::Duration for_ever = 24h * 365;

bool is_listener(Scheme scheme) {
    return scheme == Scheme::tcp_listen || scheme == Scheme::udp_listen || scheme == Scheme::pty;
}

StreamKind kind_of(const Transport& transport) {
    if (transport.line()) { return StreamKind::serial; }
    return transport.datagrams() ? StreamKind::udp : StreamKind::tcp;
}

/// Hands on what one transport receives until the deadline, or until its peer goes or was silent for `patience`.
Task<Result<void>> follow(Transport& transport, CapturedStream stream, TimePoint deadline,
                          transports::Duration patience, const ListenOptions& options) {
    bool heard_any = false;
    TimePoint last = transport.loop().now();
    while (transport.loop().now() < std::min(deadline, last + patience)) {
        const TimePoint until = std::min(deadline, last + (heard_any ? pause : patience));
        auto heard = co_await transport.read(until);
        if (!heard) {
            options.closed(stream);
            co_return tl::unexpected(heard.error());
        }
        if (heard->octets.empty()) {
            if (std::exchange(heard_any, false)) { options.paused(stream); }
            continue;
        }
        heard_any = true;
        last = transport.loop().now();
        codecs::ChunkInfo info;
        info.time = transport.loop().wall_clock().time_since_epoch();
        info.datagram = transport.datagrams();
        options.chunk(transports::CapturedChunk{stream, info, heard->octets, 0, false, std::nullopt});
    }
    options.closed(stream);
    co_return Result<void>();
}

/// A peer that goes away ends its own stream only.
Task<void> follow_peer(std::unique_ptr<Transport> transport, CapturedStream stream, TimePoint deadline,
                       std::shared_ptr<const ListenOptions> options) {
    const transports::Duration patience = transport->datagrams() ? forgotten : for_ever;
    auto followed = co_await follow(*transport, std::move(stream), deadline, patience, *options);
    static_cast<void>(followed);
}

Task<void> accept_peers(Loop& loop, std::shared_ptr<transports::Listener> listener, TimePoint deadline,
                        std::shared_ptr<const ListenOptions> options) {
    CapturedStream stream;
    while (true) {
        auto peer = co_await listener->accept();
        if (!peer) { co_return; }
        ++stream.id;
        stream.kind = kind_of(**peer);
        stream.client = (*peer)->description();
        loop.spawn(follow_peer(std::move(*peer), stream, deadline, options));
    }
}

} // namespace

Task<Result<void>> listen(Loop& loop, transports::Endpoint endpoint, ListenOptions options, Io& io) {
    const auto line = transports::line_settings(endpoint, options.line);
    if (!line) { co_return tl::unexpected(line.error()); }
    transports::OpenOptions open_options;
    open_options.line = *line;
    open_options.notice = [&io](const std::string& text) { warn(io, text); };
    const TimePoint deadline = loop.now() + options.duration.value_or(for_ever);
    if (!is_listener(endpoint.scheme)) {
        auto transport = co_await transports::open_transport(loop, endpoint, open_options);
        if (!transport) { co_return tl::unexpected(transport.error()); }
        CapturedStream stream;
        stream.id = 1;
        stream.kind = kind_of(**transport);
        stream.interface = (*transport)->description();
        auto followed = co_await follow(**transport, std::move(stream), deadline, for_ever, options);
        co_return followed;
    }
    auto opened = co_await transports::open_listener(loop, endpoint, open_options);
    if (!opened) { co_return tl::unexpected(opened.error()); }
    // What is spawned lives until the loop ends, longer than this.
    const std::shared_ptr<transports::Listener> listener = std::move(*opened);
    const auto shared = std::make_shared<const ListenOptions>(std::move(options));
    warn(io, "listening on " + listener->description());
    loop.spawn(accept_peers(loop, listener, deadline, shared));
    co_await loop.sleep_until(deadline);
    if (loop.interrupted()) { co_return fail(Category::interrupted, "interrupted"); }
    co_return Result<void>();
}

} // namespace meterctl::commands

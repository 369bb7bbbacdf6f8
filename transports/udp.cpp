// udp: a datagram a chunk. With `bind`, a socket at a port of its own that hears, and can send to, more than the one
// peer: broadcasts are answered by many.
#include "transports/openers.hpp"
#include "transports/sockets.hpp"

#include <cerrno>

namespace meterctl::transports {

namespace {

constexpr std::chrono::seconds look_up{5};

class UdpTransport final : public Transport {
public:
    UdpTransport(RealLoop& loop, std::unique_ptr<Descriptor> socket, Endpoint endpoint, std::string name)
        : loop_(loop), socket_(std::move(socket)), endpoint_(std::move(endpoint)), name_(std::move(name)) {}

    [[nodiscard]] Loop& loop() override { return loop_; }
    [[nodiscard]] std::string description() const override { return name_; }
    [[nodiscard]] std::optional<LineSettings> line() const override { return std::nullopt; }
    [[nodiscard]] bool datagrams() const override { return true; }

    Task<Result<void>> write(ByteView octets) override {
        if (loop_.interrupted()) { co_return interrupted_failure(name_); }
        ssize_t sent = ::send(socket_->fd(), octets.data(), octets.size(), 0);
        // The refusal of an earlier datagram is told at the next call, which sends nothing then.
        if (sent < 0 && errno == ECONNREFUSED) { sent = ::send(socket_->fd(), octets.data(), octets.size(), 0); }
        if (sent < 0) { co_return socket_failure(errno, name_); }
        co_return Result<void>();
    }

    Task<Result<Chunk>> read(TimePoint deadline) override {
        auto& scratch = loop_.scratch();
        while (!loop_.interrupted()) {
            const ssize_t got = ::recv(socket_->fd(), scratch.data(), scratch.size(), 0);
            if (got > 0) {
                Chunk chunk;
                chunk.octets.assign(scratch.begin(), scratch.begin() + got);
                co_return chunk;
            }
            if (got == 0 || errno == EINTR) { continue; }
            if (errno == ECONNREFUSED) {
                co_return fail(Category::endpoint, "nobody listens at the port", name_,
                               {"check the address and the port"});
            }
            if (errno != EAGAIN) { co_return socket_failure(errno, name_); }
            if (deadline <= loop_.now()) { co_return Chunk(); }
            Wait readable = socket_->readable(deadline);
            co_await readable;
        }
        co_return interrupted_failure(name_);
    }

    Task<Result<void>> configure(const LineSettings& /*settings*/) override {
        co_return fail(Category::endpoint, "UDP has no baud rate", name_);
    }

    Task<Result<void>> reopen() override {
        auto connected = co_await connect_socket(loop_, name_, endpoint_, SOCK_DGRAM, look_up);
        if (!connected) { co_return tl::unexpected(connected.error()); }
        socket_ = std::move(*connected);
        co_return Result<void>();
    }

private:
    RealLoop& loop_;
    std::unique_ptr<Descriptor> socket_;
    Endpoint endpoint_;
    std::string name_;
};

/// "10.0.0.5:47808", "[::1]:47808"
std::string peer_name(const SocketAddress& address) {
    return socket_name(Scheme::udp, address).substr(std::string_view("udp://").size());
}

/// `bind=PORT` or `bind=ADDRESS:PORT` as an endpoint to listen at; port 0 takes a free one.
Result<Endpoint> local_endpoint(const Endpoint& endpoint) {
    const std::string bind = endpoint.option("bind").value_or("");
    const bool port_alone = bind.find(':') == std::string::npos;
    auto local = parse_endpoint("udp-listen://" + (port_alone ? "0.0.0.0:" + bind : bind));
    if (local) { return local; }
    return fail(Category::usage, "bind: \"" + bind + "\" is no port of this machine", endpoint.text,
                {"bind=47808", "bind=192.168.1.10:47808"});
}

class ManyPeers final : public Transport {
public:
    ManyPeers(RealLoop& loop, std::unique_ptr<Descriptor> socket, SocketAddress usual, std::string name)
        : loop_(loop), socket_(std::move(socket)), usual_(usual), name_(std::move(name)) {}

    [[nodiscard]] Loop& loop() override { return loop_; }
    [[nodiscard]] std::string description() const override { return name_; }
    [[nodiscard]] std::optional<LineSettings> line() const override { return std::nullopt; }
    [[nodiscard]] bool datagrams() const override { return true; }

    Task<Result<void>> write(ByteView octets) override { co_return send(usual_, octets); }

    Task<Result<void>> write_to(std::string_view peer, ByteView octets) override {
        if (peer.empty()) { co_return send(usual_, octets); }
        const auto endpoint = parse_endpoint("udp://" + std::string(peer));
        if (!endpoint) { co_return tl::unexpected(endpoint.error()); }
        const auto addresses = co_await loop_.resolve(endpoint->host, endpoint->port, loop_.now() + look_up);
        if (!addresses) { co_return tl::unexpected(addresses.error()); }
        co_return send(addresses->front(), octets);
    }

    Task<Result<Chunk>> read(TimePoint deadline) override {
        auto& scratch = loop_.scratch();
        while (!loop_.interrupted()) {
            SocketAddress from;
            from.length = sizeof from.storage;
            const ssize_t got = ::recvfrom(socket_->fd(), scratch.data(), scratch.size(), 0,
                                           reinterpret_cast<sockaddr*>(&from.storage), &from.length);
            if (got > 0) {
                Chunk chunk;
                chunk.octets.assign(scratch.begin(), scratch.begin() + got);
                chunk.peer = peer_name(from);
                co_return chunk;
            }
            // One of many peers refuses: the others may still answer.
            if (got == 0 || errno == EINTR || errno == ECONNREFUSED) { continue; }
            if (errno != EAGAIN) { co_return socket_failure(errno, name_); }
            if (deadline <= loop_.now()) { co_return Chunk(); }
            Wait readable = socket_->readable(deadline);
            co_await readable;
        }
        co_return interrupted_failure(name_);
    }

    Task<Result<void>> configure(const LineSettings& /*settings*/) override {
        co_return fail(Category::endpoint, "UDP has no baud rate", name_);
    }

    Task<Result<void>> reopen() override { co_return Result<void>(); }

private:
    Result<void> send(const SocketAddress& to, ByteView octets) {
        if (loop_.interrupted()) { return interrupted_failure(name_); }
        ssize_t sent = ::sendto(socket_->fd(), octets.data(), octets.size(), 0, to.get(), to.length);
        if (sent < 0 && errno == ECONNREFUSED) {
            sent = ::sendto(socket_->fd(), octets.data(), octets.size(), 0, to.get(), to.length);
        }
        if (sent < 0) { return socket_failure(errno, name_); }
        return {};
    }

    RealLoop& loop_;
    std::unique_ptr<Descriptor> socket_;
    SocketAddress usual_;
    std::string name_;
};

Task<Opened> open_many(RealLoop& loop, Endpoint endpoint, std::string name) {
    const auto local = local_endpoint(endpoint);
    if (!local) { co_return tl::unexpected(local.error()); }
    const auto addresses = co_await loop.resolve(endpoint.host, endpoint.port, loop.now() + look_up);
    if (!addresses) { co_return tl::unexpected(addresses.error()); }
    auto bound = co_await bind_socket(loop, name, *local, SOCK_DGRAM);
    if (!bound) { co_return tl::unexpected(bound.error()); }
    const int yes = 1;
    ::setsockopt((*bound)->fd(), SOL_SOCKET, SO_BROADCAST, &yes, sizeof yes);
    co_return std::make_unique<ManyPeers>(loop, std::move(*bound), addresses->front(), name);
}

} // namespace

Task<Opened> open_udp(RealLoop& loop, Endpoint endpoint, OpenOptions options) {
    const std::string name = socket_name(Scheme::udp, endpoint.host, endpoint.port);
    if (endpoint.option("bind")) { co_return co_await open_many(loop, std::move(endpoint), name); }
    auto connected = co_await connect_socket(loop, name, endpoint, SOCK_DGRAM, options.connect_timeout);
    if (!connected) { co_return tl::unexpected(connected.error()); }
    co_return std::make_unique<UdpTransport>(loop, std::move(*connected), std::move(endpoint), name);
}

} // namespace meterctl::transports

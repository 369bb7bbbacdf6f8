// tcp: and tcp-listen: a stream of octets over a connection that either side opened.
#include "transports/openers.hpp"
#include "transports/options.hpp"
#include "transports/sockets.hpp"
#include "transports/stream_io.hpp"

#include <cerrno>

namespace meterctl::transports {

namespace {

constexpr auto write_patience = std::chrono::seconds(10);

class TcpTransport final : public Transport {
public:
    TcpTransport(RealLoop& loop, std::unique_ptr<Descriptor> socket, std::string name)
        : loop_(loop), socket_(std::move(socket)), name_(std::move(name)) {}

    /// A link that this side opened can be opened anew.
    void connects_to(Endpoint endpoint, Duration timeout) {
        endpoint_ = std::move(endpoint);
        timeout_ = timeout;
    }

    [[nodiscard]] Loop& loop() override { return loop_; }
    [[nodiscard]] std::string description() const override { return name_; }
    [[nodiscard]] std::optional<LineSettings> line() const override { return std::nullopt; }
    [[nodiscard]] bool datagrams() const override { return false; }

    Task<Result<void>> write(ByteView octets) override {
        if (!socket_) { return gone(); }
        return write_octets(*socket_, octets, write_patience, name_);
    }

    Task<Result<Chunk>> read(TimePoint deadline) override {
        if (!socket_) { co_return closed_failure(name_); }
        const auto octets = co_await read_octets(*socket_, deadline, name_);
        if (!octets) { co_return tl::unexpected(octets.error()); }
        Chunk chunk;
        chunk.octets.assign(octets->begin(), octets->end());
        co_return chunk;
    }

    Task<Result<void>> configure(const LineSettings& /*settings*/) override {
        co_return fail(Category::endpoint, "a TCP connection has no baud rate", name_,
                       {"rfc2217://, where the server speaks it"});
    }

    Task<Result<void>> reopen() override {
        if (!endpoint_) { co_return closed_failure(name_); }
        socket_.reset();
        auto connected = co_await connect_socket(loop_, name_, *endpoint_, SOCK_STREAM, timeout_);
        if (!connected) { co_return tl::unexpected(connected.error()); }
        socket_ = std::move(*connected);
        send_at_once(*socket_);
        co_return Result<void>();
    }

private:
    Task<Result<void>> gone() { co_return closed_failure(name_); }

    RealLoop& loop_;
    std::unique_ptr<Descriptor> socket_;
    std::string name_;
    std::optional<Endpoint> endpoint_;
    Duration timeout_{};
};

class TcpListener final : public Listener {
public:
    TcpListener(RealLoop& loop, std::unique_ptr<Descriptor> socket)
        : loop_(loop), socket_(std::move(socket)), name_(socket_name(Scheme::tcp_listen, local_address(*socket_))) {}

    [[nodiscard]] Loop& loop() override { return loop_; }
    [[nodiscard]] std::string description() const override { return name_; }

    Task<Opened> accept() override {
        while (!loop_.interrupted()) {
            SocketAddress peer;
            peer.length = sizeof peer.storage;
            const int fd = ::accept4(socket_->fd(), reinterpret_cast<sockaddr*>(&peer.storage), &peer.length,
                                     SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (fd >= 0) {
                auto socket = std::make_unique<Descriptor>(loop_, fd);
                send_at_once(*socket);
                co_return std::make_unique<TcpTransport>(loop_, std::move(socket), socket_name(Scheme::tcp, peer));
            }
            // A peer that left while it stood in line is no trouble of ours.
            if (errno == EINTR || errno == ECONNABORTED) { continue; }
            if (errno != EAGAIN) { co_return socket_failure(errno, name_); }
            Wait arrival = socket_->readable(TimePoint::max());
            co_await arrival;
        }
        co_return interrupted_failure(name_);
    }

private:
    RealLoop& loop_;
    std::unique_ptr<Descriptor> socket_;
    std::string name_;
};

} // namespace

Task<Opened> open_tcp(RealLoop& loop, Endpoint endpoint, OpenOptions options) {
    const std::string name = socket_name(Scheme::tcp, endpoint.host, endpoint.port);
    const Duration timeout = duration_option(endpoint, "connect_timeout", options.connect_timeout);
    auto connected = co_await connect_socket(loop, name, endpoint, SOCK_STREAM, timeout);
    if (!connected) { co_return tl::unexpected(connected.error()); }
    send_at_once(**connected);
    auto transport = std::make_unique<TcpTransport>(loop, std::move(*connected), name);
    transport->connects_to(std::move(endpoint), timeout);
    co_return transport;
}

Task<Listening> listen_tcp(RealLoop& loop, Endpoint endpoint, OpenOptions /*options*/) {
    const std::string name = socket_name(Scheme::tcp_listen, endpoint.host, endpoint.port);
    auto bound = co_await bind_socket(loop, name, endpoint, SOCK_STREAM);
    if (!bound) { co_return tl::unexpected(bound.error()); }
    co_return std::make_unique<TcpListener>(loop, std::move(*bound));
}

} // namespace meterctl::transports

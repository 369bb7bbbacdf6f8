// udp: one peer, a datagram a chunk.
#include "transports/openers.hpp"
#include "transports/sockets.hpp"

#include <cerrno>

namespace meterctl::transports {

namespace {

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
        auto connected = co_await connect_socket(loop_, name_, endpoint_, SOCK_DGRAM, std::chrono::seconds(5));
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

} // namespace

Task<Opened> open_udp(RealLoop& loop, Endpoint endpoint, OpenOptions options) {
    const std::string name = socket_name(Scheme::udp, endpoint.host, endpoint.port);
    auto connected = co_await connect_socket(loop, name, endpoint, SOCK_DGRAM, options.connect_timeout);
    if (!connected) { co_return tl::unexpected(connected.error()); }
    co_return std::make_unique<UdpTransport>(loop, std::move(*connected), std::move(endpoint), name);
}

} // namespace meterctl::transports

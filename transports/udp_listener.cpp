// udp-listen: one socket, a transport for each peer that sends to it.
#include "transports/openers.hpp"
#include "transports/sockets.hpp"

#include <cerrno>
#include <cstring>
#include <deque>
#include <map>

namespace meterctl::transports {

namespace {

/// What waits for a peer's transport to read it; more than this is lost, as in a full socket.
constexpr std::size_t most_waiting = 256;

struct Inbox {
    SocketAddress peer;
    std::deque<Bytes> waiting;
    bool accepted = false;
};

/// The socket, and who sent what to it. Whoever reads hands to the others what is theirs.
class Hub {
public:
    Hub(RealLoop& loop, std::unique_ptr<Descriptor> socket) : loop_(loop), socket_(std::move(socket)) {}

    [[nodiscard]] RealLoop& loop() { return loop_; }
    [[nodiscard]] Descriptor& socket() { return *socket_; }

    /// Takes all that has arrived. 0, or the number of the error that broke the socket.
    int collect() {
        auto& scratch = loop_.scratch();
        bool any = false;
        while (true) {
            SocketAddress from;
            from.length = sizeof from.storage;
            const ssize_t got = ::recvfrom(socket_->fd(), scratch.data(), scratch.size(), 0,
                                           reinterpret_cast<sockaddr*>(&from.storage), &from.length);
            if (got < 0 && errno != EINTR && errno != ECONNREFUSED) { break; }
            if (got <= 0) { continue; }
            any = true;
            Inbox& inbox = find(from);
            if (inbox.waiting.size() < most_waiting) {
                inbox.waiting.emplace_back(scratch.begin(), scratch.begin() + got);
            }
        }
        const int number = errno == EAGAIN ? 0 : errno;
        if (any) { wake_all(); }
        return number;
    }

    /// A peer that no transport stands for yet.
    [[nodiscard]] std::shared_ptr<Inbox> newcomer() {
        for (auto& [name, inbox] : inboxes_) {
            if (!inbox->accepted) {
                inbox->accepted = true;
                return inbox;
            }
        }
        return nullptr;
    }

    void leave(const Inbox& inbox) { inboxes_.erase(key(inbox.peer)); }

private:
    static std::string key(const SocketAddress& peer) {
        return {reinterpret_cast<const char*>(&peer.storage), peer.length};
    }

    Inbox& find(const SocketAddress& peer) {
        auto& inbox = inboxes_[key(peer)];
        if (!inbox) {
            inbox = std::make_shared<Inbox>();
            inbox->peer = peer;
        }
        return *inbox;
    }

    void wake_all() {
        auto& queue = socket_->queue(Wait::For::reading);
        while (!queue.empty()) { loop_.complete(queue.front(), Wake::ready); }
    }

    RealLoop& loop_;
    std::unique_ptr<Descriptor> socket_;
    std::map<std::string, std::shared_ptr<Inbox>> inboxes_;
};

class UdpPeer final : public Transport {
public:
    UdpPeer(std::shared_ptr<Hub> hub, std::shared_ptr<Inbox> inbox)
        : hub_(std::move(hub)), inbox_(std::move(inbox)), name_(socket_name(Scheme::udp, inbox_->peer)) {}
    UdpPeer(const UdpPeer&) = delete;
    UdpPeer& operator=(const UdpPeer&) = delete;
    ~UdpPeer() override { hub_->leave(*inbox_); }

    [[nodiscard]] Loop& loop() override { return hub_->loop(); }
    [[nodiscard]] std::string description() const override { return name_; }
    [[nodiscard]] std::optional<LineSettings> line() const override { return std::nullopt; }
    [[nodiscard]] bool datagrams() const override { return true; }

    Task<Result<void>> write(ByteView octets) override {
        const ssize_t sent =
            ::sendto(hub_->socket().fd(), octets.data(), octets.size(), 0, inbox_->peer.get(), inbox_->peer.length);
        if (sent < 0) { co_return socket_failure(errno, name_); }
        co_return Result<void>();
    }

    Task<Result<Chunk>> read(TimePoint deadline) override {
        RealLoop& loop = hub_->loop();
        while (!loop.interrupted()) {
            const int broken = inbox_->waiting.empty() ? hub_->collect() : 0;
            if (broken != 0) { co_return socket_failure(broken, name_); }
            if (!inbox_->waiting.empty()) {
                Chunk chunk;
                chunk.octets = std::move(inbox_->waiting.front());
                inbox_->waiting.pop_front();
                co_return chunk;
            }
            if (deadline <= loop.now()) { co_return Chunk(); }
            Wait arrival = hub_->socket().readable(deadline);
            co_await arrival;
        }
        co_return interrupted_failure(name_);
    }

    Task<Result<void>> configure(const LineSettings& /*settings*/) override {
        co_return fail(Category::endpoint, "UDP has no baud rate", name_);
    }

    Task<Result<void>> reopen() override { co_return Result<void>(); }

private:
    std::shared_ptr<Hub> hub_;
    std::shared_ptr<Inbox> inbox_;
    std::string name_;
};

class UdpListener final : public Listener {
public:
    UdpListener(RealLoop& loop, std::unique_ptr<Descriptor> socket)
        : name_(socket_name(Scheme::udp_listen, local_address(*socket))),
          hub_(std::make_shared<Hub>(loop, std::move(socket))) {}

    [[nodiscard]] Loop& loop() override { return hub_->loop(); }
    [[nodiscard]] std::string description() const override { return name_; }

    Task<Opened> accept() override {
        while (!hub_->loop().interrupted()) {
            if (const int broken = hub_->collect(); broken != 0) { co_return socket_failure(broken, name_); }
            if (auto inbox = hub_->newcomer()) { co_return std::make_unique<UdpPeer>(hub_, std::move(inbox)); }
            Wait arrival = hub_->socket().readable(TimePoint::max());
            co_await arrival;
        }
        co_return interrupted_failure(name_);
    }

private:
    std::string name_;
    std::shared_ptr<Hub> hub_;
};

} // namespace

Task<Listening> listen_udp(RealLoop& loop, Endpoint endpoint, OpenOptions /*options*/) {
    const std::string name = socket_name(Scheme::udp_listen, endpoint.host, endpoint.port);
    auto bound = co_await bind_socket(loop, name, endpoint, SOCK_DGRAM);
    if (!bound) { co_return tl::unexpected(bound.error()); }
    co_return std::make_unique<UdpListener>(loop, std::move(*bound));
}

} // namespace meterctl::transports

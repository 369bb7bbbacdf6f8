#include "transports/one_peer.hpp"

#include "transports/sockets.hpp"

namespace meterctl::transports {

namespace {

class OnePeer final : public Listener {
public:
    OnePeer(RealLoop& loop, std::unique_ptr<Transport> peer, std::string description)
        : loop_(loop), peer_(std::move(peer)), description_(std::move(description)) {}

    [[nodiscard]] Loop& loop() override { return loop_; }
    [[nodiscard]] std::string description() const override { return description_; }

    Task<Result<std::unique_ptr<Transport>>> accept() override {
        if (peer_) { co_return std::move(peer_); }
        Wait interrupt(loop_, nullptr, Wait::For::event, TimePoint::max());
        co_await interrupt;
        co_return interrupted_failure(description_);
    }

private:
    RealLoop& loop_;
    std::unique_ptr<Transport> peer_;
    std::string description_;
};

} // namespace

std::unique_ptr<Listener> make_one_peer(RealLoop& loop, std::unique_ptr<Transport> peer, std::string description) {
    return std::make_unique<OnePeer>(loop, std::move(peer), std::move(description));
}

} // namespace meterctl::transports

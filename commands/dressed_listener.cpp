#include "commands/dressed_listener.hpp"

namespace meterctl::commands {

namespace {

using transports::Listener;
using transports::Transport;

class DressedListener final : public Listener {
public:
    DressedListener(std::unique_ptr<Listener> inner, const Wiring& wiring, const sessions::Protocol& protocol,
                    std::string framing)
        : inner_(std::move(inner)), wiring_(wiring), protocol_(protocol), framing_(std::move(framing)) {}

    [[nodiscard]] transports::Loop& loop() override { return inner_->loop(); }
    [[nodiscard]] std::string description() const override { return inner_->description(); }

    Task<Result<std::unique_ptr<Transport>>> accept() override {
        auto peer = co_await inner_->accept();
        if (peer) { peer = wiring_.dress(std::move(*peer), protocol_, framing_, transports::Side::server); }
        co_return peer;
    }

private:
    std::unique_ptr<Listener> inner_;
    const Wiring& wiring_;
    const sessions::Protocol& protocol_;
    std::string framing_;
};

} // namespace

std::unique_ptr<Listener> make_dressed(std::unique_ptr<Listener> inner, const Wiring& wiring,
                                       const sessions::Protocol& protocol, std::string framing) {
    return std::make_unique<DressedListener>(std::move(inner), wiring, protocol, std::move(framing));
}

} // namespace meterctl::commands

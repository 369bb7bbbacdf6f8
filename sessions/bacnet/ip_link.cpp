// BACnet/IP: NPDUs in BVLC messages, one a datagram. Annex J.
#include "codecs/bacnet/bvlc.hpp"
#include "sessions/bacnet/link.hpp"

#include <deque>
#include <fmt/format.h>

namespace meterctl::sessions::bacnet {

namespace bacnet = codecs::bacnet;

namespace {

using namespace std::chrono_literals;
using bacnet::BvlcFunction;

constexpr Duration usual_patience = 3s; ///< APDU_Timeout of most devices
constexpr Duration registering = 2s;

class IpLink final : public Link {
public:
    IpLink(transports::Transport& transport, LinkOptions options)
        : transport_(transport), options_(std::move(options)) {}

    Task<Result<void>> open() override {
        if (options_.listen_only) {
            co_return fail(Category::usage, "nothing is sent with --listen-only", transport_.description(), {},
                           "bacnet.listen_only");
        }
        if (!options_.foreign || now() < renew_at_) { co_return Result<void>(); }
        auto done = co_await enroll();
        co_return done;
    }

    Task<Result<void>> send(const std::string& station, const Bytes& npdu, bool /*expecting_reply*/) override {
        const Bytes datagram = carried(BvlcFunction::original_unicast_npdu, npdu);
        if (station.empty()) {
            auto sent = co_await transport_.write(datagram);
            co_return sent;
        }
        auto sent = co_await transport_.write_to(station, datagram);
        if (!sent && sent.error().category == Category::usage) {
            sent.error().hints.emplace(sent.error().hints.begin(), "bind=47808 behind the endpoint, which hears all");
        }
        co_return sent;
    }

    Task<Result<void>> broadcast(const Bytes& npdu) override {
        const auto how =
            options_.foreign ? BvlcFunction::distribute_broadcast_to_network : BvlcFunction::original_broadcast_npdu;
        const Bytes datagram = carried(how, npdu);
        auto sent = co_await transport_.write(datagram);
        co_return sent;
    }

    Task<Result<std::optional<Incoming>>> receive(TimePoint deadline) override {
        for (;;) {
            if (options_.foreign && renew_at_ != TimePoint() && now() >= renew_at_) {
                auto sent = co_await request_registration();
                if (!sent) { co_return tl::unexpected(sent.error()); }
            }
            if (!waiting_.empty()) {
                std::optional<Incoming> first = std::move(waiting_.front());
                waiting_.pop_front();
                co_return first;
            }
            if (refusal_) { co_return tl::unexpected(*std::exchange(refusal_, std::nullopt)); }
            auto chunk = co_await transport_.read(deadline);
            if (!chunk) { co_return tl::unexpected(chunk.error()); }
            if (chunk->octets.empty()) { co_return std::optional<Incoming>(); }
            take(chunk->octets, chunk->peer);
        }
    }

    Task<void> rest() override { co_return; }
    [[nodiscard]] Duration patience() const override { return usual_patience; }
    [[nodiscard]] std::uint16_t max_apdu() const override { return 1476; }
    [[nodiscard]] bool is_ip() const override { return true; }
    [[nodiscard]] transports::Transport& transport() override { return transport_; }

private:
    [[nodiscard]] TimePoint now() { return transport_.loop().now(); }

    static Bytes carried(BvlcFunction function, const Bytes& npdu) {
        bacnet::CarriedNpdu message;
        message.function = function;
        message.npdu = npdu;
        return bacnet::encode(bacnet::Bvlc(message));
    }

    Task<Result<void>> request_registration() {
        bacnet::RegisterForeignDevice message;
        message.time_to_live = *options_.foreign;
        const Bytes datagram = bacnet::encode(bacnet::Bvlc(message));
        renew_at_ = now() + std::chrono::seconds(*options_.foreign) / 2;
        auto sent = co_await transport_.write(datagram);
        co_return sent;
    }

    Task<Result<void>> enroll() {
        registered_ = false;
        auto sent = co_await request_registration();
        if (!sent) { co_return sent; }
        const TimePoint deadline = now() + registering;
        while (!registered_ && !refusal_) {
            auto chunk = co_await transport_.read(deadline);
            if (!chunk) { co_return tl::unexpected(chunk.error()); }
            if (chunk->octets.empty()) {
                co_return fail(Category::timeout, "no answer to the registration as a foreign device",
                               transport_.description(), {"the address of a BBMD", "no `foreign`, on its own subnet"},
                               "bacnet.foreign");
            }
            take(chunk->octets, chunk->peer);
        }
        if (refusal_) { co_return tl::unexpected(*std::exchange(refusal_, std::nullopt)); }
        co_return Result<void>();
    }

    /// Virtual lines may hand over several datagrams at once; whatever is no BVLC message is dropped.
    void take(ByteView octets, const std::string& peer) {
        while (octets.size() >= bacnet::bvlc_header) {
            const std::size_t length = (std::size_t{octets[2]} << 8U) | octets[3];
            if (octets[0] != bacnet::bvlc_type || length < bacnet::bvlc_header || length > octets.size()) { return; }
            if (auto message = bacnet::decode_bvlc(octets.first(length))) { take(std::move(*message), peer); }
            octets = octets.subspan(length);
        }
    }

    void take(bacnet::Bvlc message, const std::string& peer) {
        if (auto* carried = std::get_if<bacnet::CarriedNpdu>(&message)) {
            queue(std::move(carried->npdu), peer);
        } else if (auto* forwarded = std::get_if<bacnet::ForwardedNpdu>(&message)) {
            queue(std::move(forwarded->npdu), forwarded->origin.text());
        } else if (const auto* result = std::get_if<bacnet::BvlcResult>(&message)) {
            registered_ = registered_ || result->code == 0;
            if (result->code != 0) { refuse(result->code); }
        }
    }

    void queue(Bytes npdu, std::string from) {
        Incoming incoming;
        incoming.npdu = std::move(npdu);
        incoming.from = std::move(from);
        waiting_.push_back(std::move(incoming));
    }

    void refuse(std::uint16_t code) {
        const auto text = bacnet::result_text(code);
        refusal_ = fail(Category::refused, text.empty() ? fmt::format("BVLC result {}", code) : std::string(text),
                        transport_.description(), {"the address of a BBMD, for foreign devices"}, "bacnet.bvlc")
                       .value();
    }

    transports::Transport& transport_;
    LinkOptions options_;
    std::deque<Incoming> waiting_;
    std::optional<Error> refusal_;
    bool registered_ = false;
    TimePoint renew_at_{};
};

} // namespace

std::unique_ptr<Link> make_ip_link(transports::Transport& transport, LinkOptions options) {
    return std::make_unique<IpLink>(transport, std::move(options));
}

} // namespace meterctl::sessions::bacnet

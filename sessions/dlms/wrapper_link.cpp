// APDUs over the wrapper of IEC 62056-47: on TCP, where a PDU may come in parts, and on UDP, where each is a datagram.
#include "codecs/dlms/conversation.hpp"
#include "codecs/dlms/wrapper.hpp"
#include "sessions/dlms/diagnosis.hpp"
#include "sessions/dlms/link.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::sessions::dlms {

namespace {

namespace wrapper = codecs::dlms::wrapper;
using wrapper::Step;

constexpr std::uint8_t data_notification = 0x0F, event_notification = 0xC2, information_report = 0x18;

bool comes_of_itself(std::uint8_t tag) {
    return tag == data_notification || tag == event_notification || tag == information_report;
}

class WrapperLink final : public ApduLink {
public:
    WrapperLink(transports::Transport& transport, LinkOptions options)
        : transport_(transport), options_(std::move(options)) {}

    Task<Result<void>> open() override;
    Task<Result<Bytes>> request(Bytes apdu) override;
    Task<Result<Bytes>> next() override;
    Task<Result<void>> send(Bytes apdu) override;
    Task<void> close() override;

    std::vector<Bytes> take_notifications() override { return std::exchange(notifications_, {}); }
    void speak_as(Saps saps) override { options_.saps = saps; }
    [[nodiscard]] Saps saps() const override { return options_.saps; }
    [[nodiscard]] bool is_open() const override { return open_; }
    [[nodiscard]] transports::Transport& transport() override { return transport_; }
    [[nodiscard]] Statistics& statistics() override { return statistics_; }
    [[nodiscard]] std::string address() const override { return fmt::format("{}", options_.saps.server); }
    [[nodiscard]] std::string where() const override {
        return fmt::format("client {}, server {} at {}", options_.saps.client, options_.saps.server,
                           transport_.description());
    }
    [[nodiscard]] std::vector<Bytes> frames_of(ByteView apdu) const override {
        return {wrapper::encode(options_.saps.client, options_.saps.server, apdu)};
    }

private:
    [[nodiscard]] Duration patience() const {
        return options_.timeout.value_or(response_time(transport_.line(), wrapper::header_octets));
    }
    Task<Result<void>> put(ByteView apdu);
    std::optional<Bytes> take_pdu();
    std::optional<Bytes> judge(ByteView pdu);
    [[nodiscard]] Error failure() const;
    Error broken(Error error);

    transports::Transport& transport_;
    LinkOptions options_;
    Bytes buffer_;
    std::vector<Bytes> notifications_;
    Evidence evidence_;
    Statistics statistics_;
    bool open_ = false, used_ = false;
};

Task<Result<void>> WrapperLink::open() {
    if (open_) { co_return Result<void>(); }
    if (used_) {
        auto reopened = co_await transport_.reopen();
        if (!reopened) { co_return reopened; }
    }
    buffer_.clear();
    open_ = used_ = true;
    co_return Result<void>();
}

/// A socket that breaks takes the association with it.
Error WrapperLink::broken(Error error) {
    if (error.category != Category::endpoint) { return error; }
    open_ = false;
    error.code = link_lost;
    if (error.where.empty()) { error.where = where(); }
    return error;
}

Error WrapperLink::failure() const {
    Attempt attempt;
    attempt.where = where();
    attempt.waited = patience();
    attempt.wrapped = true;
    attempt.line = transport_.line();
    return diagnose(evidence_, attempt);
}

Task<Result<void>> WrapperLink::put(ByteView apdu) {
    const Bytes pdu = wrapper::encode(options_.saps.client, options_.saps.server, apdu);
    auto sent = co_await transport_.write(pdu);
    if (!sent) { co_return tl::unexpected(broken(sent.error())); }
    co_return Result<void>();
}

Task<Result<void>> WrapperLink::send(Bytes apdu) {
    if (!open_) { co_return Result<void>(); }
    auto sent = co_await put(apdu);
    co_return sent;
}

Task<Result<Bytes>> WrapperLink::request(Bytes apdu) {
    if (!open_) { co_return fail(Category::endpoint, "there is no connection", where(), {}, std::string(link_lost)); }
    ++statistics_.requests;
    auto sent = co_await put(apdu);
    if (!sent) { co_return tl::unexpected(sent.error()); }
    auto answer = co_await next();
    co_return answer;
}

/// The APDU, where it is for us and an answer.
std::optional<Bytes> WrapperLink::judge(ByteView pdu) {
    const auto header = wrapper::read_header(pdu);
    const auto apdu = pdu.subspan(wrapper::header_octets);
    if (comes_of_itself(apdu[0])) {
        notifications_.emplace_back(apdu.begin(), apdu.end());
        return std::nullopt;
    }
    const bool echo = header.source == options_.saps.client && header.destination == options_.saps.server;
    const bool ours = header.source == options_.saps.server && header.destination == options_.saps.client;
    if (ours) { return Bytes(apdu.begin(), apdu.end()); }
    ++(echo ? statistics_.echoes : statistics_.dropped_foreign);
    ++(echo ? evidence_.echoes : evidence_.foreign);
    return std::nullopt;
}

std::optional<Bytes> WrapperLink::take_pdu() {
    while (true) {
        const auto step = wrapper::next_frame(buffer_);
        if (step.kind == Step::Kind::need_more) { return std::nullopt; }
        std::optional<Bytes> apdu;
        if (step.kind == Step::Kind::frame) { apdu = judge(ByteView(buffer_).first(step.octets)); }
        buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(step.octets));
        if (apdu) { return apdu; }
    }
}

Task<Result<Bytes>> WrapperLink::next() {
    transports::Loop& loop = transport_.loop();
    evidence_ = {};
    TimePoint deadline = loop.now() + patience();
    while (true) {
        if (auto apdu = take_pdu()) {
            ++statistics_.answers;
            co_return std::move(*apdu);
        }
        auto chunk = co_await transport_.read(deadline);
        if (!chunk) { co_return tl::unexpected(broken(chunk.error())); }
        if (chunk->octets.empty()) {
            ++statistics_.timeouts;
            buffer_.clear();
            co_return tl::unexpected(failure());
        }
        if (transport_.datagrams()) { buffer_.clear(); }
        evidence_.hear(*chunk);
        // What has begun may end, as long as its octets keep coming.
        if (!buffer_.empty()) { deadline = std::max(deadline, loop.now() + patience()); }
        buffer_.insert(buffer_.end(), chunk->octets.begin(), chunk->octets.end());
    }
}

/// The socket itself is opened anew where somebody speaks again, and closed where nobody does.
Task<void> WrapperLink::close() {
    open_ = false;
    buffer_.clear();
    co_return;
}

} // namespace

std::unique_ptr<ApduLink> make_wrapper_link(transports::Transport& transport, LinkOptions options) {
    return std::make_unique<WrapperLink>(transport, std::move(options));
}

} // namespace meterctl::sessions::dlms

// APDUs over HDLC: drives the codec's client on a serial line, an optical head or a gateway.
#include "codecs/dlms/conversation.hpp"
#include "codecs/dlms/hdlc_client.hpp"
#include "sessions/dlms/diagnosis.hpp"
#include "sessions/dlms/link.hpp"
#include "sessions/iec62056_21/mode_e.hpp"

#include <deque>
#include <fmt/format.h>

namespace meterctl::sessions::dlms {

namespace {

namespace hdlc = codecs::dlms::hdlc;
using namespace std::chrono_literals;
using hdlc::Event;

/// What leaving a line after a Ctrl-C may take.
constexpr Duration leaving_time = 1s;
/// Between polls of a meter that has more to say.
constexpr Duration poll_pause = 200ms;

class HdlcLink final : public ApduLink {
public:
    HdlcLink(transports::Transport& transport, LinkOptions options)
        : transport_(transport), options_(std::move(options)), client_(client_settings()) {}

    Task<Result<void>> open() override;
    Task<Result<Bytes>> request(Bytes apdu) override;
    Task<Result<Bytes>> next() override;
    Task<Result<void>> send(Bytes apdu) override;
    Task<void> close() override;

    std::vector<Bytes> take_notifications() override { return std::exchange(notifications_, {}); }
    void speak_as(Saps saps) override { options_.saps = saps; }
    [[nodiscard]] Saps saps() const override { return options_.saps; }
    [[nodiscard]] bool is_open() const override { return client_.connected(); }
    [[nodiscard]] transports::Transport& transport() override { return transport_; }
    [[nodiscard]] Statistics& statistics() override { return statistics_; }
    [[nodiscard]] std::string address() const override {
        const auto logical = fmt::format("{}", options_.saps.server);
        return options_.physical ? fmt::format("{}/{}", logical, *options_.physical) : logical;
    }
    [[nodiscard]] std::string where() const override {
        return fmt::format("client {}, server {} at {}", options_.saps.client, hdlc::text(server()),
                           transport_.description());
    }
    [[nodiscard]] std::vector<Bytes> frames_of(ByteView apdu) const override { return client_.frames_of(apdu); }

private:
    [[nodiscard]] hdlc::Address server() const {
        return hdlc::server_address(options_.saps.server, options_.physical, options_.address_size)
            .value_or(hdlc::Address());
    }
    [[nodiscard]] hdlc::ClientSettings client_settings() const;
    Task<Result<void>> sign_on();
    Task<Result<void>> prepare_line();
    Task<Result<void>> flush();
    Task<Result<Event>> await_event();
    Task<Result<void>> await_idle();
    Task<Result<void>> make_sure();
    Task<void> hear_out(TimePoint latest);
    Task<void> leave();
    void tally();
    [[nodiscard]] Error told(Error error) const;

    transports::Transport& transport_;
    LinkOptions options_;
    hdlc::Client client_;
    hdlc::LinkCounters tallied_;
    std::uint64_t tallied_checks_ = 0;
    std::deque<Event> events_;
    std::vector<Bytes> notifications_;
    Evidence evidence_;
    Statistics statistics_;
    TimePoint last_activity_{};
};

hdlc::ClientSettings HdlcLink::client_settings() const {
    hdlc::ClientSettings settings;
    const auto line = transport_.line();
    settings.client = hdlc::client_address(options_.saps.client);
    settings.server = server();
    settings.offered = {options_.max_info, options_.max_info, options_.window, options_.window};
    settings.retries = options_.retries;
    settings.response = options_.timeout.value_or(response_time(line, options_.max_info));
    settings.inter_octet = inter_octet_time(line);
    settings.patience = std::max<Duration>(settings.patience, 3 * settings.response);
    return settings;
}

/// What the codec says of a failure, with what was heard and where.
Error HdlcLink::told(Error error) const {
    if (error.category == Category::timeout && error.code == "dlms.hdlc.silent") {
        Attempt attempt;
        attempt.where = where();
        attempt.waited = options_.timeout.value_or(response_time(transport_.line(), options_.max_info));
        attempt.tries = options_.retries + 1;
        attempt.line = transport_.line();
        return diagnose(evidence_, attempt);
    }
    error.where = where();
    return error;
}

void HdlcLink::tally() {
    const auto& now = client_.statistics();
    const auto checks = client_.counters().crc_errors;
    statistics_.retries += now.retries - tallied_.retries;
    statistics_.timeouts += now.timeouts - tallied_.timeouts;
    statistics_.echoes += now.echoes - tallied_.echoes;
    statistics_.dropped_foreign += now.foreign - tallied_.foreign;
    statistics_.dropped_late += now.duplicates - tallied_.duplicates;
    statistics_.crc_errors += checks - tallied_checks_;
    evidence_.echoes += now.echoes - tallied_.echoes;
    evidence_.foreign += now.foreign - tallied_.foreign;
    evidence_.damaged += checks - tallied_checks_;
    if (now.frames_received != tallied_.frames_received) { evidence_ = {}; }
    tallied_ = now;
    tallied_checks_ = checks;
}

Task<Result<void>> HdlcLink::flush() {
    Bytes octets;
    for (const auto& frame : client_.take_transmissions()) { octets.insert(octets.end(), frame.begin(), frame.end()); }
    if (octets.empty()) { co_return Result<void>(); }
    auto sent = co_await transport_.write(octets);
    last_activity_ = transport_.loop().now();
    client_.sent(last_activity_);
    co_return sent;
}

/// The next thing that happens to the connection, or to what is asked of it. Notifications are kept.
Task<Result<Event>> HdlcLink::await_event() {
    while (true) {
        for (auto& event : client_.take_events()) {
            if (event.kind == Event::Kind::unnumbered) {
                notifications_.push_back(std::move(event.apdu));
            } else {
                events_.push_back(std::move(event));
            }
        }
        auto flushed = co_await flush();
        if (!flushed) { co_return tl::unexpected(flushed.error()); }
        tally();
        if (!events_.empty()) {
            Event event = std::move(events_.front());
            events_.pop_front();
            if (event.kind == Event::Kind::failed) { co_return tl::unexpected(told(std::move(event.error))); }
            co_return event;
        }
        const auto deadline = client_.next_deadline();
        if (!deadline) { co_return fail(Category::timeout, "nothing more comes", where(), {}, "dlms.idle"); }
        auto chunk = co_await transport_.read(*deadline);
        if (!chunk) { co_return tl::unexpected(chunk.error()); }
        const auto now = transport_.loop().now();
        if (chunk->octets.empty()) {
            client_.advance(now);
            continue;
        }
        last_activity_ = now;
        evidence_.hear(*chunk);
        client_.receive(chunk->octets, now);
    }
}

/// Until the meter has given the word back.
Task<Result<void>> HdlcLink::await_idle() {
    while (client_.connected() && !client_.idle()) {
        auto event = co_await await_event();
        if (!event) { co_return tl::unexpected(event.error()); }
        if (event->kind == Event::Kind::message) { ++statistics_.dropped_late; }
    }
    co_return Result<void>();
}

Task<Result<void>> HdlcLink::sign_on() {
    SessionOptions options;
    options.retries = options_.retries;
    options.settings = options_.settings;
    options.notice = options_.notice;
    auto opening = co_await iec62056_21::open_binary(transport_, options);
    if (!opening) { co_return tl::unexpected(opening.error()); }
    if (options_.notice) { options_.notice(fmt::format("HDLC at {} baud", opening->line.baud)); }
    co_await transport_.loop().sleep_for(binary_settling);
    co_return Result<void>();
}

Task<Result<void>> HdlcLink::prepare_line() {
    if (options_.sign_on) {
        auto signed_on = co_await sign_on();
        co_return signed_on;
    }
    if (options_.line && transport_.line()) {
        auto configured = co_await transport_.configure(*options_.line);
        co_return configured;
    }
    co_return Result<void>();
}

Task<Result<void>> HdlcLink::open() {
    if (is_open()) { co_return Result<void>(); }
    auto prepared = co_await prepare_line();
    if (!prepared) { co_return prepared; }
    client_ = hdlc::Client(client_settings());
    tallied_ = {};
    tallied_checks_ = 0;
    evidence_ = {};
    events_.clear();
    client_.connect(transport_.loop().now());
    auto event = co_await await_event();
    if (!event) { co_return tl::unexpected(event.error()); }
    if (options_.notice) { options_.notice("HDLC connected: " + hdlc::text(client_.negotiated())); }
    co_return Result<void>();
}

/// A connection that was silent for long may be gone, and it is better to know before an APDU is spent on it.
Task<Result<void>> HdlcLink::make_sure() {
    if (transport_.loop().now() - last_activity_ < doubtful_silence) { co_return Result<void>(); }
    client_.poll(transport_.loop().now());
    auto idle = co_await await_idle();
    co_return idle;
}

Task<Result<Bytes>> HdlcLink::request(Bytes apdu) {
    auto idle = co_await await_idle();
    if (idle && is_open()) { idle = co_await make_sure(); }
    if (!idle) { co_return tl::unexpected(idle.error()); }
    if (!is_open()) {
        co_return fail(Category::endpoint, "there is no HDLC connection", where(), {}, std::string(link_lost));
    }
    statistics_.dropped_late += events_.size();
    events_.clear();
    ++statistics_.requests;
    client_.send(apdu, transport_.loop().now());
    while (true) {
        auto event = co_await await_event();
        if (!event) { co_return tl::unexpected(event.error()); }
        if (event->kind != Event::Kind::message) { continue; }
        ++statistics_.answers;
        co_return std::move(event->apdu);
    }
}

Task<Result<Bytes>> HdlcLink::next() {
    const TimePoint last = transport_.loop().now() + client_settings().response;
    while (is_open() || !events_.empty()) {
        if (client_.idle() && events_.empty()) { client_.poll(transport_.loop().now()); }
        auto event = co_await await_event();
        if (!event) { co_return tl::unexpected(event.error()); }
        if (event->kind == Event::Kind::message) { co_return std::move(event->apdu); }
        if (transport_.loop().now() >= last) { break; }
        co_await transport_.loop().sleep_for(poll_pause);
    }
    co_return fail(Category::timeout, "the meter has nothing more to say", where(), {}, "dlms.idle");
}

Task<Result<void>> HdlcLink::send(Bytes apdu) {
    if (!client_.idle()) { co_return Result<void>(); }
    client_.send(apdu, transport_.loop().now());
    auto flushed = co_await flush();
    co_return flushed;
}

/// On a line that two share, nothing is said while the meter speaks.
Task<void> HdlcLink::hear_out(TimePoint latest) {
    transports::Loop& loop = transport_.loop();
    while (transport_.line() && !client_.idle() && loop.now() < latest) {
        const TimePoint silent = std::min(latest, loop.now() + inter_octet_time(transport_.line()));
        const auto chunk = co_await transport_.read(silent);
        if (!chunk || chunk->octets.empty()) { break; }
    }
}

/// DISC, whatever is under way, and UA where it comes soon: a meter that is left connected serves nobody for minutes.
Task<void> HdlcLink::leave() {
    transports::Loop& loop = transport_.loop();
    loop.set_leaving(true);
    co_await hear_out(loop.now() + leaving_time / 2);
    client_.disconnect(loop.now());
    const auto flushed = co_await flush();
    const TimePoint latest = loop.now() + leaving_time / 2;
    while (flushed && client_.state() == hdlc::Client::State::disconnecting && loop.now() < latest) {
        const auto chunk = co_await transport_.read(latest);
        if (!chunk || chunk->octets.empty()) { break; }
        client_.receive(chunk->octets, loop.now());
    }
    loop.set_leaving(false);
}

Task<void> HdlcLink::close() {
    if (client_.state() == hdlc::Client::State::disconnected) { co_return; }
    if (transport_.loop().interrupted()) {
        co_await leave();
        client_ = hdlc::Client(client_settings());
        co_return;
    }
    client_.disconnect(transport_.loop().now());
    while (client_.state() == hdlc::Client::State::disconnecting) {
        auto event = co_await await_event();
        if (!event) { break; }
    }
    client_ = hdlc::Client(client_settings());
    tallied_ = {};
    tallied_checks_ = 0;
}

} // namespace

std::unique_ptr<ApduLink> make_hdlc_link(transports::Transport& transport, LinkOptions options) {
    return std::make_unique<HdlcLink>(transport, std::move(options));
}

} // namespace meterctl::sessions::dlms

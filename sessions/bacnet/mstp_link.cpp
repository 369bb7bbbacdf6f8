// MS/TP: a master node on a serial line, served in every wait. Clause 9.
#include "codecs/bacnet/mstp_master.hpp"
#include "sessions/bacnet/ring_trouble.hpp"

#include <deque>
#include <fmt/format.h>

namespace meterctl::sessions::bacnet {

namespace mstp = codecs::bacnet::mstp;

namespace {

using namespace std::chrono_literals;

constexpr Duration usual_patience = 10s; ///< rings may be long; a silent station is told of sooner
constexpr Duration silence_is_empty = 1s;
constexpr Duration silence_before_a_ring = 400ms; ///< longer than any within one; a token is made after it
constexpr Duration longest_listening = 8s;        ///< for a poll, while a ring runs
constexpr Duration longest_joining = 60s;
constexpr Duration longest_rest = 300ms;
constexpr Duration before_our_own = 2s;   ///< of listening, where the user chose the address
constexpr Duration longest_leave = 600ms; ///< an answer that is due, and the token twice
constexpr unsigned usual_baud = 38400;

bool is_data(const Bytes& frame) {
    const auto type = static_cast<mstp::FrameType>(mstp::read_header(frame).type);
    return type == mstp::FrameType::data_expecting_reply || type == mstp::FrameType::data_not_expecting_reply ||
           type == mstp::FrameType::extended_data_expecting_reply ||
           type == mstp::FrameType::extended_data_not_expecting_reply;
}

Silence silence_of(mstp::Outcome outcome) {
    switch (outcome) {
    case mstp::Outcome::no_reply:
        return Silence::no_reply;
    case mstp::Outcome::damaged:
        return Silence::damaged;
    case mstp::Outcome::unexpected:
        return Silence::mixed_up;
    default:
        return Silence::none;
    }
}

class MstpLink final : public Link {
public:
    MstpLink(transports::Transport& transport, LinkOptions options)
        : transport_(transport), options_(std::move(options)) {}

    Task<Result<void>> open() override {
        if (options_.listen_only) {
            co_return fail(Category::usage, "nothing is sent with --listen-only", where(), {}, "bacnet.listen_only");
        }
        if (node_ && joined()) { co_return Result<void>(); }
        if (!node_) {
            auto chosen = co_await choose();
            if (!chosen) { co_return chosen; }
        }
        auto in = co_await join();
        co_return in;
    }

    Task<Result<void>> send(const std::string& station, const Bytes& npdu, bool expecting_reply) override {
        const auto mac = static_cast<std::uint8_t>(std::stoul(station));
        asked_ = node_->send(mac, npdu, expecting_reply);
        if (!expecting_reply) { asked_.reset(); }
        auto out = co_await until_sent();
        co_return out;
    }

    Task<Result<void>> broadcast(const Bytes& npdu) override {
        node_->send(mstp::broadcast, npdu, false);
        auto out = co_await until_sent();
        co_return out;
    }

    Task<Result<std::optional<Incoming>>> receive(TimePoint deadline) override {
        for (;;) {
            if (!waiting_.empty()) {
                std::optional<Incoming> first = std::move(waiting_.front());
                waiting_.pop_front();
                co_return first;
            }
            if (now() >= deadline) { co_return std::optional<Incoming>(); }
            auto served = co_await serve(deadline);
            if (!served) { co_return tl::unexpected(served.error()); }
        }
    }

    Task<void> rest() override {
        if (!node_ || node_->sole_master() || !joined()) { co_return; }
        const TimePoint deadline = now() + longest_rest;
        const std::uint64_t before = node_->statistics().tokens_passed;
        while (!gave_away(before) && now() < deadline) {
            const auto served = co_await serve(deadline);
            if (!served) { co_return; }
        }
    }

    [[nodiscard]] Duration patience() const override { return usual_patience; }
    [[nodiscard]] std::uint16_t max_apdu() const override { return 480; }
    [[nodiscard]] bool is_ip() const override { return false; }
    [[nodiscard]] transports::Transport& transport() override { return transport_; }

private:
    [[nodiscard]] TimePoint now() { return transport_.loop().now(); }
    [[nodiscard]] std::string where() const { return transport_.description(); }
    /// Among two stations the token is back before the node is ever seen without it: then it was taken once, and is
    /// under way again.
    [[nodiscard]] bool gave_away(std::uint64_t passed_before) const {
        using State = mstp::MasterNode::State;
        const bool taken = node_->statistics().tokens_passed > passed_before;
        return node_->state() == State::idle || (taken && node_->state() == State::pass_token);
    }
    [[nodiscard]] bool joined() const {
        return node_->sole_master() || node_->statistics().tokens_received > 0 || node_->statistics().tokens_passed > 0;
    }
    void say(const std::string& text) const {
        if (options_.notice) { options_.notice(text); }
    }

    /// Until the token has come and what was queued is on the line: the time for an answer begins then.
    Task<Result<void>> until_sent() {
        const TimePoint deadline = now() + longest_joining;
        const std::uint64_t before = data_sent_;
        since_ = RingEar();
        while (data_sent_ == before) {
            if (now() >= deadline) { co_return tl::unexpected(token_gone(since_, station_, where())); }
            auto served = co_await serve(deadline);
            if (!served) { co_return served; }
        }
        co_return Result<void>();
    }

    Task<Result<void>> choose() {
        mstp::MasterSettings settings;
        settings.max_master = options_.max_master;
        settings.max_info_frames = options_.max_info_frames;
        const auto line = transport_.line();
        settings.baud = line ? line->baud : usual_baud;
        settings.observe = [this](const mstp::Heard& heard, TimePoint time) {
            ear_.heard(heard, time);
            since_.heard(heard, time);
        };
        auto chosen = co_await find_address();
        if (!chosen) { co_return tl::unexpected(chosen.error()); }
        settings.station = *chosen;
        settings.successor = ear_.master_behind(*chosen);
        say(fmt::format("our MS/TP address is {}", settings.station));
        station_ = settings.station;
        node_.emplace(settings, now());
        co_return Result<void>();
    }

    /// The user's own unless it is heard; else one that a running ring asks for soon, and on a silent line the lowest.
    Task<Result<std::uint8_t>> find_address() {
        const auto mine = options_.mac;
        const std::function<bool()> anything = [this] { return ear_.anything(); };
        const TimePoint began = now();
        auto heard = co_await listen(transport_, ear_, now() + silence_is_empty, anything);
        if (!heard) { co_return tl::unexpected(heard.error()); }
        const bool forming = now() - began > silence_before_a_ring;
        const std::function<bool()> enough = [this, mine, forming] {
            if (mine) { return ear_.seen(*mine); }
            const bool known = !forming || ear_.settled();
            return known && ear_.polled_next(options_.max_master, options_.other).has_value();
        };
        if (ear_.anything()) {
            heard = co_await listen(transport_, ear_, now() + (mine ? before_our_own : longest_listening), enough);
            if (!heard) { co_return tl::unexpected(heard.error()); }
            if (ear_.only_noise()) {
                const auto noise = co_await explain_noise();
                co_return tl::unexpected(noise);
            }
        }
        if (mine) {
            if (ear_.seen(*mine)) { co_return tl::unexpected(address_in_use(ear_, *mine, where())); }
            co_return *mine;
        }
        const auto next = ear_.polled_next(options_.max_master, options_.other);
        co_return next ? *next : ear_.unheard(options_.max_master, options_.other);
    }

    /// Listens at the other rates, and says where the frames are.
    Task<Error> explain_noise() {
        const auto own = transport_.line();
        std::vector<transports::LineSettings> tried;
        if (own) { tried.push_back(*own); }
        say("listening at other baud rates");
        const auto at = co_await find_rate(transport_, std::move(tried));
        if (!at) { co_return at.error(); }
        co_return only_noise(where(), own, *at);
    }

    Task<Result<void>> join() {
        const TimePoint deadline = now() + longest_joining;
        while (!joined()) {
            if (now() >= deadline) { co_return tl::unexpected(not_admitted(ear_, station_, where())); }
            auto served = co_await serve(deadline);
            if (!served) { co_return served; }
        }
        co_return Result<void>();
    }

    /// One step of the node: what is due goes out, then what comes, or until something is due.
    Task<Result<void>> serve(TimePoint deadline) {
        const std::size_t had = waiting_.size();
        const auto due = node_->next_deadline();
        if (due && now() >= *due) {
            // Octets that came while this program did not run are no silence.
            auto late = co_await transport_.read(now());
            if (late) { take(*late); }
        }
        node_->advance(now());
        bool sent_any = false;
        for (mstp::Transmission& out : node_->take_transmissions()) {
            if (out.due > now()) { co_await transport_.loop().sleep_until(out.due); }
            auto sent = co_await transport_.write(out.octets);
            if (!sent) { co_return sent; }
            sent_any = true;
            data_sent_ += is_data(out.octets) ? 1U : 0U;
        }
        collect();
        if (node_->duplicate_address()) { co_return tl::unexpected(address_taken(station_, where())); }
        if (waiting_.size() > had || sent_any) { co_return Result<void>(); }
        const TimePoint next = std::min(deadline, node_->next_deadline().value_or(deadline));
        auto chunk = co_await transport_.read(next);
        if (!chunk) {
            if (chunk.error().category == Category::interrupted) { co_await take_leave(); }
            co_return tl::unexpected(chunk.error());
        }
        take(*chunk);
        collect();
        co_return Result<void>();
    }

    /// After Ctrl-C: an answer that is due is heard out, and the token goes to the next station, so that the ring runs
    /// on without us and no frame is cut.
    Task<void> take_leave() {
        if (leaving_) { co_return; }
        leaving_ = true;
        transports::Loop& loop = transport_.loop();
        loop.set_leaving(true);
        node_->leave(now());
        const TimePoint deadline = now() + longest_leave;
        while (!node_->silent() && now() < deadline) {
            const auto served = co_await serve(deadline);
            if (!served) { break; }
            waiting_.clear();
        }
        loop.set_leaving(false);
    }

    void take(const transports::Chunk& chunk) {
        const TimePoint time = now();
        ear_.noticed(chunk.octets.size() + chunk.faults.size());
        since_.noticed(chunk.octets.size() + chunk.faults.size());
        std::size_t at = 0;
        for (const transports::LineFault& fault : chunk.faults) {
            const std::size_t index = std::min(fault.index, chunk.octets.size());
            if (index < at) { continue; }
            node_->receive(ByteView(chunk.octets).subspan(at, index - at), time);
            node_->receive_error(time);
            at = std::min(index + 1, chunk.octets.size());
        }
        node_->receive(ByteView(chunk.octets).subspan(at), time);
    }

    void collect() {
        for (mstp::Indication& one : node_->take_indications()) {
            // We serve nobody: whoever asks us is told to wait, and gives up.
            if (one.expecting_reply) { node_->postpone(now()); }
            Incoming incoming;
            incoming.npdu = std::move(one.npdu);
            incoming.from = fmt::format("{}", one.source);
            waiting_.push_back(std::move(incoming));
        }
        for (const mstp::Completion& done : node_->take_completions()) {
            const bool ours = asked_ && done.ticket == *asked_;
            const Silence silence = silence_of(done.outcome);
            if (!ours || silence == Silence::none) { continue; }
            Incoming nothing;
            nothing.silence = silence;
            waiting_.push_back(std::move(nothing));
        }
    }

    transports::Transport& transport_;
    LinkOptions options_;
    RingEar ear_;
    RingEar since_; ///< from the last frame that was given to the node on
    bool leaving_ = false;
    std::optional<mstp::MasterNode> node_;
    std::uint8_t station_ = 0;
    std::optional<std::uint64_t> asked_;
    std::uint64_t data_sent_ = 0; ///< frames that carry NPDUs
    std::deque<Incoming> waiting_;
};

} // namespace

std::unique_ptr<Link> make_mstp_link(transports::Transport& transport, LinkOptions options) {
    return std::make_unique<MstpLink>(transport, std::move(options));
}

} // namespace meterctl::sessions::bacnet

#include "codecs/bacnet/mstp_master.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace meterctl::codecs::bacnet::mstp {
namespace {

constexpr unsigned bits_per_octet = 10; // 8N1

constexpr std::array<std::string_view, 9> state_texts{
    "initialize", "idle",     "use-token",       "wait-for-reply",      "done-with-token",
    "pass-token", "no-token", "poll-for-master", "answer-data-request",
};

bool expects_reply(std::uint8_t type) {
    const auto known = static_cast<FrameType>(type);
    return known == FrameType::data_expecting_reply || known == FrameType::extended_data_expecting_reply;
}

bool carries_npdu(std::uint8_t type) {
    const auto known = static_cast<FrameType>(type);
    return expects_reply(type) || known == FrameType::data_not_expecting_reply ||
           known == FrameType::extended_data_not_expecting_reply;
}

} // namespace

std::string_view state_text(MasterNode::State state) {
    return state_texts.at(static_cast<std::size_t>(state));
}

MasterNode::MasterNode(MasterSettings settings, TimePoint now)
    : settings_(std::move(settings)), receiver_(settings_.station, settings_.times.Tframe_abort),
      next_station_(settings_.successor.value_or(settings_.station)), poll_station_(settings_.station),
      silent_(settings_.listen_only), token_count_(settings_.successor ? 0 : settings_.Npoll), last_activity_(now) {
    state_ = State::idle;
}

std::uint8_t MasterNode::after(std::uint8_t station) const {
    return static_cast<std::uint8_t>((station + 1U) % (settings_.max_master + 1U));
}

bool MasterNode::holds_token() const {
    return state_ != State::idle && state_ != State::no_token && state_ != State::answer_data_request;
}

void MasterNode::transmit(const Frame& frame, TimePoint now) {
    Bytes octets = encode(frame);
    const Duration bit(std::chrono::nanoseconds(std::chrono::seconds(1)) / settings_.baud);
    const TimePoint due = std::max(now, last_activity_ + bit * settings_.times.Tturnaround);
    last_activity_ = due + bit * (bits_per_octet * octets.size());
    transmissions_.push_back({due, std::move(octets)});
}

void MasterNode::transmit(FrameType type, std::uint8_t destination, TimePoint now) {
    transmit(frame(type, destination, settings_.station), now);
}

std::uint64_t MasterNode::queue(Frame frame, bool waits) {
    queue_.push_back({std::move(frame), ++tickets_, waits});
    return tickets_;
}

std::uint64_t MasterNode::send(std::uint8_t destination, Bytes npdu, bool expecting_reply) {
    return queue(data_frame(destination, settings_.station, std::move(npdu), expecting_reply),
                 expecting_reply && destination != broadcast);
}

std::uint64_t MasterNode::test(std::uint8_t destination, Bytes data) {
    return queue(frame(FrameType::test_request, destination, settings_.station, std::move(data)), true);
}

void MasterNode::reply(std::uint8_t destination, Bytes npdu, TimePoint now) {
    advance(now); // an answer that is ready too late must not go out late
    auto answer = data_frame(destination, settings_.station, std::move(npdu), false);
    if (state_ != State::answer_data_request || requester_ != destination) {
        queue(std::move(answer), false);
        return;
    }
    transmit(answer, now);
    enter_idle();
}

void MasterNode::postpone(TimePoint now) {
    if (state_ != State::answer_data_request) { return; }
    transmit(FrameType::reply_postponed, requester_, now);
    ++statistics_.postponed;
    enter_idle();
}

void MasterNode::leave(TimePoint now) {
    leaving_ = true;
    if (state_ == State::answer_data_request) { postpone(now); }
    if (!holds_token()) { enter_idle(); }
}

std::vector<Transmission> MasterNode::take_transmissions() {
    return std::exchange(transmissions_, {});
}

std::vector<Indication> MasterNode::take_indications() {
    return std::exchange(indications_, {});
}

std::vector<Completion> MasterNode::take_completions() {
    return std::exchange(completions_, {});
}

void MasterNode::complete(Outcome outcome) {
    if (current_) { completions_.push_back({current_->ticket, outcome}); }
    current_.reset();
}

void MasterNode::receive(ByteView octets, TimePoint now) {
    for (std::size_t i = 0; i < octets.size(); ++i) {
        const auto found = receiver_.octet(octets[i], now);
        last_activity_ = std::max(last_activity_, now);
        slot_missed_ = false;
        events();
        if (found) { heard(*found, octets.size() - i - 1 > Nmin_octets, now); }
    }
}

void MasterNode::receive_error(TimePoint now) {
    const auto found = receiver_.error(now);
    last_activity_ = std::max(last_activity_, now);
    slot_missed_ = false;
    events();
    if (found) { heard(*found, false, now); }
}

void MasterNode::advance(TimePoint now) {
    if (const auto stopped = receiver_.advance(now)) { heard(*stopped, false, now); }
    timers(now);
}

void MasterNode::heard(const Heard& heard, bool outdated, TimePoint now) {
    if (settings_.observe) { settings_.observe(heard, now); }
    if (!heard.valid) { ++statistics_.invalid_frames; }
    if (heard.valid && heard.frame.source == settings_.station && !settings_.listen_only) {
        duplicate_ = true;
        leaving_ = true;
        complete(Outcome::unexpected);
        return enter_idle();
    }
    if (outdated && heard.valid) { return outdated_frame(heard); }
    switch (state_) {
    case State::idle:
        return idle_frame(heard, now);
    case State::wait_for_reply:
        return reply_frame(heard, now);
    case State::poll_for_master:
        return poll_frame(heard, now);
    default:
        return; // of a frame that ends in another state, its octets alone count
    }
}

/// The line has gone on without this node, which was not given the time to act.
void MasterNode::outdated_frame(const Heard& heard) {
    const bool ours = heard.frame.destination == settings_.station;
    const bool for_all = heard.frame.destination == broadcast && !expects_reply(heard.frame.type);
    const bool data = (ours || for_all) && carries_npdu(heard.frame.type);
    if (data) { indicate(heard.frame, false); }
    if (state_ == State::wait_for_reply) { complete(ours && data ? Outcome::replied : Outcome::unexpected); }
    if (state_ == State::wait_for_reply || state_ == State::poll_for_master) { enter_idle(); }
}

/// What the mere number of octets means: somebody else sends.
void MasterNode::events() {
    if (receiver_.events() <= Nmin_octets) { return; }
    if (state_ == State::pass_token) { ++statistics_.tokens_passed; }
    const bool awaited = state_ == State::pass_token || state_ == State::no_token;
    const bool no_longer_asked = state_ == State::answer_data_request; // whoever asked has given up
    if (awaited || no_longer_asked) { enter_idle(); }
}

void MasterNode::enter_idle() {
    state_ = State::idle;
    if (leaving_) { silent_ = true; }
}

void MasterNode::indicate(const Frame& frame, bool expecting_reply) {
    indications_.push_back({frame.source, frame.destination, expecting_reply, frame.data});
}

void MasterNode::idle_frame(const Heard& heard, TimePoint now) {
    if (!heard.valid || !heard.for_us) { return; }
    const auto& frame = heard.frame;
    const bool for_all = frame.destination == broadcast;
    switch (static_cast<FrameType>(frame.type)) {
    case FrameType::token:
        if (silent_ || for_all) { return; }
        ++statistics_.tokens_received;
        frame_count_ = 0;
        sole_master_ = false;
        return use_token(now);
    case FrameType::poll_for_master:
        if (silent_ || for_all) { return; }
        ++statistics_.polls_answered;
        return transmit(FrameType::reply_to_poll_for_master, frame.source, now);
    case FrameType::data_not_expecting_reply:
    case FrameType::extended_data_not_expecting_reply:
        return indicate(frame, false);
    case FrameType::data_expecting_reply:
    case FrameType::extended_data_expecting_reply:
        if (for_all) { return; } // nobody may answer a broadcast, so that it asks nothing
        indicate(frame, !silent_);
        if (silent_) { return; }
        requester_ = frame.source;
        receiver_.reset_events();
        state_ = State::answer_data_request;
        return;
    case FrameType::test_request:
        if (silent_ || for_all) { return; }
        return transmit(
            {static_cast<std::uint8_t>(FrameType::test_response), frame.source, settings_.station, frame.data}, now);
    default:
        return;
    }
}

std::optional<TimePoint> MasterNode::state_deadline() const {
    const auto& times = settings_.times;
    switch (state_) {
    case State::idle:
        return silent_ ? std::nullopt : std::optional(last_activity_ + times.Tno_token);
    case State::wait_for_reply:
        return last_activity_ + times.Treply_timeout;
    case State::pass_token:
    case State::poll_for_master:
        return last_activity_ + times.Tusage_timeout;
    case State::no_token:
        return last_activity_ + times.Tno_token +
               times.Tslot * (slot_missed_ ? settings_.max_master + 1 : settings_.station);
    case State::answer_data_request:
        return last_activity_ + times.Treply_delay;
    default:
        return std::nullopt;
    }
}

std::optional<TimePoint> MasterNode::next_deadline() const {
    const auto of_state = state_deadline();
    const auto of_frame = receiver_.next_deadline();
    if (!of_state || !of_frame) { return of_state ? of_state : of_frame; }
    return std::min(*of_state, *of_frame);
}

void MasterNode::timers(TimePoint now) {
    const auto due = state_deadline();
    if (!due || now < *due) { return; }
    switch (state_) {
    case State::idle:
        ++statistics_.tokens_lost;
        receiver_.reset_events();
        slot_missed_ = false;
        state_ = State::no_token;
        return timers(now);
    case State::no_token:
        return no_token(now);
    case State::wait_for_reply:
        ++statistics_.reply_timeouts;
        complete(Outcome::no_reply);
        frame_count_ = settings_.max_info_frames; // after so long a silence the token goes on
        return done_with_token(now);
    case State::pass_token:
        return token_not_used(now);
    case State::poll_for_master:
        return poll_unanswered(now);
    default:
        return postpone(now);
    }
}

} // namespace meterctl::codecs::bacnet::mstp

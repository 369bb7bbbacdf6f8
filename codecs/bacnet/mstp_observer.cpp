#include "codecs/bacnet/mstp_observer.hpp"

#include <algorithm>

namespace meterctl::codecs::bacnet::mstp {
namespace {

bool is(const Frame& frame, FrameType type) {
    return frame.type == static_cast<std::uint8_t>(type);
}

bool expects_reply(const Frame& frame) {
    const bool asks = is(frame, FrameType::data_expecting_reply) ||
                      is(frame, FrameType::extended_data_expecting_reply) || is(frame, FrameType::test_request);
    return asks && frame.destination != broadcast;
}

} // namespace

void RingObserver::token(const Frame& frame, TimePoint now) {
    auto& from = stations_[frame.source];
    ++from.tokens;
    from.successor = frame.destination;
    const bool again = last_ && is(*last_, FrameType::token) && last_->source == frame.source &&
                       last_->destination == frame.destination;
    if (again) {
        ++counters_.token_retries;
        return;
    }
    auto& before = token_at_[frame.destination];
    if (before) {
        const Duration took = now - *before;
        rotation_ = rotation_ ? std::pair(std::min(rotation_->first, took), std::max(rotation_->second, took))
                              : std::pair(took, took);
    }
    before = now;
}

void RingObserver::heard(const Heard& heard, TimePoint now) {
    ++counters_.frames;
    if (!heard.valid) {
        ++counters_.invalid_frames;
        last_.reset();
        last_time_ = now;
        return;
    }
    const auto& frame = heard.frame;
    auto& from = stations_[frame.source];
    ++from.frames;
    const bool handed_on = is(frame, FrameType::token) || is(frame, FrameType::poll_for_master);
    from.master = from.master || handed_on || is(frame, FrameType::reply_to_poll_for_master);
    if (handed_on && last_ && expects_reply(*last_) && last_->source == frame.source) {
        ++counters_.requests_unanswered;
    }
    if (is(frame, FrameType::token)) { token(frame, now); }
    if (is(frame, FrameType::poll_for_master)) {
        ++stations_[frame.destination].polled;
        if (last_time_ && now - *last_time_ >= Tno_token_) { ++counters_.tokens_lost; }
    }
    if (is(frame, FrameType::reply_to_poll_for_master)) { ++from.polls_answered; }
    if (is(frame, FrameType::reply_postponed)) { ++from.replies_postponed; }
    last_ = frame;
    last_time_ = now;
}

std::vector<std::uint8_t> RingObserver::masters() const {
    std::vector<std::uint8_t> found;
    for (unsigned address = 0; address <= last_master; ++address) {
        if (stations_[address].master) { found.push_back(static_cast<std::uint8_t>(address)); }
    }
    return found;
}

std::optional<std::pair<Duration, Duration>> RingObserver::rotation() const {
    return rotation_;
}

std::vector<std::uint8_t> RingObserver::free_addresses() const {
    std::vector<std::uint8_t> found;
    for (unsigned address = 0; address <= last_master; ++address) {
        const auto& seen = stations_[address];
        if (seen.polled > 0 && seen.frames == 0) { found.push_back(static_cast<std::uint8_t>(address)); }
    }
    return found;
}

} // namespace meterctl::codecs::bacnet::mstp

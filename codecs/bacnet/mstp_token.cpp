// What the master node does while it holds the token, and to whom it gives it.
#include "codecs/bacnet/mstp_master.hpp"

namespace meterctl::codecs::bacnet::mstp {
namespace {

bool is_reply(std::uint8_t type) {
    switch (static_cast<FrameType>(type)) {
    case FrameType::test_response:
    case FrameType::data_not_expecting_reply:
    case FrameType::extended_data_not_expecting_reply:
        return true;
    default:
        return false;
    }
}

} // namespace

void MasterNode::use_token(TimePoint now) {
    state_ = State::use_token;
    if (queue_.empty() || leaving_) { // NothingToSend
        frame_count_ = settings_.max_info_frames;
        return done_with_token(now);
    }
    current_ = std::move(queue_.front());
    queue_.pop_front();
    transmit(current_->frame, now);
    ++frame_count_;
    if (current_->waits) { // SendAndWait
        state_ = State::wait_for_reply;
        return;
    }
    complete(Outcome::sent); // SendNoWait
    done_with_token(now);
}

void MasterNode::drop_token() {
    ++statistics_.unexpected_frames;
    complete(Outcome::unexpected);
    enter_idle();
}

void MasterNode::reply_frame(const Heard& heard, TimePoint now) {
    if (!heard.valid) { // InvalidFrame
        complete(Outcome::damaged);
        return done_with_token(now);
    }
    if (heard.frame.destination != settings_.station) { return drop_token(); }
    if (static_cast<FrameType>(heard.frame.type) == FrameType::reply_postponed) {
        complete(Outcome::postponed);
        return done_with_token(now);
    }
    if (!is_reply(heard.frame.type)) { return drop_token(); }
    if (static_cast<FrameType>(heard.frame.type) != FrameType::test_response) { indicate(heard.frame, false); }
    complete(Outcome::replied);
    done_with_token(now);
}

void MasterNode::pass_token(TimePoint now) {
    transmit(FrameType::token, next_station_, now);
    retry_count_ = 0;
    receiver_.reset_events();
    state_ = State::pass_token;
}

/// Asks `station` whether it is a master; its own address is passed over.
void MasterNode::poll(std::uint8_t station, TimePoint now) {
    poll_station_ = station == settings_.station ? after(station) : station;
    transmit(FrameType::poll_for_master, poll_station_, now);
    ++statistics_.polls_sent;
    retry_count_ = 0;
    state_ = State::poll_for_master;
}

void MasterNode::done_with_token(TimePoint now) {
    state_ = State::done_with_token;
    const bool successor_known = next_station_ != settings_.station;
    if (leaving_) { return successor_known ? pass_token(now) : enter_idle(); }
    if (frame_count_ < settings_.max_info_frames) { return use_token(now); }               // SendAnotherFrame
    if (!sole_master_ && !successor_known) { return poll(after(settings_.station), now); } // NextStationUnknown
    if (token_count_ + 1 < settings_.Npoll) {
        ++token_count_;
        if (!sole_master_) { return pass_token(now); } // SendToken
        frame_count_ = 0;                              // SoleMaster
        return use_token(now);
    }
    if (after(poll_station_) != next_station_) { return poll(after(poll_station_), now); } // SendMaintenancePFM
    token_count_ = 1;
    if (sole_master_) { // SoleMasterRestartMaintenancePFM
        const auto first = after(next_station_);
        next_station_ = settings_.station;
        return poll(first, now);
    }
    poll_station_ = settings_.station; // ResetMaintenancePFM
    pass_token(now);
}

void MasterNode::token_not_used(TimePoint now) {
    if (retry_count_ < Nretry_token) { // RetrySendToken
        const auto retries = retry_count_ + 1;
        pass_token(now);
        retry_count_ = retries;
        ++statistics_.token_retries;
        return;
    }
    ++statistics_.successors_lost; // FindNewSuccessor
    if (leaving_) { return enter_idle(); }
    const auto first = after(next_station_);
    next_station_ = settings_.station;
    token_count_ = 0;
    poll(first, now);
}

void MasterNode::poll_frame(const Heard& heard, TimePoint now) {
    if (!heard.valid) { return poll_unanswered(now); }
    const bool answers = heard.frame.destination == settings_.station &&
                         static_cast<FrameType>(heard.frame.type) == FrameType::reply_to_poll_for_master;
    if (!answers) { return drop_token(); } // ReceivedUnexpectedFrame
    sole_master_ = false;                  // ReceivedReplyToPFM
    next_station_ = heard.frame.source;
    poll_station_ = settings_.station;
    token_count_ = 0;
    pass_token(now);
}

void MasterNode::poll_unanswered(TimePoint now) {
    if (leaving_ && next_station_ == settings_.station) { return enter_idle(); }
    if (sole_master_) { // SoleMaster
        frame_count_ = 0;
        return use_token(now);
    }
    if (next_station_ != settings_.station) { return pass_token(now); }                        // DoneWithPFM
    if (after(poll_station_) != settings_.station) { return poll(after(poll_station_), now); } // SendNextPFM
    sole_master_ = true;                                                                       // DeclareSoleMaster
    frame_count_ = 0;
    use_token(now);
}

void MasterNode::no_token(TimePoint now) {
    const auto& times = settings_.times;
    const auto own_end = times.Tno_token + times.Tslot * (settings_.station + 1);
    const auto all_end = times.Tno_token + times.Tslot * (settings_.max_master + 1);
    const auto quiet = silence(now);
    slot_missed_ = quiet >= own_end && quiet < all_end;
    if (slot_missed_) { return; } // the stations behind it come first
    ++statistics_.tokens_made;    // GenerateToken
    next_station_ = settings_.station;
    token_count_ = 0;
    poll(after(settings_.station), now);
}

} // namespace meterctl::codecs::bacnet::mstp

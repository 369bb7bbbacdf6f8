// What the primary station makes of the frames that come.
#include "codecs/dlms/hdlc_client.hpp"
#include "codecs/dlms/hdlc_reject.hpp"

#include <algorithm>

namespace meterctl::codecs::dlms::hdlc {

/// Our own frame, that the line gave back. Where both ends have the same address, only who has heard his SNRM come back
/// knows that the line does so.
bool Client::is_echo(const Frame& frame) {
    const bool ours = frame.destination == settings_.server && frame.source == settings_.client;
    if (!ours) { return false; }
    const auto found = std::ranges::find(echoes_, encode(frame));
    const bool alike = settings_.server == settings_.client;
    const bool connects = frame.control.type == FrameType::snrm;
    if (connects && found != echoes_.end()) { hears_itself_ = true; }
    const bool echo = !alike || connects || (hears_itself_ && found != echoes_.end());
    if (echo && found != echoes_.end()) { echoes_.erase(echoes_.begin(), found + 1); }
    return echo;
}

void Client::take(const Frame& frame, TimePoint now) {
    if (is_echo(frame)) {
        ++statistics_.echoes;
        return;
    }
    const bool to_us = frame.destination.logical == settings_.client.logical || is_broadcast(frame.destination);
    if (!to_us || !answers_for(frame.source, settings_.server)) {
        ++statistics_.foreign;
        return;
    }
    ++statistics_.frames_received;
    echoes_.clear();
    if (frame.control.type == FrameType::ui) { return take_unnumbered(frame); }
    switch (state_) {
    case State::disconnected:
        return;
    case State::connecting:
        return take_answer_to_snrm(frame);
    case State::disconnecting:
        if (frame.control.type != FrameType::ua && frame.control.type != FrameType::dm) { return; }
        end();
        return report(Event::Kind::disconnected);
    default:
        return take_in_connection(frame, now);
    }
}

void Client::take_answer_to_snrm(const Frame& frame) {
    if (frame.control.type == FrameType::dm) {
        return fail_with({Category::refused,
                          "the meter takes no connection (DM)",
                          {},
                          {"another client may be connected: wait for its time-out, two minutes usually",
                           "the address of the logical device: server=1"},
                          "dlms.hdlc.dm"});
    }
    if (frame.control.type != FrameType::ua) { return; } // left over from an earlier connection
    const auto others = decode_parameters(frame.information);
    if (!others) { return fail_with(others.error()); }
    negotiated_ = negotiate(plain_snrm_ ? Parameters() : settings_.offered, *others);
    state_ = State::idle;
    report(Event::Kind::connected);
}

void Client::take_unnumbered(const Frame& frame) {
    if (unnumbered_.size() + frame.information.size() > Incoming::longest_message) { unnumbered_.clear(); }
    unnumbered_.insert(unnumbered_.end(), frame.information.begin(), frame.information.end());
    if (frame.segmented) { return; }
    if (has_llc(unnumbered_)) { unnumbered_.erase(unnumbered_.begin(), unnumbered_.begin() + llc_octets); }
    report(Event::Kind::unnumbered, std::exchange(unnumbered_, {}));
}

/// Whether it ends the turn, where it is final: the answer to a repetition, late, does not.
bool Client::take_information(const Frame& frame) {
    switch (in_.take(frame)) {
    case Incoming::Taken::message:
        said_something_ = true;
        report(Event::Kind::message, in_.take_message());
        break;
    case Incoming::Taken::segment:
        break;
    case Incoming::Taken::duplicate:
        ++statistics_.duplicates;
        return false;
    case Incoming::Taken::gap:
        ++statistics_.gaps;
        missed_something_ = true;
        return true;
    case Incoming::Taken::too_long:
        fail_with({Category::untrusted, "the meter's message is longer than any can be", {}, {}, "dlms.hdlc.length"});
        return false;
    }
    progress_ = true;
    missed_something_ = false;
    return true;
}

void Client::take_in_connection(const Frame& frame, TimePoint now) {
    const auto type = frame.control.type;
    if (type == FrameType::dm) {
        return fail_with({Category::endpoint,
                          "the meter has dropped the connection (DM)",
                          {},
                          {"asking again: the connection is made anew"},
                          "dlms.link_lost"});
    }
    if (type == FrameType::frmr) { return fail_with(reject_error(frame.information)); }
    if (type != FrameType::i && type != FrameType::rr && type != FrameType::rnr) { return; }
    const auto before = out_.segments();
    if (!out_.acknowledge(frame.control.receive)) {
        ++statistics_.foreign; // of another connection: what it says is none of ours
        return;
    }
    progress_ = progress_ || out_.segments() != before;
    peer_busy_ = type == FrameType::rnr;
    if (type == FrameType::i && !take_information(frame)) { return; }
    if (state_ == State::idle || state_ == State::pausing || state_ == State::disconnected) { return; } // a late one
    if (frame.control.poll_final) { return take_turn(now); }
    deadline_ = now + settings_.response;
}

} // namespace meterctl::codecs::dlms::hdlc

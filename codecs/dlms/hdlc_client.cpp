#include "codecs/dlms/hdlc_client.hpp"

#include <algorithm>
#include <array>

namespace meterctl::codecs::dlms::hdlc {
namespace {

constexpr std::array<std::uint8_t, llc_octets> request_llc{0xE6, 0xE6, 0x00};

Bytes with_llc(ByteView apdu) {
    return ByteWriter().bytes(request_llc).bytes(apdu).take();
}

} // namespace

Frame Client::command(FrameType type) const {
    Frame frame;
    frame.destination = settings_.server;
    frame.source = settings_.client;
    frame.control.type = type;
    frame.control.poll_final = true;
    return frame;
}

void Client::transmit(const Frame& frame) {
    ++statistics_.frames_sent;
    transmissions_.push_back(encode(frame));
    echoes_.push_back(transmissions_.back());
}

void Client::await_answer(TimePoint now) {
    deadline_ = now + settings_.response;
    progress_ = false;
    missed_something_ = false;
}

void Client::end() {
    state_ = State::disconnected;
    out_.reset();
    in_.reset();
    unnumbered_.clear();
}

void Client::report(Event::Kind kind, Bytes apdu) {
    events_.push_back({kind, std::move(apdu), {}});
}

void Client::fail_with(Error error) {
    end();
    events_.push_back({Event::Kind::failed, {}, std::move(error)});
}

void Client::connect(TimePoint now) {
    end();
    receiver_.clear();
    echoes_.clear();
    attempt_ = 0;
    state_ = State::connecting;
    repeat(now);
}

void Client::disconnect(TimePoint now) {
    if (state_ == State::disconnected) { return; }
    out_.reset();
    in_.reset();
    attempt_ = 0;
    state_ = State::disconnecting;
    repeat(now);
}

void Client::send(ByteView apdu, TimePoint now) {
    out_.add(with_llc(apdu), negotiated_.max_info_transmit);
    attempt_ = 0;
    awaits_message_ = true;
    said_something_ = false;
    patience_until_ = now + settings_.patience;
    transmit_window(now);
}

void Client::poll(TimePoint now) {
    attempt_ = 0;
    awaits_message_ = false;
    said_something_ = false;
    ++statistics_.polls;
    transmit_ready(now);
}

void Client::send_unnumbered(ByteView apdu, TimePoint /*now*/) {
    auto frame = command(FrameType::ui);
    frame.control.poll_final = false;
    frame.information = with_llc(apdu);
    transmit(frame);
}

void Client::transmit_window(TimePoint now) {
    auto frames = out_.window(negotiated_.window_transmit);
    for (auto& frame : frames) {
        frame.destination = settings_.server;
        frame.source = settings_.client;
        frame.control.receive = in_.next();
        frame.control.poll_final = &frame == &frames.back();
        transmit(frame);
    }
    state_ = State::polling;
    await_answer(now);
}

void Client::transmit_ready(TimePoint now) {
    auto frame = command(FrameType::rr);
    frame.control.receive = in_.next();
    transmit(frame);
    state_ = State::polling;
    await_answer(now);
}

/// There are meters that do not answer where more is offered than every meter takes: the last try offers nothing.
bool Client::has_to_be_plain() const {
    const bool last = settings_.retries > 0 && attempt_ >= settings_.retries;
    return last && encode(settings_.offered) != encode(Parameters());
}

/// What was last sent, with its numbers.
void Client::repeat(TimePoint now) {
    if (state_ == State::connecting) {
        auto frame = command(FrameType::snrm);
        plain_snrm_ = settings_.plain_snrm || has_to_be_plain();
        if (!plain_snrm_) { frame.information = encode(settings_.offered); }
        transmit(frame);
        return await_answer(now);
    }
    if (state_ == State::disconnecting) {
        transmit(command(FrameType::disc));
        return await_answer(now);
    }
    out_.rewind();
    out_.empty() ? transmit_ready(now) : transmit_window(now);
}

void Client::timed_out(TimePoint now) {
    ++statistics_.timeouts;
    // Some meters never set the final bit.
    if (state_ == State::polling && out_.empty() && said_something_ && !in_.open() && !missed_something_) {
        state_ = State::idle;
        return;
    }
    if (attempt_ >= settings_.retries) {
        if (state_ == State::disconnecting) {
            end();
            return report(Event::Kind::disconnected);
        }
        return fail_with({Category::timeout, "no answer", {}, {}, "dlms.hdlc.silent"});
    }
    ++attempt_;
    ++statistics_.retries;
    repeat(now);
}

void Client::pause(TimePoint now) {
    if (now >= patience_until_) {
        return fail_with({Category::timeout,
                          peer_busy_ ? "the meter says that it is not ready (RNR), and does not become so"
                                     : "the meter takes the request, and does not answer it",
                          {},
                          {"a longer --timeout"},
                          "dlms.hdlc.busy"});
    }
    state_ = State::pausing;
    deadline_ = now + settings_.poll_pause;
}

/// The meter has ended its turn.
void Client::take_turn(TimePoint now) {
    if (progress_) { attempt_ = 0; }
    if (out_.unacknowledged() > 0) {
        if (!progress_ && !peer_busy_ && ++attempt_ > settings_.retries) {
            return fail_with({Category::untrusted,
                              "the meter does not take the frames that it is sent",
                              {},
                              {},
                              "dlms.hdlc.sequence"});
        }
        ++statistics_.retries;
        out_.rewind();
    }
    if (peer_busy_ && !out_.empty()) { return pause(now); }
    if (!out_.empty()) { return transmit_window(now); }
    if (in_.open() || missed_something_) {
        if (!progress_ && ++attempt_ > settings_.retries) {
            return fail_with({Category::untrusted,
                              "the meter does not send what is missing of its message",
                              {},
                              {},
                              "dlms.hdlc.sequence"});
        }
        return transmit_ready(now);
    }
    if (awaits_message_ && !said_something_) { return pause(now); }
    state_ = State::idle;
    if (!said_something_) { report(Event::Kind::answered); }
}

void Client::receive(ByteView octets, TimePoint now) {
    if (octets.empty()) { return; }
    last_octet_ = now;
    receiver_.append(octets);
    while (const auto frame = receiver_.next()) { take(*frame, now); }
}

void Client::advance(TimePoint now) {
    if (receiver_.waiting()) {
        if (now - last_octet_ < settings_.inter_octet) { return; }
        while (const auto frame = receiver_.next(true)) { take(*frame, now); }
    }
    if (state_ == State::disconnected || now < next_deadline().value_or(TimePoint::max())) { return; }
    if (state_ == State::idle) { return poll(now); }
    if (state_ != State::pausing) { return timed_out(now); }
    const bool may_send = !out_.empty() && !peer_busy_;
    may_send ? transmit_window(now) : transmit_ready(now);
}

std::optional<TimePoint> Client::next_deadline() const {
    if (receiver_.waiting()) { return last_octet_ + settings_.inter_octet; }
    if (state_ == State::disconnected) { return std::nullopt; }
    if (state_ != State::idle) { return deadline_; }
    if (settings_.keep_alive == Duration::zero()) { return std::nullopt; }
    return deadline_ + settings_.keep_alive;
}

void Client::sent(TimePoint now) {
    if (state_ != State::idle && state_ != State::pausing) {
        deadline_ = std::max(deadline_, now + settings_.response);
    }
}

std::vector<Bytes> Client::take_transmissions() {
    return std::exchange(transmissions_, {});
}

std::vector<Event> Client::take_events() {
    std::vector<Event> events(std::make_move_iterator(events_.begin()), std::make_move_iterator(events_.end()));
    events_.clear();
    return events;
}

std::vector<Bytes> Client::frames_of(ByteView apdu) const {
    Outgoing out = out_;
    out.add(with_llc(apdu), negotiated_.max_info_transmit);
    std::vector<Bytes> octets;
    auto frames = out.window(out.segments());
    for (auto& frame : frames) {
        frame.destination = settings_.server;
        frame.source = settings_.client;
        frame.control.receive = in_.next();
        const auto place = static_cast<std::size_t>(&frame - frames.data()) + 1;
        frame.control.poll_final = place % negotiated_.window_transmit == 0 || place == frames.size();
        octets.push_back(encode(frame));
    }
    return octets;
}

} // namespace meterctl::codecs::dlms::hdlc

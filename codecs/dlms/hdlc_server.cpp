#include "codecs/dlms/hdlc_server.hpp"

#include <algorithm>
#include <array>

namespace meterctl::codecs::dlms::hdlc {
namespace {

constexpr std::array<std::uint8_t, llc_octets> response_llc{0xE6, 0xE7, 0x00};

Bytes with_llc(ByteView apdu) {
    return ByteWriter().bytes(response_llc).bytes(apdu).take();
}

} // namespace

bool Server::serves(const Address& address) const {
    const bool wide = address.size > 2;
    const auto all = wide ? all_stations_long : all_stations_short;
    const bool device = std::ranges::find(settings_.logical, address.logical) != settings_.logical.end();
    if (!address.physical) { return device; }
    return (device || address.logical == all) && (address.physical == settings_.physical || address.physical == all);
}

void Server::reset() {
    connected_ = has_word_ = owes_reply_ = false;
    rejected_.reset();
    out_.reset();
    in_.reset();
}

void Server::report(ServerEvent::Kind kind, const Frame& frame, Bytes apdu) {
    events_.push_back({kind, frame.source.logical, frame.destination.logical, std::move(apdu)});
}

void Server::transmit(FrameType type, Bytes information) {
    Frame frame;
    frame.destination = client_;
    frame.source = own_;
    frame.control.type = type;
    frame.control.poll_final = true;
    frame.control.receive = in_.next();
    frame.information = std::move(information);
    transmissions_.push_back(encode(frame));
}

void Server::receive(ByteView octets, TimePoint now) {
    if (octets.empty()) { return; }
    last_octet_ = now;
    receiver_.append(octets);
    while (const auto frame = receiver_.next()) { take(*frame, now); }
}

void Server::advance(TimePoint now) {
    if (receiver_.waiting() && now - last_octet_ >= settings_.inter_octet) {
        while (const auto frame = receiver_.next(true)) { take(*frame, now); }
    }
    if (has_word_ && now >= speak_by_) {
        has_word_ = false;
        transmit(busy_ ? FrameType::rnr : FrameType::rr);
    }
    const bool silent = settings_.inactivity > Duration::zero() && now - last_frame_ >= settings_.inactivity;
    if (connected_ && silent) { disconnect(); }
}

std::optional<TimePoint> Server::next_deadline() const {
    std::optional<TimePoint> next;
    const auto by = [&](TimePoint when) { next = next ? std::min(*next, when) : when; };
    if (receiver_.waiting()) { by(last_octet_ + settings_.inter_octet); }
    if (has_word_) { by(speak_by_); }
    if (connected_ && settings_.inactivity > Duration::zero()) { by(last_frame_ + settings_.inactivity); }
    return next;
}

void Server::take(const Frame& frame, TimePoint now) {
    if (!serves(frame.destination)) { return; }
    last_frame_ = now;
    if (frame.control.type == FrameType::ui) { return take_unnumbered(frame); }
    const bool all = is_broadcast(frame.destination);
    if (all && frame.destination.physical) { return; } // nobody answers what is said to all
    const bool same = connected_ && frame.source == client_ && frame.destination == own_;
    if (frame.control.type == FrameType::snrm) { return connect(frame); }
    if (!same) { return take_unconnected(frame); }
    if (frame.control.type == FrameType::disc) {
        disconnect();
        return transmit(FrameType::ua);
    }
    take_in_connection(frame, now);
}

void Server::connect(const Frame& frame) {
    const auto wanted = decode_parameters(frame.information);
    if (!wanted) { return; }
    if (connected_) { disconnect(); }
    reset();
    client_ = frame.source;
    own_ = frame.destination;
    connected_ = true;
    negotiated_ = negotiate(settings_.empty_ua ? Parameters() : settings_.most, *wanted);
    report(ServerEvent::Kind::connected, frame);
    transmit(FrameType::ua, settings_.empty_ua ? Bytes() : encode(negotiated_));
}

void Server::disconnect() {
    connected_ = false;
    events_.push_back({ServerEvent::Kind::disconnected, client_.logical, own_.logical, {}});
    reset();
}

/// Only SNRM connects; the answer to all else is DM.
void Server::take_unconnected(const Frame& frame) {
    if (!frame.control.poll_final || connected_) { return; }
    client_ = frame.source;
    own_ = frame.destination;
    transmit(FrameType::dm);
}

void Server::take_unnumbered(const Frame& frame) {
    auto apdu = frame.information;
    if (has_llc(apdu)) { apdu.erase(apdu.begin(), apdu.begin() + llc_octets); }
    report(ServerEvent::Kind::unnumbered, frame, std::move(apdu));
}

void Server::reject(const Frame& frame, Reject reason) {
    reason.control = encode(frame.control);
    reason.send = out_.next();
    reason.receive = in_.next();
    rejected_ = encode(reason);
    transmit(FrameType::frmr, *rejected_);
}

void Server::take_in_connection(const Frame& frame, TimePoint now) {
    if (rejected_) { return transmit(FrameType::frmr, *rejected_); }
    const auto type = frame.control.type;
    Reject reason;
    reason.unknown_control = type != FrameType::i && type != FrameType::rr && type != FrameType::rnr;
    reason.information_unwanted = type != FrameType::i && !frame.information.empty();
    reason.too_long = frame.information.size() > negotiated_.max_info_receive;
    if (reason.unknown_control || reason.information_unwanted || reason.too_long) { return reject(frame, reason); }
    if (!out_.acknowledge(frame.control.receive)) {
        reason.bad_receive_number = true;
        return reject(frame, reason);
    }
    if (type == FrameType::i) { take_information(frame); }
    if (!connected_ || !frame.control.poll_final) { return; }
    out_.rewind();
    has_word_ = true;
    speak_by_ = now + settings_.patience;
    if (type == FrameType::rnr) {
        has_word_ = false;
        return transmit(FrameType::rr);
    }
    speak(now);
}

void Server::take_information(const Frame& frame) {
    if (busy_) { return; }
    const auto taken = in_.take(frame);
    if (taken != Incoming::Taken::message) { return; }
    owes_reply_ = true;
    report(ServerEvent::Kind::message, frame, in_.take_message());
}

/// The client waits. What there is to say is said; where a reply is still owed, it may come until advance() ends the
/// wait.
void Server::speak(TimePoint /*now*/) {
    if (!has_word_ || (out_.all_sent() && owes_reply_ && !busy_)) { return; }
    has_word_ = false;
    if (out_.all_sent() || busy_) { return transmit(busy_ ? FrameType::rnr : FrameType::rr); }
    auto frames = out_.window(negotiated_.window_transmit);
    for (auto& frame : frames) {
        frame.destination = client_;
        frame.source = own_;
        frame.control.receive = in_.next();
        frame.control.poll_final = &frame == &frames.back();
        transmissions_.push_back(encode(frame));
    }
}

void Server::reply(ByteView apdu, TimePoint now) {
    if (!connected_) { return; }
    owes_reply_ = false;
    out_.add(with_llc(apdu), negotiated_.max_info_transmit);
    speak(now);
}

void Server::notify(std::uint16_t client, ByteView apdu, std::uint16_t logical) {
    Frame frame;
    frame.destination = client_address(client);
    frame.source = server_address(logical, settings_.physical).value_or(Address());
    frame.control.type = FrameType::ui;
    frame.control.poll_final = true;
    frame.information = with_llc(apdu);
    transmissions_.push_back(encode(frame));
}

} // namespace meterctl::codecs::dlms::hdlc

#include "codecs/bacnet/mstp_receiver.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::bacnet::mstp {
namespace {

constexpr std::uint8_t preamble1 = 0x55, preamble2 = 0xFF;

} // namespace

std::optional<Heard> Receiver::give_up(std::string fault) {
    const bool in_frame = state_ != State::idle && state_ != State::preamble;
    Heard heard;
    if (octets_.size() >= frame_header) {
        const auto header = read_header(octets_);
        if (header.crc_good) { heard.frame = {header.type, header.destination, header.source, {}}; }
    }
    heard.fault = std::move(fault);
    state_ = State::idle;
    octets_.clear();
    return in_frame ? std::optional(std::move(heard)) : std::nullopt;
}

std::optional<Heard> Receiver::advance(TimePoint now) {
    if (state_ == State::idle || now - last_ < frame_abort_) { return std::nullopt; }
    return give_up(fmt::format("the frame stopped after {} octets", octets_.size()));
}

std::optional<TimePoint> Receiver::next_deadline() const {
    return state_ == State::idle ? std::nullopt : std::optional(last_ + frame_abort_);
}

std::optional<Heard> Receiver::error(TimePoint now) {
    last_ = now;
    ++events_;
    return give_up("a framing error");
}

std::optional<Heard> Receiver::end_of_header() {
    const auto header = read_header(octets_);
    if (!header.crc_good) { return give_up("the header CRC is wrong"); }
    if (header.length == 0) { return end_of_data(); }
    remaining_ = header.frame_octets() - frame_header;
    if (header.frame_octets() > max_frame) { return give_up(header.fault()); } // no line is deaf for so long
    const bool wanted = for_us(header.destination) && header.fault().empty();
    state_ = wanted ? State::data : State::skip_data;
    return std::nullopt;
}

std::optional<Heard> Receiver::end_of_data() {
    auto frame = decode(octets_);
    if (!frame) { return give_up(frame.error().what); }
    Heard heard;
    heard.valid = true;
    heard.for_us = for_us(frame->destination);
    heard.frame = std::move(*frame);
    state_ = State::idle;
    octets_.clear();
    return heard;
}

std::optional<Heard> Receiver::octet(std::uint8_t octet, TimePoint now) {
    auto stopped = advance(now);
    last_ = now;
    ++events_;
    switch (state_) {
    case State::idle:
        if (octet == preamble1) {
            state_ = State::preamble;
            octets_.assign(1, octet);
        }
        return stopped;
    case State::preamble:
        if (octet == preamble2) {
            state_ = State::header;
            octets_.push_back(octet);
        } else if (octet != preamble1) {
            state_ = State::idle;
            octets_.clear();
        }
        return stopped;
    case State::header:
        octets_.push_back(octet);
        return octets_.size() == frame_header ? end_of_header() : std::nullopt;
    default:
        octets_.push_back(octet);
        return --remaining_ == 0 ? end_of_data() : std::nullopt;
    }
}

} // namespace meterctl::codecs::bacnet::mstp

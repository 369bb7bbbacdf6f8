// The receive frame state machine of MS/TP (clause 9.5.4): octets and silences in, frames out. It takes in the frames
// of others too, so that who only listens sees the whole line.
#pragma once

#include "codecs/bacnet/mstp_frame.hpp"

#include <chrono>

namespace meterctl::codecs::bacnet::mstp {

using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::nanoseconds;

/// What the machine found.
struct Heard {
    bool valid = false;
    bool for_us = false; ///< sent to this station or to all
    Frame frame;         ///< of an invalid one, what of its header is sure
    std::string fault;   ///< of an invalid one
};

class Receiver {
public:
    enum class State : std::uint8_t { idle, preamble, header, data, skip_data };

    /// `frame_abort`: the silence that ends a frame early.
    Receiver(std::uint8_t station, Duration frame_abort) : station_(station), frame_abort_(frame_abort) {}

    std::optional<Heard> octet(std::uint8_t octet, TimePoint now);
    /// A framing or parity error, or a break.
    std::optional<Heard> error(TimePoint now);
    /// The time; a frame that stopped in its middle is given up.
    std::optional<Heard> advance(TimePoint now);
    /// When advance() next matters; nullopt between frames.
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;

    [[nodiscard]] State state() const { return state_; }
    [[nodiscard]] TimePoint last_octet() const { return last_; }
    /// Octets and errors since the last call of reset_events: EventCount.
    [[nodiscard]] std::uint64_t events() const { return events_; }
    void reset_events() { events_ = 0; }

private:
    std::optional<Heard> give_up(std::string fault);
    std::optional<Heard> end_of_header();
    std::optional<Heard> end_of_data();
    [[nodiscard]] bool for_us(std::uint8_t destination) const {
        return destination == station_ || destination == broadcast;
    }

    std::uint8_t station_;
    Duration frame_abort_;
    State state_ = State::idle;
    Bytes octets_;              ///< from the preamble on
    std::size_t remaining_ = 0; ///< octets of the frame that are still to come
    TimePoint last_{};
    std::uint64_t events_ = 0;
};

} // namespace meterctl::codecs::bacnet::mstp

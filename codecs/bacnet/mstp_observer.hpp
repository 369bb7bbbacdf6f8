// What listening tells of an MS/TP line: who has the token and to whom it goes, which addresses are polled in vain, how
// long a rotation takes, what went wrong. It never sends, and needs no address of its own.
#pragma once

#include "codecs/bacnet/mstp_receiver.hpp"

#include <array>

namespace meterctl::codecs::bacnet::mstp {

struct StationSeen {
    bool master = false;                   ///< held a token, polled, or answered a poll
    std::optional<std::uint8_t> successor; ///< to whom it last passed the token
    std::uint64_t frames = 0;              ///< sent by it
    std::uint64_t tokens = 0;              ///< passed by it
    std::uint64_t polled = 0;              ///< polls for master at this address
    std::uint64_t polls_answered = 0;      ///< by it
    std::uint64_t replies_postponed = 0;   ///< by it
};

struct RingCounters {
    std::uint64_t frames = 0, invalid_frames = 0;
    std::uint64_t token_retries = 0;       ///< a token was passed twice in a row to the same station
    std::uint64_t tokens_lost = 0;         ///< a silence of Tno_token ended in a poll: a token was made anew
    std::uint64_t requests_unanswered = 0; ///< the token went on instead of a reply
};

class RingObserver {
public:
    explicit RingObserver(Duration Tno_token = std::chrono::milliseconds(500)) : Tno_token_(Tno_token) {}

    /// In the order heard: MasterSettings::observe, or a Receiver's frames.
    void heard(const Heard& heard, TimePoint now);

    [[nodiscard]] const StationSeen& station(std::uint8_t address) const { return stations_[address]; }
    /// In the order of their addresses.
    [[nodiscard]] std::vector<std::uint8_t> masters() const;
    /// The shortest and the longest time from a station's token to its next one; nullopt before one went round.
    [[nodiscard]] std::optional<std::pair<Duration, Duration>> rotation() const;
    [[nodiscard]] const RingCounters& counters() const { return counters_; }
    /// Addresses that a new node can take and be admitted at: polled, never answered, never a source.
    [[nodiscard]] std::vector<std::uint8_t> free_addresses() const;

private:
    void token(const Frame& frame, TimePoint now);

    Duration Tno_token_;
    std::array<StationSeen, 256> stations_{};
    std::array<std::optional<TimePoint>, 256> token_at_{}; ///< when a station last got the token
    std::optional<Frame> last_;
    std::optional<TimePoint> last_time_;
    std::optional<std::pair<Duration, Duration>> rotation_;
    RingCounters counters_;
};

} // namespace meterctl::codecs::bacnet::mstp

// One direction of a TCP connection put back into order: retransmissions dropped, early segments held back until what
// is missing before them arrives, or until it is sure that the capture lacks it.
#pragma once

#include "src/core/bytes.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace meterctl::transports {

using CaptureTime = std::optional<std::chrono::nanoseconds>;

struct TcpPiece {
    ByteView octets; ///< holds during the call only
    CaptureTime time;
    std::uint64_t frame = 0;
    bool gap = false; ///< octets are missing before these
};

struct TcpCounters {
    std::uint64_t retransmitted = 0; ///< octets
    std::uint64_t out_of_order = 0;  ///< segments
    std::uint64_t gaps = 0;
    std::uint64_t lost = 0; ///< octets, where the sequence numbers tell
    std::size_t held = 0;   ///< octets held back now, by all that share these counters
};

class TcpDirection {
public:
    using Emit = std::function<void(const TcpPiece&)>;

    explicit TcpDirection(TcpCounters& counters) : counters_(&counters) {}

    /// Octets of a segment; a connection seen from its middle starts at the first.
    void segment(std::uint32_t sequence, bool syn, const TcpPiece& piece, std::uint32_t missing, const Emit& emit);
    /// The other side has all octets before `number`: those the capture lacks will not come.
    void acknowledged(std::uint32_t number, const Emit& emit);
    /// Gives what is held back.
    void flush(const Emit& emit);
    /// Octets held back.
    [[nodiscard]] std::size_t held() const { return held_octets_; }

private:
    struct Held {
        std::uint32_t sequence;
        Bytes octets;
        CaptureTime time;
        std::uint64_t frame;
    };

    void deliver(std::uint32_t sequence, const TcpPiece& piece, const Emit& emit);
    void hold(std::uint32_t sequence, const TcpPiece& piece);
    void release(const Emit& emit);
    void jump(std::uint32_t sequence, bool countable);
    [[nodiscard]] bool must_release(CaptureTime now) const;

    TcpCounters* counters_;
    std::vector<Held> held_; ///< by sequence
    std::size_t held_octets_ = 0;
    std::uint32_t next_ = 0;
    std::uint32_t acknowledged_ = 0;
    bool started_ = false, gap_ = false, acknowledgment_seen_ = false;
    CaptureTime waiting_since_;
};

} // namespace meterctl::transports

// What is seen of an input from time to time, as edges: changes that came and went unseen are known by the driver's
// count, or by an edge that goes where the level was already.
#pragma once

#include "transports/edges.hpp"
#include "transports/modem_inputs.hpp"

#include <deque>

namespace meterctl::transports {

class EdgeWatch {
public:
    /// `counts_pulses`: the count goes up once a pulse, at its end, as the ring indicator's does.
    EdgeWatch(InputState at_first, bool active_low, bool counts_pulses);

    /// The input as it is at `time`.
    void see(Duration time, InputState state);
    /// An edge that the driver tells of by itself.
    void edge(Duration time, bool level);
    /// The oldest edge that was not taken.
    std::optional<Edge> take();
    /// The level now, true in a pulse.
    [[nodiscard]] bool level() const { return level_ != active_low_; }

private:
    void push(Duration time, bool level, std::uint64_t missed);
    void push_pulse(Duration time, std::uint64_t lost);

    bool level_;
    std::optional<std::uint32_t> count_;
    bool active_low_, counts_pulses_;
    std::uint64_t ahead_ = 0; ///< changes seen by level, not yet by count
    std::deque<Edge> edges_;
};

} // namespace meterctl::transports

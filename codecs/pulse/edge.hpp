// A change of level at a pulse input, and the pulse output's own words for it (IEC 62053-31: the output is "on" while
// it conducts).
#pragma once

#include <chrono>
#include <cstdint>

namespace meterctl::codecs::pulse {

struct Edge {
    /// On the input's own clock: the steady clock of this machine where it is watched live, the file's own times where
    /// it was recorded.
    std::chrono::nanoseconds time{};
    /// True from this edge on: the output is on, a pulse has begun.
    bool level = false;
    /// Edges that are known to be lost between the one before and this.
    std::uint64_t missed = 0;

    friend bool operator==(const Edge&, const Edge&) = default;
};

} // namespace meterctl::codecs::pulse

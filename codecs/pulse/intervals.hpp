// Intervals between pulses, judged by their neighbours: which of them lack pulses, and which pulses are too many.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace meterctl::codecs::pulse {

/// The medians of the neighbouring intervals on either side; unset where there are none.
struct Neighbours {
    std::optional<double> before, after;

    /// Their mean, or the one there is.
    [[nodiscard]] std::optional<double> typical() const;
};

/// Of the stretch [first, past) of `intervals`, which is left out itself.
Neighbours neighbours(std::span<const double> intervals, std::size_t first, std::size_t past);

/// Indices of the pulses that are too many: those within an interval's length that others have without them. Interval i
/// lies between pulses i and i + 1.
std::vector<std::size_t> extra_pulses(std::span<const double> intervals);

/// How many periods an interval holds: 1, or up to 5 where pulses are missing; 0 for what is no multiple.
unsigned periods_in(double interval, const Neighbours& around);

} // namespace meterctl::codecs::pulse

// What a row of pulses shows: widths, gaps, periods, jitter, bounce, and pulses that are missing or too many. Each
// interval is judged by the medians of its neighbours on either side, so that a load that changes, slowly or at once,
// is not taken for a missing pulse: a step of the load has its new period on one side.
#pragma once

#include "codecs/pulse/debouncer.hpp"
#include "codecs/pulse/statistics.hpp"

#include <span>
#include <string_view>

namespace meterctl::codecs::pulse {

/// Pulses that should have come between `after` and the next one.
struct Missing {
    nanoseconds after{};
    unsigned count = 0;

    friend bool operator==(const Missing&, const Missing&) = default;
};

/// One pulse and the period that the load had around it.
struct PulseFigures {
    double width = 0;  ///< ms; 0 where its end is not known
    double period = 0; ///< ms, of its neighbourhood; 0 where there are too few pulses to tell
};

struct Analysis {
    std::size_t pulses = 0;    ///< those that begin
    std::size_t intervals = 0; ///< from the beginning of the first to that of the last: pulses - 1
    nanoseconds first{}, last{};
    Statistics width, gap, period; ///< ms; periods without those that lack a pulse or have one too many
    Statistics jitter;             ///< ms: how far periods are off the median of their neighbours
    std::size_t bounced = 0;       ///< pulses with edges too many
    std::size_t bounces = 0;       ///< those edges
    double bounce = 0;             ///< ms, the longest
    std::vector<Missing> missing;
    std::size_t missing_count = 0;
    std::vector<nanoseconds> extra; ///< the beginnings of pulses too many
    std::uint64_t spikes = 0, lost_edges = 0;
    std::vector<PulseFigures> figures; ///< a row a pulse
};

Analysis analyse(std::span<const Pulse> pulses);
/// The same with what the debouncer counted.
Analysis analyse(const Debouncer& debouncer);

/// Impulses per kWh (kvarh) and a period in ms as power in W (var): 3.6e6 / (constant x period in s).
inline double power_of(double constant, double period_ms) {
    return 3.6e9 / (constant * period_ms);
}

/// The period in ms at this power in W.
inline double period_at(double constant, double watts) {
    return 3.6e9 / (constant * watts);
}

inline double milliseconds(nanoseconds time) {
    return static_cast<double>(time.count()) / 1e6;
}

} // namespace meterctl::codecs::pulse

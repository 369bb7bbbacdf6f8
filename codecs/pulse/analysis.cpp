#include "codecs/pulse/analysis.hpp"

#include "codecs/pulse/intervals.hpp"

#include <algorithm>
#include <cmath>

namespace meterctl::codecs::pulse {

namespace {

std::vector<double> intervals_of(std::span<const nanoseconds> times) {
    std::vector<double> intervals;
    for (std::size_t i = 1; i < times.size(); ++i) { intervals.push_back(milliseconds(times[i] - times[i - 1])); }
    return intervals;
}

std::vector<nanoseconds> beginnings(std::span<const Pulse> pulses) {
    std::vector<nanoseconds> times;
    for (const Pulse& pulse : pulses) { times.push_back(pulse.on); }
    return times;
}

/// The times without those of pulses too many.
std::vector<nanoseconds> without_extra(std::span<const nanoseconds> times, Analysis& analysis) {
    std::vector<nanoseconds> kept;
    const std::vector<std::size_t> extra = extra_pulses(intervals_of(times));
    auto next = extra.begin();
    for (std::size_t i = 0; i < times.size(); ++i) {
        if (next != extra.end() && *next == i) {
            analysis.extra.push_back(times[i]);
            ++next;
        } else {
            kept.push_back(times[i]);
        }
    }
    return kept;
}

void measure_periods(std::span<const nanoseconds> times, Analysis& analysis) {
    const std::vector<double> intervals = intervals_of(times);
    std::vector<double> periods, jitter;
    for (std::size_t i = 0; i < intervals.size(); ++i) {
        const Neighbours around = neighbours(intervals, i, i + 1);
        const unsigned count = periods_in(intervals[i], around);
        if (count > 1) {
            analysis.missing.push_back({times[i], count - 1});
            analysis.missing_count += count - 1;
        }
        if (count != 1) { continue; }
        periods.push_back(intervals[i]);
        if (const auto usual = around.typical()) { jitter.push_back(std::abs(intervals[i] - *usual)); }
    }
    analysis.period = statistics(periods);
    analysis.jitter = statistics(jitter);
}

void measure_widths(std::span<const Pulse> pulses, Analysis& analysis) {
    std::vector<double> widths, gaps;
    for (std::size_t i = 0; i < pulses.size(); ++i) {
        const Pulse& pulse = pulses[i];
        PulseFigures& figures = analysis.figures.emplace_back();
        analysis.bounces += pulse.bounces;
        analysis.bounced += pulse.bounces > 0 ? 1 : 0;
        analysis.bounce = std::max(analysis.bounce, milliseconds(pulse.bounce));
        if (!pulse.off) { continue; }
        figures.width = milliseconds(*pulse.off - pulse.on);
        widths.push_back(figures.width);
        if (i + 1 < pulses.size()) { gaps.push_back(milliseconds(pulses[i + 1].on - *pulse.off)); }
    }
    analysis.width = statistics(widths);
    analysis.gap = statistics(gaps);
}

/// The period around each pulse, of the pulses without those too many.
void set_local_periods(std::span<const Pulse> pulses, std::span<const nanoseconds> times, Analysis& analysis) {
    const std::vector<double> intervals = intervals_of(times);
    if (intervals.empty()) { return; }
    std::size_t at = 0;
    for (std::size_t i = 0; i < pulses.size(); ++i) {
        while (at + 1 < intervals.size() && times[at + 1] <= pulses[i].on) { ++at; }
        const auto usual = neighbours(intervals, at, at + 1).typical();
        analysis.figures[i].period = usual.value_or(intervals[at]);
    }
}

} // namespace

Analysis analyse(std::span<const Pulse> pulses) {
    Analysis analysis;
    analysis.pulses = pulses.size();
    if (pulses.empty()) { return analysis; }
    analysis.intervals = pulses.size() - 1;
    analysis.first = pulses.front().on;
    analysis.last = pulses.back().on;
    measure_widths(pulses, analysis);
    const std::vector<nanoseconds> times = without_extra(beginnings(pulses), analysis);
    measure_periods(times, analysis);
    set_local_periods(pulses, times, analysis);
    return analysis;
}

Analysis analyse(const Debouncer& debouncer) {
    Analysis analysis = analyse(debouncer.pulses());
    analysis.spikes = debouncer.spikes();
    analysis.lost_edges = debouncer.lost_edges();
    return analysis;
}

} // namespace meterctl::codecs::pulse

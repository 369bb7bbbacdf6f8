#include "codecs/pulse/intervals.hpp"

#include "codecs/pulse/statistics.hpp"

#include <algorithm>
#include <cmath>

namespace meterctl::codecs::pulse {

namespace {

/// Few, so that they follow the load; enough that two odd ones among them do not move the median.
constexpr std::size_t neighbours_a_side = 5;
/// Several extra pulses in one period.
constexpr std::size_t most_pieces = 4;
constexpr double sum_tolerance = 0.2;
constexpr double whole = 0.9; ///< a piece of a period is less than this share of it
/// A longer silence is one of the load: so many pulses in a row do not get lost.
constexpr unsigned most_periods = 5;
constexpr double least_excess = 1.5;

std::optional<double> median_of(std::span<const double> intervals) {
    if (intervals.empty()) { return std::nullopt; }
    return median({intervals.begin(), intervals.end()});
}

bool is_one_period(double sum, std::span<const double> pieces, const Neighbours& around) {
    const auto fits = [&](const std::optional<double>& usual) {
        if (!usual) { return true; }
        const bool shorter = std::ranges::all_of(pieces, [&](double piece) { return piece < whole * *usual; });
        return shorter && std::abs(sum - *usual) <= sum_tolerance * *usual;
    };
    return around.typical().has_value() && fits(around.before) && fits(around.after);
}

/// How many intervals from `first` on are the pieces of one period; 1 where it is one itself.
std::size_t pieces_at(std::span<const double> intervals, std::size_t first) {
    double sum = intervals[first];
    for (std::size_t count = 2; count <= most_pieces && first + count <= intervals.size(); ++count) {
        sum += intervals[first + count - 1];
        const Neighbours around = neighbours(intervals, first, first + count);
        if (is_one_period(sum, intervals.subspan(first, count), around)) { return count; }
    }
    return 1;
}

} // namespace

std::optional<double> Neighbours::typical() const {
    if (before && after) { return (*before + *after) / 2; }
    return before ? before : after;
}

Neighbours neighbours(std::span<const double> intervals, std::size_t first, std::size_t past) {
    const std::size_t from = first > neighbours_a_side ? first - neighbours_a_side : 0;
    const std::size_t behind = std::min(neighbours_a_side, intervals.size() - past);
    return {median_of(intervals.subspan(from, first - from)), median_of(intervals.subspan(past, behind))};
}

std::vector<std::size_t> extra_pulses(std::span<const double> intervals) {
    std::vector<std::size_t> extra;
    for (std::size_t i = 0; i < intervals.size();) {
        const std::size_t pieces = pieces_at(intervals, i);
        for (std::size_t pulse = i + 1; pulse < i + pieces; ++pulse) { extra.push_back(pulse); }
        i += pieces;
    }
    return extra;
}

unsigned periods_in(double interval, const Neighbours& around) {
    const auto usual = around.typical();
    if (!usual) { return 1; }
    const double longest = std::max(around.before.value_or(*usual), around.after.value_or(*usual));
    if (interval < least_excess * longest) { return 1; }
    const double ratio = interval / *usual;
    const double count = std::round(ratio);
    // A load that drifts makes each of the missing periods a little different.
    const bool multiple = std::abs(ratio - count) <= 0.05 + 0.1 * count;
    return multiple && count <= most_periods ? static_cast<unsigned>(count) : 0;
}

} // namespace meterctl::codecs::pulse

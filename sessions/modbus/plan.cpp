#include "sessions/modbus/plan.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace meterctl::sessions::modbus {

namespace {

unsigned limit_of(Table table, const PlanLimits& limits) {
    const bool bits = table == Table::coil || table == Table::discrete;
    return bits ? limits.max_bits : limits.max_registers;
}

/// The readable block that holds the range; nullptr when none does.
const Range* block_of(const Range& range, const std::vector<Range>& readable) {
    const auto found =
        std::find_if(readable.begin(), readable.end(), [&range](const Range& block) { return block.contains(range); });
    return found == readable.end() ? nullptr : &*found;
}

bool may_join(const Range& block, const Range& next, const Range& joined, const PlanLimits& limits) {
    if (block.table != next.table || joined.count() > limit_of(joined.table, limits)) { return false; }
    if (next.first > block.end + limits.max_gap) { return false; }
    const bool gap = next.first > block.end;
    if (!limits.readable.empty() && block_of(joined, limits.readable) == nullptr) {
        const bool outside_both =
            block_of(block, limits.readable) == nullptr && block_of(next, limits.readable) == nullptr;
        if (gap || !outside_both) { return false; }
    }
    return std::none_of(limits.refused.begin(), limits.refused.end(),
                        [&joined](const Range& refused) { return joined.contains(refused); });
}

Range join(const Range& a, const Range& b) {
    return {a.table, std::min(a.first, b.first), std::max(a.end, b.end)};
}

PlannedRead make_read(std::span<const std::size_t> values, std::span<const Range> wanted) {
    PlannedRead read{wanted[values.front()], {values.begin(), values.end()}};
    for (const std::size_t value : values) { read.range = join(read.range, wanted[value]); }
    return read;
}

/// Index in `values` of the first value behind each gap.
std::vector<std::size_t> gaps_in(const PlannedRead& read, std::span<const Range> wanted, std::vector<Range>& gaps) {
    std::vector<std::size_t> starts;
    unsigned end = wanted[read.values.front()].end;
    for (std::size_t i = 1; i < read.values.size(); ++i) {
        const Range& next = wanted[read.values[i]];
        if (next.first > end) {
            starts.push_back(i);
            gaps.push_back({next.table, end, next.first});
        }
        end = std::max(end, next.end);
    }
    return starts;
}

/// The value that begins nearest to the middle of the range.
std::size_t middle_of(const PlannedRead& read, std::span<const Range> wanted) {
    const unsigned middle = read.range.first + read.range.count() / 2;
    std::size_t at = 1;
    while (at + 1 < read.values.size() && wanted[read.values[at]].first < middle) { ++at; }
    return at;
}

} // namespace

std::vector<PlannedRead> plan_reads(std::span<const Range> wanted, const PlanLimits& limits) {
    std::vector<std::size_t> order(wanted.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [wanted](std::size_t a, std::size_t b) {
        return std::tuple(wanted[a].table, wanted[a].first, wanted[a].end) <
               std::tuple(wanted[b].table, wanted[b].first, wanted[b].end);
    });
    std::vector<PlannedRead> plan;
    for (const std::size_t index : order) {
        const Range& next = wanted[index];
        if (!plan.empty()) {
            PlannedRead& last = plan.back();
            const Range joined = join(last.range, next);
            if (joined == last.range || may_join(last.range, next, joined, limits)) {
                last.range = joined;
                last.values.push_back(index);
                continue;
            }
        }
        plan.push_back({next, {index}});
    }
    return plan;
}

std::vector<PlannedRead> split_refused(const PlannedRead& refused, std::span<const Range> wanted, PlanLimits& limits) {
    if (refused.values.size() < 2) { return {}; }
    const std::size_t gaps_before = limits.refused.size();
    std::vector<std::size_t> starts = gaps_in(refused, wanted, limits.refused);
    if (limits.refused.size() == gaps_before) {
        limits.refused.push_back(refused.range);
        starts.push_back(middle_of(refused, wanted));
    }
    starts.push_back(refused.values.size());
    std::vector<PlannedRead> parts;
    std::size_t from = 0;
    for (const std::size_t to : starts) {
        parts.push_back(make_read(std::span(refused.values).subspan(from, to - from), wanted));
        from = to;
    }
    return parts;
}

} // namespace meterctl::sessions::modbus

#include "transports/edge_watch.hpp"

#include <algorithm>

namespace meterctl::transports {

EdgeWatch::EdgeWatch(InputState at_first, bool active_low, bool counts_pulses)
    : level_(at_first.level), count_(at_first.count), active_low_(active_low), counts_pulses_(counts_pulses) {}

void EdgeWatch::push(Duration time, bool level, std::uint64_t missed) {
    level_ = level;
    Edge made;
    made.time = time;
    made.level = this->level();
    made.missed = missed;
    edges_.push_back(made);
}

void EdgeWatch::edge(Duration time, bool level) {
    push(time, level, level == level_ ? 1 : 0);
}

void EdgeWatch::see(Duration time, InputState state) {
    const bool counted = state.count && count_;
    std::uint64_t changes = counted ? *state.count - *count_ : 0;
    count_ = state.count;
    if (counts_pulses_) {
        if (changes > 0) { push_pulse(time, changes - 1); }
        return;
    }
    const std::uint64_t known = std::min(changes, ahead_);
    changes -= known;
    ahead_ -= known;
    if (changes > 0) { push(time, changes % 2 == 1 ? !level_ : level_, changes - 1); }
    // Changed since the count was read, or by a driver that counts nothing.
    if (state.level != level_) {
        push(time, state.level, 0);
        ++ahead_;
    }
}

void EdgeWatch::push_pulse(Duration time, std::uint64_t lost) {
    push(time, !active_low_, 2 * lost);
    push(time, active_low_, 0);
}

std::optional<Edge> EdgeWatch::take() {
    if (edges_.empty()) { return std::nullopt; }
    const Edge first = edges_.front();
    edges_.pop_front();
    return first;
}

} // namespace meterctl::transports

#include "codecs/pulse/debouncer.hpp"

#include <algorithm>

namespace meterctl::codecs::pulse {

void Debouncer::start(const Edge& at) {
    level_ = at.level;
}

void Debouncer::edge(const Edge& edge) {
    const bool before = change_ ? change_->level : level_;
    lost_ += std::max<std::uint64_t>(edge.missed, edge.level == before ? 1 : 0);
    if (change_ && edge.time - change_->last < debounce_) {
        change_->last = edge.time;
        change_->level = edge.level;
        ++change_->edges;
        return;
    }
    settle();
    change_ = Change{edge.time, edge.time, 1, edge.level};
}

void Debouncer::reach(nanoseconds time) {
    if (change_ && time - change_->last >= debounce_) { settle(); }
}

void Debouncer::finish() {
    settle();
}

void Debouncer::settle() {
    if (!change_) { return; }
    const Change change = *change_;
    change_.reset();
    if (change.level == level_ && change.edges > 1) {
        ++spikes_;
        return;
    }
    // The same level twice in a row: the edge between was lost, so a pulse began or ended unseen.
    level_ = change.level;
    if (change.level) {
        begin_pulse(change);
    } else {
        end_pulse(change);
    }
}

void Debouncer::begin_pulse(const Change& change) {
    Pulse& pulse = pulses_.emplace_back();
    pulse.on = change.first;
    pulse.bounces = change.edges - 1;
    pulse.bounce = change.last - change.first;
    open_ = true;
}

void Debouncer::end_pulse(const Change& change) {
    if (!open_) { return; }
    Pulse& pulse = pulses_.back();
    pulse.off = change.first;
    pulse.bounces += change.edges - 1;
    pulse.bounce = std::max(pulse.bounce, change.last - change.first);
    open_ = false;
}

} // namespace meterctl::codecs::pulse

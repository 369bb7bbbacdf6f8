// Pulses and edges made for tests: the expected figures are those they are made with.
#pragma once

#include "codecs/pulse/debouncer.hpp"

#include <vector>

namespace meterctl::codecs::pulse::testing {

using namespace std::chrono_literals;

/// Pulses 20 ms wide that begin at these times in ms.
inline std::vector<Pulse> pulses_at(const std::vector<double>& milliseconds) {
    std::vector<Pulse> pulses;
    for (const double time : milliseconds) {
        Pulse pulse;
        pulse.on = nanoseconds(static_cast<std::int64_t>(time * 1e6));
        pulse.off = pulse.on + 20ms;
        pulses.push_back(pulse);
    }
    return pulses;
}

/// `count` times of one period in ms, from `period` on, without those of the indices in `lost`.
inline std::vector<double> times(std::size_t count, double period, const std::vector<std::size_t>& lost = {}) {
    std::vector<double> made;
    for (std::size_t i = 0; i < count; ++i) {
        bool there = true;
        for (const std::size_t index : lost) { there = there && index != i; }
        if (there) { made.push_back(static_cast<double>(i + 1) * period); }
    }
    return made;
}

/// Edges in turn, the first one on, at these times.
inline std::vector<Edge> edges_at(const std::vector<nanoseconds>& moments) {
    std::vector<Edge> edges;
    for (const nanoseconds moment : moments) { edges.push_back({moment, edges.size() % 2 == 0}); }
    return edges;
}

inline Debouncer debounced(const std::vector<Edge>& edges, nanoseconds debounce = 1ms) {
    Debouncer debouncer(debounce);
    debouncer.start({});
    for (const Edge& edge : edges) { debouncer.edge(edge); }
    debouncer.finish();
    return debouncer;
}

} // namespace meterctl::codecs::pulse::testing

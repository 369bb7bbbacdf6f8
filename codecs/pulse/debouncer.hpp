// From edges to pulses: the changes of level that follow each other faster than the debounce time are one change, which
// happened with the first of them (IEC 62053-31, 4.1.3.4: a transition includes the bounce of its contact).
#pragma once

#include "codecs/pulse/edge.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace meterctl::codecs::pulse {

using std::chrono::nanoseconds;

/// The time the output was on once.
struct Pulse {
    nanoseconds on{};
    std::optional<nanoseconds> off; ///< unset while it lasts, or where that edge was lost
    unsigned bounces = 0;           ///< edges beyond the one that each change needs
    nanoseconds bounce{};           ///< the longer of its two changes, from the first edge to the last

    friend bool operator==(const Pulse&, const Pulse&) = default;
};

class Debouncer {
public:
    explicit Debouncer(nanoseconds debounce) : debounce_(debounce) {}

    /// The level at which watching begins. A pulse that is on already is not counted, for its beginning is not known.
    void start(const Edge& at);
    /// In the order of their times.
    void edge(const Edge& edge);
    /// Nothing came until then.
    void reach(nanoseconds time);
    /// Nothing comes any more: what is changing has changed.
    void finish();

    /// Those begun, the oldest first.
    [[nodiscard]] const std::vector<Pulse>& pulses() const { return pulses_; }
    /// Changes that were taken back within the debounce time: the level is what it was.
    [[nodiscard]] std::uint64_t spikes() const { return spikes_; }
    /// Edges that the input is known to have lost.
    [[nodiscard]] std::uint64_t lost_edges() const { return lost_; }

private:
    struct Change {
        nanoseconds first{}, last{};
        unsigned edges = 1;
        bool level = false;
    };

    void settle();
    void begin_pulse(const Change& change);
    void end_pulse(const Change& change);

    nanoseconds debounce_;
    bool level_ = false; ///< the last that stayed
    bool open_ = false;  ///< the last pulse lasts
    std::optional<Change> change_;
    std::vector<Pulse> pulses_;
    std::uint64_t spikes_ = 0, lost_ = 0;
};

} // namespace meterctl::codecs::pulse

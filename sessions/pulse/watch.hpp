// Watching a pulse input until enough pulses came: edges in, debounced pulses out.
#pragma once

#include "codecs/pulse/debouncer.hpp"
#include "transports/edges.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace meterctl::sessions::pulse {

using codecs::pulse::Edge;

/// When a watch is over; whichever comes first. Nothing set: a record is read to its end.
struct Stop {
    std::optional<std::uint64_t> pulses; ///< behind the first one, so many whole periods
    std::optional<transports::Duration> duration;
    std::optional<transports::Duration> silence; ///< without a pulse
};

enum class Ending {
    enough,      ///< as many pulses, or as long, as was asked
    silent,      ///< no pulse came for too long
    record_over, ///< a record ended
    interrupted, ///< Ctrl-C
};

class Watch {
public:
    /// Called for each pulse that begins; may be empty.
    using Progress = std::function<void(const codecs::pulse::Debouncer&)>;

    Watch(transports::EdgeSource& source, transports::Duration debounce, bool keep_edges)
        : source_(source), debouncer_(debounce), keep_(keep_edges) {}

    /// Takes the level at which watching begins. Errors as EdgeSource::next().
    Task<Result<void>> start();
    Task<Result<Ending>> run(Stop stop, Progress progress);
    /// Takes in what came until then, and ends.
    Task<Result<void>> drain(transports::TimePoint until);

    [[nodiscard]] const codecs::pulse::Debouncer& debouncer() const { return debouncer_; }
    /// The first is the level at the start.
    [[nodiscard]] const std::vector<Edge>& edges() const { return edges_; }

private:
    void take(const transports::EdgeStep& step);

    transports::EdgeSource& source_;
    codecs::pulse::Debouncer debouncer_;
    bool keep_;
    bool over_ = false;
    Edge begin_;
    std::vector<Edge> edges_;
};

} // namespace meterctl::sessions::pulse

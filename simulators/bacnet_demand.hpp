// Demands of a virtual meter: the mean powers of the last interval, which slides by subintervals, and the highest of
// them.
#pragma once

#include "simulators/load_model.hpp"

#include <deque>

namespace meterctl::simulators {

class DemandMeter {
public:
    enum Register : unsigned {
        active_import,
        reactive_import,
        apparent_import,
        active_export,
        reactive_export,
        apparent_export,
    };
    static constexpr unsigned registers = 6;

    /// As if the power of this moment had flowed before.
    void begin(const LoadModel& load);
    /// A subinterval ends now; an interval is this many of them.
    void end_subinterval(const LoadModel& load, unsigned subintervals);
    /// The present demands are 0, and an interval begins.
    void clear(const LoadModel& load);
    void reset_maxima() { maximum_ = present_; }

    /// In W, var, VA.
    [[nodiscard]] double present(Register which) const { return present_.at(which); }
    [[nodiscard]] double maximum(Register which) const { return maximum_.at(which); }

private:
    using Values = std::array<double, registers>;
    struct Snapshot {
        std::chrono::system_clock::time_point time;
        Values energies; ///< Wh, varh, VAh
    };
    static Snapshot snapshot(const LoadModel& load);

    std::deque<Snapshot> snapshots_; ///< at the ends of the subintervals, the oldest first
    Values present_{}, maximum_{};
};

} // namespace meterctl::simulators

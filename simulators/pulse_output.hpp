// The pulse output of a virtual meter: a pulse whenever the energy it counts passes a multiple of 1/constant, as wide
// as the meter makes it at the load's power, on the clock that the load model runs on. So pulses counted here agree
// with the registers that any protocol reads.
#pragma once

#include "codecs/pulse/edge.hpp"
#include "codecs/pulse/output.hpp"
#include "simulators/load_model.hpp"
#include "simulators/random.hpp"

#include <deque>
#include <optional>

namespace meterctl::simulators {

/// How a pulse output goes wrong.
struct PulseFaults {
    std::chrono::nanoseconds bounce{};             ///< so long does each change of level bounce
    double lose = 0;                               ///< share of pulses that never come
    double extra = 0;                              ///< share of pulses followed by one too many
    std::optional<std::chrono::nanoseconds> width; ///< of every pulse, whatever the meter's manual says
    std::chrono::nanoseconds jitter{};             ///< a pulse comes up to so much early or late
};

class PulseOutput {
public:
    /// `zero` is the load model's time zero. The output counts `output.quantity`; one that the model does not know, and
    /// an empty one, give no pulses.
    PulseOutput(codecs::pulse::Output output, const Options& options, const PulseFaults& faults, TimePoint zero);

    /// In the order of their times; nullopt where no pulse comes within a week of the meter's time.
    std::optional<codecs::pulse::Edge> next();

private:
    /// The energy of a pulse is reached: when, and the power then.
    struct Due {
        double at = 0;    ///< seconds of real time since zero
        double watts = 0; ///< in real time: what the pulses show
    };

    std::optional<Due> next_due();
    void enter_next_step();
    bool emit_next_pulse();
    void add_pulse(double begin, double width);
    void add_change(double at, bool level, double room);
    [[nodiscard]] double width_at(double watts, double period) const;
    [[nodiscard]] double energy(TimePoint at);

    codecs::pulse::Output output_;
    PulseFaults faults_;
    LoadModel model_;
    std::optional<Quantity> quantity_;
    Random lost_, extra_, shifts_, bounces_;
    TimePoint zero_;
    double speed_, step_;      ///< step: real seconds in which the power does not change
    bool held_;                ///< the power never changes
    double pulse_ = 0;         ///< Wh for each pulse
    std::int64_t steps_ = -1;  ///< of the one looked at
    double from_ = 0, to_ = 0; ///< Wh at its ends
    double passed_ = 0;        ///< pulses so far, from the register's zero
    std::optional<Due> coming_;
    double free_at_ = 0; ///< when the output may begin another pulse
    std::deque<codecs::pulse::Edge> edges_;
};

} // namespace meterctl::simulators

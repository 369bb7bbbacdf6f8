// The energy register that a pulse test compares with: read before and after, on the same loop.
#pragma once

#include "codecs/pulse/comparison.hpp"
#include "commands/pulse_plan.hpp"
#include "commands/side_meter.hpp"
#include "src/output/pulse_record.hpp"

#include <optional>
#include <string>

namespace meterctl::commands {

class PulseReference {
public:
    explicit PulseReference(SideMeter meter) : meter_(std::move(meter)) {}

    /// Fills in what the meter itself says and the command line does not: constant and code where it is of the tested
    /// model, and the load.
    void tell(PulsePlan& plan, std::optional<std::string>& software);
    /// Reads the register of `quantity`, or `point` where that is named.
    Result<void> begin(const std::string& quantity, const std::string& point);
    /// Reads it again, and the load: nullopt in `load` where that is not what it was.
    Result<void> end(std::optional<double>& load);
    /// When the readings were there, on the loop's clock.
    [[nodiscard]] transports::TimePoint began() const { return began_; }
    [[nodiscard]] transports::TimePoint ended() const { return ended_; }

    /// nullopt where the register did not move. Untrusted where it has no number of energy.
    Result<std::optional<codecs::pulse::Comparison>> compare(std::uint64_t pulses, const Decimal& constant) const;
    [[nodiscard]] output::ReferenceRecord record() const;
    [[nodiscard]] const SideMeter& meter() const { return meter_; }

private:
    [[nodiscard]] bool is_of(const catalogue::Definition& tested) const;

    SideMeter meter_;
    catalogue::Point point_;
    Reading before_, after_;
    transports::TimePoint began_{}, ended_{};
    bool reads_load_ = false;
};

} // namespace meterctl::commands

// What the inputs of a Leviton S4100 show: measurements and energies from the load model, alerts, and which of them the
// system type has. By the installation guide's tables of system types, analog inputs and binary inputs.
#pragma once

#include "simulators/bacnet_demand.hpp"
#include "simulators/bacnet_settings.hpp"

namespace meterctl::simulators {

class S4100Inputs {
public:
    S4100Inputs(const LoadModel& load, const BacnetSettings& settings) : load_(load), settings_(settings) {}

    /// The value of an analog input by its common name, in the point's unit; NaN where the system type has none.
    [[nodiscard]] float analog(const catalogue::Point& point) const { return analog(point, load_); }
    /// The same from another model, such as one of the days before.
    [[nodiscard]] float analog(const catalogue::Point& point, const LoadModel& load, double add = 0) const;
    [[nodiscard]] bool alert(std::string_view name) const;
    /// A value that the alerts say cannot be measured now.
    [[nodiscard]] bool unreliable(const catalogue::Point& point) const;
    /// Bit n-1 is BIn.
    void add_alert(unsigned bit, std::string name) { alerts_.emplace(bit, std::move(name)); }

    void reset_energies(const catalogue::Definition& meter);
    void reset_pulses() { pulses_from_ = pulses(); }
    /// What a reset took from an energy, in its base unit.
    [[nodiscard]] double taken(std::string_view name) const;

    DemandMeter demands;
    bool clock_reset = false;
    unsigned power_ups = 3;

private:
    [[nodiscard]] bool has(std::string_view name) const;
    [[nodiscard]] double base_value(std::string_view name, const LoadModel& load) const;
    [[nodiscard]] std::optional<double> derived(std::string_view name, const LoadModel& load) const;
    [[nodiscard]] double over_phases(std::string_view name, const LoadModel& load) const;
    [[nodiscard]] double max_power() const;
    [[nodiscard]] double pulses() const;
    [[nodiscard]] unsigned alarm_bitmap() const;

    const LoadModel& load_;
    const BacnetSettings& settings_;
    std::map<std::string, double, std::less<>> taken_;
    std::map<unsigned, std::string> alerts_;
    double pulses_from_ = 0;
    unsigned energy_resets_ = 0;
};

} // namespace meterctl::simulators

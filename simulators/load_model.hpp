// The load model: one three-phase connection with a household's day, solar power on L3, and the energy registers behind
// it. Every virtual meter reads it, so that what different meters and protocols show agrees.
//
// Powers are whole watts and vars that stay constant for one step of model time, so energies are exact integrals.
// A power that the options hold is shared among the phases to the watt, and stays what it is; voltages stay the day's.
// The sums of all phases are net (vectorial), as a three-phase meter counts: while L3 exports what L1 draws, neither of
// the sum's registers moves.
#pragma once

#include "simulators/bus.hpp"
#include "src/core/unit.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::simulators {

/// What flows in one phase, or in all (then voltage is the mean and current the sum).
struct Flow {
    double voltage = 0;  ///< V, to neutral
    double current = 0;  ///< A, never negative
    double active = 0;   ///< W, negative: exported
    double reactive = 0; ///< var, negative: capacitive
    double apparent = 0; ///< VA, sqrt(active^2 + reactive^2)
};

/// A name of the common vocabulary that the model knows. `column` picks the sum, a phase or a tariff.
struct Quantity {
    enum class Kind {
        voltage,
        voltage_between,
        current,
        current_signed,
        current_neutral,
        active_power,
        reactive_power,
        apparent_power,
        power_factor,
        frequency,
        quadrant,
        direction,
        energy,
        energy_net,
        energy_total,
        demand,
        max_demand,
        tariff,
        unix_time,
    };
    Kind kind;
    unsigned index = 0;                         ///< for energies: the register
    unsigned column = 0;                        ///< 0 sum, 1-3 phase, 4-5 tariff
    meterctl::Unit unit = meterctl::Unit::none; ///< base unit: W, Wh, V, ...
};

/// The quantity of this name: "voltage_l1", "active_energy_import_t2", ...; nullopt when the model has none such.
std::optional<Quantity> find_quantity(std::string_view name);
/// Every name that find_quantity knows.
std::vector<std::string> quantity_names();

class LoadModel {
public:
    explicit LoadModel(const Options& options);

    /// Moves model time to `now`; the first call is time zero. Going back is ignored.
    void advance_to(TimePoint now);
    /// In the quantity's unit: W, var, VA, Wh, varh, VAh, V, A, Hz.
    [[nodiscard]] double value(const Quantity& quantity) const;
    [[nodiscard]] std::chrono::system_clock::time_point clock() const;
    /// 0 the sum, 1-3 the phases.
    [[nodiscard]] const Flow& flow(unsigned column) const { return flows_.at(column); }

private:
    static constexpr unsigned energies = 10;
    static constexpr unsigned columns = 6;

    void enter_step();
    void leave_step();
    [[nodiscard]] double held(unsigned phase) const;
    [[nodiscard]] double power_of(unsigned energy, unsigned column) const;
    [[nodiscard]] double energy(unsigned energy, unsigned column) const;
    [[nodiscard]] unsigned tariff() const;
    void set_initial_energies();
    void count_demand(double seconds);

    std::uint64_t seed_;
    double speed_;
    std::chrono::system_clock::time_point start_;
    std::int64_t step_seconds_;
    std::optional<double> power_; ///< W, where it is held
    std::optional<TimePoint> zero_;
    std::int64_t step_ = 0;   ///< steps since time zero
    double into_step_ = 0;    ///< seconds since the step began
    double frequency_ = 50.0; ///< Hz
    std::array<Flow, 4> flows_{};
    std::array<std::array<double, columns>, energies> joules_{}; ///< Ws, vars, VAs at the step's start
    double demand_joules_ = 0, demand_ = 0, max_demand_ = 0;
    std::int64_t demand_period_ = 0;
};

} // namespace meterctl::simulators

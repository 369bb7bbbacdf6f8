#include "simulators/load_model.hpp"
#include "simulators/random.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace meterctl::simulators {

namespace {

using Clock = std::chrono::system_clock;

enum Energy : unsigned {
    active_import,
    active_export,
    reactive_import,
    reactive_export,
    apparent_import,
    apparent_export,
    reactive_q1,
    reactive_q2,
    reactive_q3,
    reactive_q4
};

constexpr std::int64_t seconds_per_day = 86400;
constexpr double joules_per_watt_hour = 3600;
constexpr std::int64_t demand_period_seconds = 900;
constexpr double nominal_voltage = 230;
constexpr double solar_peak_watts = 6200;

/// What each phase's loads draw at the height of the evening, in W, and their reactive share.
struct PhaseLoad {
    double watts;
    double reactive_share;
    double impedance; ///< ohm, of the supply
};
constexpr std::array<PhaseLoad, 3> phase_loads{{{1850, 0.31, 0.22}, {2600, 0.18, 0.19}, {1400, 0.24, 0.25}}};

Clock::time_point default_start() {
    return std::chrono::sys_days(std::chrono::year(2026) / 1 / 1) + std::chrono::hours(12);
}

double bump(double hour, double middle, double width) {
    const double x = (hour - middle) / width;
    return std::exp(-x * x);
}

/// Share of the evening's height that is drawn at this hour.
double load_curve(double hour) {
    return 0.18 + 0.42 * bump(hour, 7.3, 1.2) + 0.27 * bump(hour, 12.4, 1.4) + 0.82 * bump(hour, 19.2, 2.1);
}

double solar_curve(double hour) {
    constexpr double sunrise = 7, sunset = 17;
    if (hour <= sunrise || hour >= sunset) { return 0; }
    return std::sin(std::numbers::pi * (hour - sunrise) / (sunset - sunrise));
}

std::int64_t floor_seconds(Clock::time_point time) {
    return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

unsigned quadrant_of(const Flow& flow) {
    if (flow.active >= 0) { return flow.reactive >= 0 ? 1 : 4; }
    return flow.reactive >= 0 ? 2 : 3;
}

} // namespace

LoadModel::LoadModel(const Options& options)
    : seed_(options.seed), speed_(std::max(0.0, options.speed)), start_(options.start.value_or(default_start())),
      step_seconds_(std::max<std::int64_t>(1, std::llround(speed_ / 10))), power_(options.power) {
    set_initial_energies();
    demand_period_ = floor_seconds(start_) / demand_period_seconds;
    enter_step();
    demand_ = max_demand_ = std::max(0.0, flows_[0].active);
}

void LoadModel::advance_to(TimePoint now) {
    if (!zero_) { zero_ = now; }
    const double elapsed = std::chrono::duration<double>(now - *zero_).count() * speed_;
    const auto step_length = static_cast<double>(step_seconds_);
    const auto target = static_cast<std::int64_t>(std::floor(elapsed / step_length));
    if (target < step_) { return; }
    while (step_ < target) {
        leave_step();
        ++step_;
        enter_step();
    }
    into_step_ = elapsed - static_cast<double>(target) * step_length;
}

Clock::time_point LoadModel::clock() const {
    const double seconds = static_cast<double>(step_ * step_seconds_) + into_step_;
    return start_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

/// What a phase takes of the power that is held: whole watts, and the first phase the rest, so that the sum is exact.
double LoadModel::held(unsigned phase) const {
    const double third = std::round(*power_ / 3);
    return phase == 1 ? *power_ - 2 * third : third;
}

void LoadModel::enter_step() {
    const auto at = static_cast<std::uint64_t>(step_);
    const std::int64_t second = floor_seconds(start_) + step_ * step_seconds_;
    const double hour = static_cast<double>(second % seconds_per_day) / 3600;
    frequency_ = 50.0 + 0.01 * std::round(4 * (fraction(seed_, 0, at) - 0.5));
    Flow sum;
    for (unsigned phase = 1; phase <= 3; ++phase) {
        const PhaseLoad& load = phase_loads.at(phase - 1);
        const double jitter = 0.94 + 0.12 * fraction(seed_, phase, at);
        const double drawn = load.watts * load_curve(hour) * jitter;
        const double clouds = 0.85 + 0.15 * fraction(seed_, 4, at / 60);
        Flow& flow = flows_.at(phase);
        flow.active = std::round(drawn - (phase == 3 ? solar_peak_watts * solar_curve(hour) * clouds : 0));
        const double drop = load.impedance * flow.active / nominal_voltage;
        flow.reactive = std::round(drawn * load.reactive_share);
        if (power_) {
            flow.active = held(phase);
            flow.reactive = std::round(std::abs(flow.active) * load.reactive_share);
        }
        flow.apparent = std::hypot(flow.active, flow.reactive);
        flow.voltage = std::round(10 * (nominal_voltage + 2 * fraction(seed_, 4 + phase, at) - drop)) / 10;
        flow.current = flow.apparent / flow.voltage;
        sum.voltage += flow.voltage / 3;
        sum.current += flow.current;
        sum.active += flow.active;
        sum.reactive += flow.reactive;
    }
    sum.apparent = std::hypot(sum.active, sum.reactive);
    flows_[0] = sum;
    into_step_ = 0;
}

double LoadModel::power_of(unsigned energy, unsigned column) const {
    if (column > 3 && column - 3 != tariff()) { return 0; }
    const Flow& flow = flows_.at(column > 3 ? 0 : column);
    const unsigned quadrant = quadrant_of(flow);
    switch (energy) {
    case active_import:
        return std::max(0.0, flow.active);
    case active_export:
        return std::max(0.0, -flow.active);
    case reactive_import:
        return std::max(0.0, flow.reactive);
    case reactive_export:
        return std::max(0.0, -flow.reactive);
    case apparent_import:
        return flow.active >= 0 ? flow.apparent : 0;
    case apparent_export:
        return flow.active < 0 ? flow.apparent : 0;
    default:
        return quadrant == energy - reactive_q1 + 1 ? std::abs(flow.reactive) : 0;
    }
}

void LoadModel::leave_step() {
    const auto seconds = static_cast<double>(step_seconds_);
    for (unsigned energy = 0; energy < energies; ++energy) {
        for (unsigned column = 0; column < columns; ++column) {
            joules_.at(energy).at(column) += power_of(energy, column) * seconds;
        }
    }
    count_demand(seconds);
}

/// The mean import power of the last whole quarter of an hour, and the highest of them.
void LoadModel::count_demand(double seconds) {
    demand_joules_ += std::max(0.0, flows_[0].active) * seconds;
    const std::int64_t end = floor_seconds(start_) + (step_ + 1) * step_seconds_;
    const std::int64_t period = end / demand_period_seconds;
    if (period == demand_period_) { return; }
    const auto length = static_cast<double>((period - demand_period_) * demand_period_seconds);
    demand_ = std::round(demand_joules_ / length);
    max_demand_ = std::max(max_demand_, demand_);
    demand_period_ = period;
    demand_joules_ = 0;
}

double LoadModel::energy(unsigned energy, unsigned column) const {
    return (joules_.at(energy).at(column) + power_of(energy, column) * into_step_) / joules_per_watt_hour;
}

/// 1 by day (7 to 23 h UTC), 2 by night.
unsigned LoadModel::tariff() const {
    const std::int64_t second = floor_seconds(start_) + step_ * step_seconds_;
    const std::int64_t hour = second % seconds_per_day / 3600;
    return hour >= 7 && hour < 23 ? 1 : 2;
}

/// A meter that has been at work for some years: phases apart, the sum net of what the phases gave each other.
void LoadModel::set_initial_energies() {
    constexpr std::array<double, energies> kilowatt_hours{5200, 2100, 1600, 120, 5500, 2200, 1300, 300, 40, 80};
    for (unsigned energy = 0; energy < energies; ++energy) {
        auto& row = joules_.at(energy);
        double phases = 0;
        for (unsigned phase = 1; phase <= 3; ++phase) {
            const double share = 0.8 + 0.4 * fraction(seed_, 100 + energy, phase);
            row.at(phase) = std::round(kilowatt_hours.at(energy) * share * 100) * 10 * joules_per_watt_hour;
            phases += row.at(phase);
        }
        const bool active = energy == active_import || energy == active_export;
        row[0] = phases - (active ? 900'000 * joules_per_watt_hour : 0);
        row[4] = std::round(row[0] * 0.7 / 36'000'000) * 36'000'000;
        row[5] = row[0] - row[4];
    }
}

double LoadModel::value(const Quantity& quantity) const {
    const Flow& flow = flows_.at(quantity.column > 3 ? 0 : quantity.column);
    using Kind = Quantity::Kind;
    switch (quantity.kind) {
    case Kind::voltage:
        return flow.voltage;
    case Kind::voltage_between: { // neighbouring phases stand 120 degrees apart
        const double a = flow.voltage, b = flows_.at(quantity.column % 3 + 1).voltage;
        return std::sqrt(a * a + b * b + a * b);
    }
    case Kind::current:
        return flow.current;
    case Kind::current_signed:
        return flow.active < 0 ? -flow.current : flow.current;
    case Kind::current_neutral: { // phasor sum, each current turned by its phase and by its own angle
        double x = 0, y = 0;
        for (unsigned phase = 1; phase <= 3; ++phase) {
            const Flow& one = flows_.at(phase);
            const double angle = -2 * std::numbers::pi / 3 * (phase - 1) - std::atan2(one.reactive, one.active);
            x += one.current * std::cos(angle);
            y += one.current * std::sin(angle);
        }
        return std::hypot(x, y);
    }
    case Kind::active_power:
        return flow.active;
    case Kind::reactive_power:
        return flow.reactive;
    case Kind::apparent_power:
        return flow.apparent;
    case Kind::power_factor:
        return flow.apparent > 0 ? std::abs(flow.active) / flow.apparent : 1;
    case Kind::frequency:
        return frequency_;
    case Kind::quadrant:
        return quadrant_of(flow);
    case Kind::direction:
        return flow.active < 0 ? 1 : 0;
    case Kind::energy:
        return energy(quantity.index, quantity.column);
    case Kind::energy_net:
        return energy(quantity.index, quantity.column) - energy(quantity.index + 1, quantity.column);
    case Kind::energy_total:
        return energy(quantity.index, quantity.column) + energy(quantity.index + 1, quantity.column);
    case Kind::demand:
        return demand_;
    case Kind::max_demand:
        return max_demand_;
    case Kind::tariff:
        return tariff();
    case Kind::unix_time:
        return static_cast<double>(floor_seconds(clock()));
    }
    return 0;
}

} // namespace meterctl::simulators

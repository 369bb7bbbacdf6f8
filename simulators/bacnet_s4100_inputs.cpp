#include "simulators/bacnet_s4100_inputs.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace meterctl::simulators {

namespace {

/// The table of supported system types: bit 0 is the meter's A, or A to B.
struct SystemType {
    int number;
    unsigned phases, to_neutral, between;
};
constexpr std::array system_types{
    SystemType{10, 0b001, 0b001, 0b000}, SystemType{11, 0b001, 0b000, 0b001}, SystemType{12, 0b011, 0b011, 0b001},
    SystemType{31, 0b111, 0b000, 0b111}, SystemType{40, 0b111, 0b111, 0b111},
};
constexpr unsigned all_phases = 0b111;

constexpr std::array<std::string_view, 3> between_names{"voltage_l1_l2", "voltage_l2_l3", "voltage_l3_l1"};
constexpr std::array<std::string_view, 3> phase_suffixes{"_l1", "_l2", "_l3"};
constexpr double over_range = 1.2;       ///< of the greatest voltage and of the CTs' primary current
constexpr double greatest_voltage = 347; ///< to neutral, at the meter's inputs
constexpr double low_power_factor = 0.5;
constexpr double energy_of_a_pulse = 100; ///< Wh: what feeds the pulse input is a meter of 10 pulses each kWh

struct DemandName {
    std::string_view name;
    DemandMeter::Register which;
    bool maximum;
};
constexpr std::array demand_names{
    DemandName{"active_demand", DemandMeter::active_import, false},
    DemandName{"reactive_demand", DemandMeter::reactive_import, false},
    DemandName{"apparent_demand", DemandMeter::apparent_import, false},
    DemandName{"max_active_demand_import", DemandMeter::active_import, true},
    DemandName{"max_reactive_demand_import", DemandMeter::reactive_import, true},
    DemandName{"max_apparent_demand_import", DemandMeter::apparent_import, true},
    DemandName{"max_active_demand_export", DemandMeter::active_export, true},
    DemandName{"max_reactive_demand_export", DemandMeter::reactive_export, true},
    DemandName{"max_apparent_demand_export", DemandMeter::apparent_export, true},
};

const SystemType& system_type(const BacnetSettings& settings) {
    const auto number = static_cast<int>(settings.value("system_type"));
    const auto* found = std::ranges::find(system_types, number, &SystemType::number);
    return found == system_types.end() ? system_types.back() : *found;
}

/// 1 to 3 of a name such as "active_power_l2"; 0 of a sum.
unsigned phase_of(std::string_view name) {
    for (unsigned i = 0; i < phase_suffixes.size(); ++i) {
        if (name.ends_with(phase_suffixes.at(i))) { return i + 1; }
    }
    return 0;
}

unsigned between_of(std::string_view name) {
    const auto* found = std::ranges::find(between_names, name);
    return found == between_names.end() ? 0 : static_cast<unsigned>(found - between_names.begin()) + 1;
}

bool has_bit(unsigned mask, unsigned number) {
    return ((mask >> (number - 1)) & 1U) != 0;
}

double quantity(const LoadModel& load, std::string_view name) {
    const auto found = find_quantity(name);
    return found ? load.value(*found) : 0;
}

/// Over the numbers 1 to 3 that are in the mask.
template <class Value>
double mean(unsigned mask, Value value) {
    double sum = 0;
    unsigned count = 0;
    for (unsigned number = 1; number <= 3; ++number) {
        if (!has_bit(mask, number)) { continue; }
        sum += value(number);
        ++count;
    }
    return count == 0 ? 0 : sum / count;
}

/// The difference of the voltages, as a share of the greatest.
double imbalance(unsigned mask, const LoadModel& load) {
    double least = std::numeric_limits<double>::max(), most = 0;
    for (unsigned phase = 1; phase <= 3; ++phase) {
        if (!has_bit(mask, phase)) { continue; }
        least = std::min(least, load.flow(phase).voltage);
        most = std::max(most, load.flow(phase).voltage);
    }
    return most > 0 ? (most - least) / most : 0;
}

} // namespace

bool S4100Inputs::has(std::string_view name) const {
    const SystemType& type = system_type(settings_);
    if (const unsigned pair = between_of(name); pair != 0) { return has_bit(type.between, pair); }
    if (name == "voltage_average") { return type.to_neutral != 0; }
    if (name == "voltage_ll_average") { return type.between != 0; }
    const unsigned phase = phase_of(name);
    if (phase == 0) { return true; }
    return has_bit(name.starts_with("voltage_") ? type.to_neutral : type.phases, phase);
}

float S4100Inputs::analog(const catalogue::Point& point, const LoadModel& load, double add) const {
    if (!has(point.name)) { return std::numeric_limits<float>::quiet_NaN(); }
    const double base = base_value(point.name, load) + add;
    const double in_unit = base / std::pow(10.0, base_of(point.unit).exponent);
    return static_cast<float>(std::round(in_unit * 1000) / 1000);
}

double S4100Inputs::taken(std::string_view name) const {
    const auto found = taken_.find(name);
    return found == taken_.end() ? 0 : found->second;
}

double S4100Inputs::base_value(std::string_view name, const LoadModel& load) const {
    if (const auto value = derived(name, load)) { return *value; }
    if (phase_of(name) == 0 && system_type(settings_).phases != all_phases) { return over_phases(name, load); }
    return quantity(load, name) - taken(name);
}

/// What the load model has no name for.
std::optional<double> S4100Inputs::derived(std::string_view name, const LoadModel& load) const {
    const SystemType& type = system_type(settings_);
    const auto* demand = std::ranges::find(demand_names, name, &DemandName::name);
    if (demand != demand_names.end()) {
        return demand->maximum ? demands.maximum(demand->which) : demands.present(demand->which);
    }
    if (name == "voltage_average") {
        return mean(type.to_neutral, [&](unsigned phase) { return load.flow(phase).voltage; });
    }
    if (name == "voltage_ll_average") {
        return mean(type.between, [&](unsigned pair) { return quantity(load, between_names.at(pair - 1)); });
    }
    if (name == "current_average") {
        return mean(type.phases, [&](unsigned phase) { return load.flow(phase).current; });
    }
    if (name == "max_power") { return max_power(); }
    if (name == "pulse_count") { return pulses() - pulses_from_; }
    if (name == "energy_resets") { return energy_resets_; }
    if (name == "power_up_count") { return power_ups; }
    if (name == "alarms") { return alarm_bitmap(); }
    return std::nullopt;
}

/// Sums of the phases that are connected; what has none is as it is.
double S4100Inputs::over_phases(std::string_view name, const LoadModel& load) const {
    const unsigned phases = system_type(settings_).phases;
    double active = 0, reactive = 0;
    for (unsigned phase = 1; phase <= 3; ++phase) {
        if (!has_bit(phases, phase)) { continue; }
        active += load.flow(phase).active;
        reactive += load.flow(phase).reactive;
    }
    const double apparent = std::hypot(active, reactive);
    if (name == "active_power") { return active; }
    if (name == "reactive_power") { return reactive; }
    if (name == "apparent_power") { return apparent; }
    if (name == "power_factor") { return apparent > 0 ? std::abs(active) / apparent : 1; }
    return quantity(load, name) - taken(name);
}

/// From AV2, AV3 and AV6 at unity power factor, in W.
double S4100Inputs::max_power() const {
    const bool three_phases = system_type(settings_).phases == all_phases;
    const double one = settings_.value("system_voltage") * settings_.value("ct_primary");
    return three_phases ? one * std::numbers::sqrt3 : one;
}

double S4100Inputs::pulses() const {
    return std::floor(quantity(load_, "active_energy_import") / energy_of_a_pulse);
}

bool S4100Inputs::alert(std::string_view name) const {
    const SystemType& type = system_type(settings_);
    const unsigned phase = phase_of(name);
    if (name == "clock_reset") { return clock_reset; }
    if (phase == 0 || !has_bit(type.phases, phase)) { return false; }
    const Flow& flow = load_.flow(phase);
    if (name.starts_with("voltage_out_of_range")) {
        return flow.voltage / settings_.value("pt_ratio") > greatest_voltage * over_range;
    }
    if (name.starts_with("current_out_of_range")) { return flow.current > settings_.value("ct_primary") * over_range; }
    if (name.starts_with("low_power_factor")) {
        return flow.apparent > 0 && std::abs(flow.active) < low_power_factor * flow.apparent;
    }
    if (!name.starts_with("phase_loss")) { return false; }
    const bool to_neutral = type.to_neutral != 0;
    const double nominal =
        settings_.value("system_voltage") / (type.phases == all_phases && to_neutral ? std::numbers::sqrt3 : 1);
    const double voltage = to_neutral ? flow.voltage : quantity(load_, between_names.at(phase - 1));
    return voltage < nominal * settings_.value("phase_loss_voltage_threshold") / 100 ||
           imbalance(type.phases, load_) * 100 > settings_.value("phase_loss_imbalance_threshold");
}

bool S4100Inputs::unreliable(const catalogue::Point& point) const {
    if (point.group != "measurement") { return false; }
    const unsigned phase = phase_of(point.name);
    for (unsigned i = 1; i <= 3; ++i) {
        const bool concerned = phase == 0 || phase == i;
        if (concerned && alert(std::string("voltage_out_of_range") + std::string(phase_suffixes.at(i - 1)))) {
            return true;
        }
    }
    return false;
}

unsigned S4100Inputs::alarm_bitmap() const {
    unsigned bits = 0;
    for (const auto& [bit, name] : alerts_) {
        if (alert(name)) { bits |= 1U << bit; }
    }
    return bits;
}

void S4100Inputs::reset_energies(const catalogue::Definition& meter) {
    for (const catalogue::Point& point : meter.points) {
        if (point.group == "energy") { taken_[point.name] = quantity(load_, point.name); }
    }
    ++energy_resets_;
}

} // namespace meterctl::simulators

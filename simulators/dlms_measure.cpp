#include "simulators/dlms_measure.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace meterctl::simulators {

namespace dlms = codecs::dlms;
using dlms::Data;
using dlms::Type;

namespace {

constexpr std::array<std::string_view, DlmsMeasure::demands> demand_names{
    "active_demand_import",   "active_demand_export",   "reactive_demand_import",
    "reactive_demand_export", "apparent_demand_import", "apparent_demand_export"};
constexpr std::array<std::string_view, DlmsMeasure::demands> demand_energies{
    "active_energy_import",   "active_energy_export",   "reactive_energy_import",
    "reactive_energy_export", "apparent_energy_import", "apparent_energy_export"};

double quantity(std::string_view name, const LoadModel& load) {
    const auto found = find_quantity(name);
    return found ? load.value(*found) : 0;
}

double energy(unsigned demand, const LoadModel& load) {
    return quantity(demand_energies.at(demand), load);
}

struct FormRow {
    meterctl::Unit unit;
    Type type;
    dlms::ScalerUnit scaling;
};
constexpr std::array forms{
    FormRow{meterctl::Unit::kilowatt_hour, Type::double_long_unsigned, {0, 30}},
    FormRow{meterctl::Unit::kilovar_hour, Type::double_long_unsigned, {0, 32}},
    FormRow{meterctl::Unit::kilovolt_ampere_hour, Type::double_long_unsigned, {0, 31}},
    FormRow{meterctl::Unit::kilowatt, Type::double_long_unsigned, {-1, 27}},
    FormRow{meterctl::Unit::kilovar, Type::double_long_unsigned, {-1, 29}},
    FormRow{meterctl::Unit::kilovolt_ampere, Type::double_long_unsigned, {-1, 28}},
    FormRow{meterctl::Unit::volt, Type::long_unsigned, {-1, 35}},
    FormRow{meterctl::Unit::ampere, Type::double_long_unsigned, {-3, 33}},
    FormRow{meterctl::Unit::hertz, Type::long_unsigned, {-2, 44}},
    FormRow{meterctl::Unit::second, Type::long_unsigned, {0, 7}},
};

/// Power that flows in one direction, of the sum or of a phase: "active_power_import_l1".
std::optional<double> directed_power(std::string_view name, const LoadModel& load) {
    const auto cut = name.find("_power_");
    if (cut == std::string_view::npos) { return std::nullopt; }
    const auto kind = name.substr(0, cut);
    auto rest = name.substr(cut + 7);
    const bool outward = rest.starts_with("export");
    if (!outward && !rest.starts_with("import")) { return std::nullopt; }
    rest.remove_prefix(6);
    const std::string phase(rest);
    const double active = quantity("active_power" + phase, load);
    if (kind == "apparent") { return (active < 0) == outward ? quantity("apparent_power" + phase, load) : 0.0; }
    const double flow = kind == "active" ? active : quantity("reactive_power" + phase, load);
    return std::max(0.0, outward ? -flow : flow);
}

/// The tariff behind a name, "_t3"; 0 where there is none.
unsigned take_tariff(std::string_view& name) {
    const auto cut = name.rfind("_t");
    if (cut == std::string_view::npos || cut + 3 != name.size()) { return 0; }
    const char digit = name.back();
    if (digit < '1' || digit > '8') { return 0; }
    name = name.substr(0, cut);
    return static_cast<unsigned>(digit - '0');
}

std::optional<unsigned> demand_of(std::string_view name) {
    const auto* const found = std::ranges::find(demand_names, name);
    if (found == demand_names.end()) { return std::nullopt; }
    return static_cast<unsigned>(found - demand_names.begin());
}

struct SpreadName {
    std::string_view name;
    char what; ///< a mean, h highest, l least
    unsigned first;
    bool phases;
};
constexpr std::array spread_names{
    SpreadName{"voltage_average", 'a', 0, true},       SpreadName{"voltage_max", 'h', 0, true},
    SpreadName{"voltage_min", 'l', 0, true},           SpreadName{"current_average", 'a', 3, true},
    SpreadName{"power_factor_average", 'a', 6, false},
};

} // namespace

DlmsForm dlms_form(const catalogue::Point& point) {
    const auto* const row = std::ranges::find(forms, point.unit, &FormRow::unit);
    if (row == forms.end()) { return {Type::long_signed, {-3, 255}}; }
    DlmsForm form{row->type, row->scaling};
    if (point.name.find("_demand_") != std::string::npos) { form.scaling.scaler = 0; }
    return form;
}

Data dlms_number(double value, const DlmsForm& form) {
    const auto steps = std::llround(value / std::pow(10.0, form.scaling.scaler));
    switch (form.type) {
    case Type::long_unsigned:
        return Data::long_unsigned(static_cast<std::uint16_t>(std::clamp(steps, 0LL, 0xFFFFLL)));
    case Type::long_signed:
        return Data::long_signed(static_cast<std::int16_t>(std::clamp(steps, -0x7FFFLL, 0x7FFFLL)));
    case Type::unsigned_integer:
        return Data::unsigned_integer(static_cast<std::uint8_t>(std::clamp(steps, 0LL, 0xFFLL)));
    default:
        break;
    }
    constexpr long long wrap = 0x1'0000'0000; // a register begins again at 0
    return Data::double_long_unsigned(static_cast<std::uint32_t>(std::max(0LL, steps) % wrap));
}

void DlmsMeasure::Spread::add(double value) {
    least = count == 0 ? value : std::min(least, value);
    most = count == 0 ? value : std::max(most, value);
    sum += value;
    ++count;
}

DlmsMeasure::DlmsMeasure(const LoadModel& load) {
    restart_demands(load, load.clock());
    sample(load);
    last_ = current_;
    for (unsigned one = 0; one < demands; ++one) { demands_.at(one).highest.fill({0, load.clock()}); }
}

void DlmsMeasure::sample(const LoadModel& load) {
    for (unsigned phase = 1; phase <= 3; ++phase) {
        const Flow& flow = load.flow(phase);
        current_.at(phase - 1).add(flow.voltage);
        current_.at(phase + 2).add(flow.current);
    }
    for (unsigned column = 0; column <= 3; ++column) {
        const Flow& flow = load.flow(column);
        current_.at(6 + column).add(flow.apparent > 0 ? std::abs(flow.active) / flow.apparent : 1);
    }
}

void DlmsMeasure::end_averages() {
    if (current_.front().count > 0) { last_ = current_; }
    current_.fill({});
}

void DlmsMeasure::end_demand_period(const LoadModel& load, SystemTime now, std::chrono::seconds length) {
    const double hours = std::chrono::duration<double, std::ratio<3600>>(length).count();
    const auto tariff = static_cast<unsigned>(quantity("tariff", load));
    for (unsigned one = 0; one < demands; ++one) {
        Demand& demand = demands_.at(one);
        const double end = energy(one, load);
        demand.last = std::max(0.0, (end - demand.start) / hours);
        demand.start = end;
        for (const unsigned place : {0U, tariff}) {
            Maximum& highest = demand.highest.at(place);
            if (demand.last > highest.value) { highest = {demand.last, now}; }
        }
    }
    period_began_ = now;
}

void DlmsMeasure::restart_demands(const LoadModel& load, SystemTime now) {
    for (unsigned one = 0; one < demands; ++one) { demands_.at(one).start = energy(one, load); }
    period_began_ = now;
}

void DlmsMeasure::reset_maxima(SystemTime now) {
    for (Demand& demand : demands_) { demand.highest.fill({0, now}); }
}

void DlmsMeasure::take_maxima(const DlmsMeasure& before) {
    for (unsigned one = 0; one < demands; ++one) {
        Demand& demand = demands_.at(one);
        const Demand& past = before.demands_.at(one);
        if (demand.last <= 0) { demand.last = past.last; }
        for (unsigned tariff = 0; tariff < tariffs; ++tariff) {
            Maximum& highest = demand.highest.at(tariff);
            if (past.highest.at(tariff).value >= highest.value) { highest = past.highest.at(tariff); }
        }
    }
}

const DlmsMeasure::Maximum* DlmsMeasure::maximum(std::string_view name) const {
    if (!name.starts_with("max_")) { return nullptr; }
    name.remove_prefix(4);
    const unsigned tariff = take_tariff(name);
    const auto one = demand_of(name);
    return one ? &demands_.at(*one).highest.at(tariff) : nullptr;
}

std::optional<double> DlmsMeasure::value(std::string_view name, const LoadModel& load, SystemTime now,
                                         std::chrono::seconds demand_period) const {
    if (const auto* const highest = maximum(name)) { return highest->value; }
    if (name.starts_with("last_")) {
        if (const auto one = demand_of(name.substr(5))) { return demands_.at(*one).last; }
    }
    if (const auto one = demand_of(name)) {
        // Block mode: what has come so far, over the whole period.
        const double hours = std::chrono::duration<double, std::ratio<3600>>(demand_period).count();
        const bool begun = now > period_began_;
        return begun ? std::max(0.0, (energy(*one, load) - demands_.at(*one).start) / hours) : 0.0;
    }
    for (const SpreadName& row : spread_names) {
        if (!name.starts_with(row.name)) { continue; }
        const auto phase = name.substr(row.name.size());
        const bool of_phase = phase.size() == 3 && phase.starts_with("_l");
        if (!of_phase && (row.phases || !phase.empty())) { continue; }
        const unsigned number = of_phase ? static_cast<unsigned>(phase.back() - '0') : 0;
        const Spread& spread = last_.at(row.first + (row.phases ? number - 1 : number));
        return row.what == 'a' ? spread.mean() : row.what == 'h' ? spread.most : spread.least;
    }
    if (const auto power = directed_power(name, load)) { return power; }
    if (const auto known = find_quantity(name)) { return load.value(*known); }
    auto base = name;
    const bool further_tariff = take_tariff(base) > 2 && find_quantity(base);
    return further_tariff ? std::optional(0.0) : std::nullopt;
}

} // namespace meterctl::simulators

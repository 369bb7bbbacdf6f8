#include "simulators/load_model.hpp"

#include <map>
#include <string>

namespace meterctl::simulators {

namespace {

using Kind = Quantity::Kind;
using enum meterctl::Unit;

/// A quantity that exists for the sum and, where said, for phases and tariffs.
struct Family {
    std::string_view name;
    Quantity quantity;
    bool phases;
    bool tariffs;
};

constexpr std::array families{
    Family{"voltage", {Kind::voltage, 0, 0, volt}, true, false},
    Family{"current", {Kind::current, 0, 0, ampere}, true, false},
    Family{"current_signed", {Kind::current_signed, 0, 0, ampere}, true, false},
    Family{"active_power", {Kind::active_power, 0, 0, watt}, true, false},
    Family{"reactive_power", {Kind::reactive_power, 0, 0, var}, true, false},
    Family{"apparent_power", {Kind::apparent_power, 0, 0, volt_ampere}, true, false},
    Family{"power_factor", {Kind::power_factor, 0, 0, none}, true, false},
    Family{"quadrant", {Kind::quadrant, 0, 0, none}, true, false},
    Family{"current_direction", {Kind::direction, 0, 0, none}, true, false},
    Family{"active_energy_import", {Kind::energy, 0, 0, watt_hour}, true, true},
    Family{"active_energy_export", {Kind::energy, 1, 0, watt_hour}, true, true},
    Family{"active_energy_net", {Kind::energy_net, 0, 0, watt_hour}, true, true},
    Family{"active_energy_total", {Kind::energy_total, 0, 0, watt_hour}, true, true},
    Family{"reactive_energy_import", {Kind::energy, 2, 0, var_hour}, true, true},
    Family{"reactive_energy_export", {Kind::energy, 3, 0, var_hour}, true, true},
    Family{"reactive_energy_net", {Kind::energy_net, 2, 0, var_hour}, true, true},
    Family{"reactive_energy_total", {Kind::energy_total, 2, 0, var_hour}, true, true},
    Family{"apparent_energy_import", {Kind::energy, 4, 0, volt_ampere_hour}, true, true},
    Family{"apparent_energy_export", {Kind::energy, 5, 0, volt_ampere_hour}, true, true},
    Family{"apparent_energy_net", {Kind::energy_net, 4, 0, volt_ampere_hour}, true, true},
    Family{"apparent_energy_total", {Kind::energy_total, 4, 0, volt_ampere_hour}, true, true},
    Family{"reactive_energy_q1", {Kind::energy, 6, 0, var_hour}, true, true},
    Family{"reactive_energy_q2", {Kind::energy, 7, 0, var_hour}, true, true},
    Family{"reactive_energy_q3", {Kind::energy, 8, 0, var_hour}, true, true},
    Family{"reactive_energy_q4", {Kind::energy, 9, 0, var_hour}, true, true},
    Family{"active_demand_import", {Kind::demand, 0, 0, watt}, false, false},
    Family{"max_active_demand_import", {Kind::max_demand, 0, 0, watt}, false, false},
    Family{"voltage_l1_l2", {Kind::voltage_between, 0, 1, volt}, false, false},
    Family{"voltage_l2_l3", {Kind::voltage_between, 0, 2, volt}, false, false},
    Family{"voltage_l3_l1", {Kind::voltage_between, 0, 3, volt}, false, false},
    Family{"current_n", {Kind::current_neutral, 0, 0, ampere}, false, false},
    Family{"frequency", {Kind::frequency, 0, 0, hertz}, false, false},
    Family{"tariff", {Kind::tariff, 0, 0, none}, false, false},
    Family{"clock", {Kind::unix_time, 0, 0, second}, false, false},
};

void add(std::map<std::string, Quantity, std::less<>>& table, const Family& family, std::string_view suffix,
         unsigned column) {
    Quantity quantity = family.quantity;
    quantity.column = column;
    table.emplace(std::string(family.name) + std::string(suffix), quantity);
}

const std::map<std::string, Quantity, std::less<>>& table() {
    static const auto built = [] {
        std::map<std::string, Quantity, std::less<>> names;
        for (const Family& family : families) {
            names.emplace(family.name, family.quantity);
            if (family.phases) {
                for (unsigned phase = 1; phase <= 3; ++phase) {
                    add(names, family, "_l" + std::to_string(phase), phase);
                }
            }
            if (family.tariffs) {
                add(names, family, "_t1", 4);
                add(names, family, "_t2", 5);
            }
        }
        return names;
    }();
    return built;
}

} // namespace

std::optional<Quantity> find_quantity(std::string_view name) {
    const auto found = table().find(name);
    if (found == table().end()) { return std::nullopt; }
    return found->second;
}

std::vector<std::string> quantity_names() {
    std::vector<std::string> names;
    for (const auto& [name, quantity] : table()) { names.push_back(name); }
    return names;
}

} // namespace meterctl::simulators

#include "src/core/unit.hpp"

#include "src/core/text.hpp"

#include <algorithm>
#include <array>

namespace meterctl {

namespace {

struct Row {
    Unit unit;
    std::string_view symbol;
    Unit base;
    int exponent;
};

/// In the order of the enum, so that a unit is its own index.
constexpr std::array rows{
    Row{Unit::none, "", Unit::none, 0},
    Row{Unit::watt_hour, "Wh", Unit::watt_hour, 0},
    Row{Unit::kilowatt_hour, "kWh", Unit::watt_hour, 3},
    Row{Unit::megawatt_hour, "MWh", Unit::watt_hour, 6},
    Row{Unit::var_hour, "varh", Unit::var_hour, 0},
    Row{Unit::kilovar_hour, "kvarh", Unit::var_hour, 3},
    Row{Unit::megavar_hour, "Mvarh", Unit::var_hour, 6},
    Row{Unit::volt_ampere_hour, "VAh", Unit::volt_ampere_hour, 0},
    Row{Unit::kilovolt_ampere_hour, "kVAh", Unit::volt_ampere_hour, 3},
    Row{Unit::megavolt_ampere_hour, "MVAh", Unit::volt_ampere_hour, 6},
    Row{Unit::watt, "W", Unit::watt, 0},
    Row{Unit::kilowatt, "kW", Unit::watt, 3},
    Row{Unit::megawatt, "MW", Unit::watt, 6},
    Row{Unit::var, "var", Unit::var, 0},
    Row{Unit::kilovar, "kvar", Unit::var, 3},
    Row{Unit::megavar, "Mvar", Unit::var, 6},
    Row{Unit::volt_ampere, "VA", Unit::volt_ampere, 0},
    Row{Unit::kilovolt_ampere, "kVA", Unit::volt_ampere, 3},
    Row{Unit::megavolt_ampere, "MVA", Unit::volt_ampere, 6},
    Row{Unit::volt, "V", Unit::volt, 0},
    Row{Unit::millivolt, "mV", Unit::volt, -3},
    Row{Unit::kilovolt, "kV", Unit::volt, 3},
    Row{Unit::ampere, "A", Unit::ampere, 0},
    Row{Unit::milliampere, "mA", Unit::ampere, -3},
    Row{Unit::kiloampere, "kA", Unit::ampere, 3},
    Row{Unit::hertz, "Hz", Unit::hertz, 0},
    Row{Unit::percent, "%", Unit::percent, 0},
    Row{Unit::degree, "°", Unit::degree, 0},
    Row{Unit::degree_celsius, "°C", Unit::degree_celsius, 0},
    Row{Unit::kelvin, "K", Unit::kelvin, 0},
    Row{Unit::second, "s", Unit::second, 0},
    Row{Unit::millisecond, "ms", Unit::second, -3},
    Row{Unit::minute, "min", Unit::minute, 0},
    Row{Unit::hour, "h", Unit::hour, 0},
    Row{Unit::day, "d", Unit::day, 0},
    Row{Unit::ampere_hour, "Ah", Unit::ampere_hour, 0},
    Row{Unit::volt_squared_hour, "V²h", Unit::volt_squared_hour, 0},
    Row{Unit::ampere_squared_hour, "A²h", Unit::ampere_squared_hour, 0},
    Row{Unit::impulse_per_kilowatt_hour, "imp/kWh", Unit::impulse_per_kilowatt_hour, 0},
    Row{Unit::impulse_per_kilovar_hour, "imp/kvarh", Unit::impulse_per_kilovar_hour, 0},
    Row{Unit::impulse, "imp", Unit::impulse, 0},
    Row{Unit::cubic_metre, "m³", Unit::cubic_metre, 0},
    Row{Unit::litre, "l", Unit::cubic_metre, -3},
    Row{Unit::cubic_metre_per_hour, "m³/h", Unit::cubic_metre_per_hour, 0},
    Row{Unit::litre_per_hour, "l/h", Unit::cubic_metre_per_hour, -3},
    Row{Unit::joule, "J", Unit::joule, 0},
    Row{Unit::kilojoule, "kJ", Unit::joule, 3},
    Row{Unit::megajoule, "MJ", Unit::joule, 6},
    Row{Unit::gigajoule, "GJ", Unit::joule, 9},
    Row{Unit::joule_per_hour, "J/h", Unit::joule_per_hour, 0},
    Row{Unit::kilojoule_per_hour, "kJ/h", Unit::joule_per_hour, 3},
    Row{Unit::kilogram, "kg", Unit::kilogram, 0},
    Row{Unit::tonne, "t", Unit::kilogram, 3},
    Row{Unit::kilogram_per_hour, "kg/h", Unit::kilogram_per_hour, 0},
    Row{Unit::pascal, "Pa", Unit::pascal, 0},
    Row{Unit::kilopascal, "kPa", Unit::pascal, 3},
    Row{Unit::bar, "bar", Unit::pascal, 5},
    Row{Unit::millibar, "mbar", Unit::pascal, 2},
    Row{Unit::metre, "m", Unit::metre, 0},
    Row{Unit::metre_per_second, "m/s", Unit::metre_per_second, 0},
    Row{Unit::baud, "Bd", Unit::baud, 0},
    Row{Unit::byte, "B", Unit::byte, 0},
    Row{Unit::decibel_milliwatt, "dBm", Unit::decibel_milliwatt, 0},
    Row{Unit::ohm, "Ω", Unit::ohm, 0},
    Row{Unit::month, "month", Unit::month, 0},
    Row{Unit::year, "year", Unit::year, 0},
    Row{Unit::bit_time, "bit times", Unit::bit_time, 0},
    Row{Unit::calorie, "cal", Unit::calorie, 0},
    Row{Unit::cubic_metre_per_minute, "m³/min", Unit::cubic_metre_per_minute, 0},
    Row{Unit::cubic_metre_per_second, "m³/s", Unit::cubic_metre_per_second, 0},
    Row{Unit::cubic_foot, "ft³", Unit::cubic_foot, 0},
    Row{Unit::us_gallon, "gal", Unit::us_gallon, 0},
    Row{Unit::us_gallon_per_minute, "gal/min", Unit::us_gallon_per_minute, 0},
    Row{Unit::us_gallon_per_hour, "gal/h", Unit::us_gallon_per_hour, 0},
    Row{Unit::degree_fahrenheit, "°F", Unit::degree_fahrenheit, 0},
    Row{Unit::currency, "¤", Unit::currency, 0},
};

struct Alias {
    std::string_view text;
    Unit unit;
};

/// What a plain keyboard, or another tool, writes for the same unit.
constexpr std::array aliases{
    Alias{"deg", Unit::degree},
    Alias{"degC", Unit::degree_celsius},
    Alias{"C", Unit::degree_celsius},
    Alias{"m3", Unit::cubic_metre},
    Alias{"m3/h", Unit::cubic_metre_per_hour},
    Alias{"V2h", Unit::volt_squared_hour},
    Alias{"A2h", Unit::ampere_squared_hour},
    Alias{"ohm", Unit::ohm},
    Alias{"degF", Unit::degree_fahrenheit},
    Alias{"m3/min", Unit::cubic_metre_per_minute},
    Alias{"m3/s", Unit::cubic_metre_per_second},
    Alias{"ft3", Unit::cubic_foot},
};

constexpr bool rows_follow_the_enum() {
    for (std::size_t index = 0; index < rows.size(); ++index) {
        if (static_cast<std::size_t>(rows[index].unit) != index) { return false; }
    }
    return rows.size() == static_cast<std::size_t>(Unit::currency) + 1;
}
static_assert(rows_follow_the_enum());

/// The one prefix whose case is a factor of 10^9, never to be taken one for the other.
bool is_milli_for_mega(std::string_view known, std::string_view given) {
    return (known[0] == 'm' || known[0] == 'M') && known[0] != given[0];
}

} // namespace

std::string_view symbol(Unit unit) {
    return rows.at(static_cast<std::size_t>(unit)).symbol;
}

std::optional<Unit> parse_unit(std::string_view text) {
    const auto exact = std::ranges::find(rows, text, &Row::symbol);
    if (exact != rows.end()) { return exact->unit; }
    const auto alias = std::ranges::find(aliases, text, &Alias::text);
    if (alias != aliases.end()) { return alias->unit; }

    const std::string lower = to_lower(text);
    std::optional<Unit> found;
    for (const Row& row : rows) {
        if (to_lower(row.symbol) != lower || is_milli_for_mega(row.symbol, text)) { continue; }
        if (found) { return std::nullopt; }
        found = row.unit;
    }
    return found;
}

BaseUnit base_of(Unit unit) {
    const Row& row = rows.at(static_cast<std::size_t>(unit));
    return {row.base, row.exponent};
}

} // namespace meterctl

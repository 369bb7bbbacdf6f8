#include "codecs/dlms/units.hpp"

#include <algorithm>
#include <array>

namespace meterctl::codecs::dlms {
namespace {

constexpr std::optional<Unit> none_of_ours;

constexpr std::array rows{
    UnitRow{1, "a", Unit::year},
    UnitRow{2, "mo", Unit::month},
    UnitRow{3, "wk", none_of_ours},
    UnitRow{4, "d", Unit::day},
    UnitRow{5, "h", Unit::hour},
    UnitRow{6, "min", Unit::minute},
    UnitRow{7, "s", Unit::second},
    UnitRow{8, "°", Unit::degree},
    UnitRow{9, "°C", Unit::degree_celsius},
    UnitRow{10, "currency", Unit::currency},
    UnitRow{11, "m", Unit::metre},
    UnitRow{12, "m/s", Unit::metre_per_second},
    UnitRow{13, "m³", Unit::cubic_metre},
    UnitRow{14, "m³ (corrected)", Unit::cubic_metre},
    UnitRow{15, "m³/h", Unit::cubic_metre_per_hour},
    UnitRow{16, "m³/h (corrected)", Unit::cubic_metre_per_hour},
    UnitRow{17, "m³/d", none_of_ours},
    UnitRow{18, "m³/d (corrected)", none_of_ours},
    UnitRow{19, "l", Unit::litre},
    UnitRow{20, "kg", Unit::kilogram},
    UnitRow{21, "N", none_of_ours},
    UnitRow{22, "N·m", none_of_ours},
    UnitRow{23, "Pa", Unit::pascal},
    UnitRow{24, "bar", Unit::bar},
    UnitRow{25, "J", Unit::joule},
    UnitRow{26, "J/h", Unit::joule_per_hour},
    UnitRow{27, "W", Unit::watt},
    UnitRow{28, "VA", Unit::volt_ampere},
    UnitRow{29, "var", Unit::var},
    UnitRow{30, "Wh", Unit::watt_hour},
    UnitRow{31, "VAh", Unit::volt_ampere_hour},
    UnitRow{32, "varh", Unit::var_hour},
    UnitRow{33, "A", Unit::ampere},
    UnitRow{34, "C", none_of_ours},
    UnitRow{35, "V", Unit::volt},
    UnitRow{36, "V/m", none_of_ours},
    UnitRow{37, "F", none_of_ours},
    UnitRow{38, "Ω", Unit::ohm},
    UnitRow{39, "Ω·m²/m", none_of_ours},
    UnitRow{40, "Wb", none_of_ours},
    UnitRow{41, "T", none_of_ours},
    UnitRow{42, "A/m", none_of_ours},
    UnitRow{43, "H", none_of_ours},
    UnitRow{44, "Hz", Unit::hertz},
    UnitRow{45, "1/Wh", none_of_ours},
    UnitRow{46, "1/varh", none_of_ours},
    UnitRow{47, "1/VAh", none_of_ours},
    UnitRow{48, "V²h", Unit::volt_squared_hour},
    UnitRow{49, "A²h", Unit::ampere_squared_hour},
    UnitRow{50, "kg/s", none_of_ours},
    UnitRow{51, "S", none_of_ours},
    UnitRow{52, "K", Unit::kelvin},
    UnitRow{53, "1/V²h", none_of_ours},
    UnitRow{54, "1/A²h", none_of_ours},
    UnitRow{55, "1/m³", none_of_ours},
    UnitRow{56, "%", Unit::percent},
    UnitRow{57, "Ah", Unit::ampere_hour},
    UnitRow{60, "Wh/m³", none_of_ours},
    UnitRow{61, "J/m³", none_of_ours},
    UnitRow{62, "mol %", none_of_ours},
    UnitRow{63, "g/m³", none_of_ours},
    UnitRow{64, "Pa·s", none_of_ours},
    UnitRow{65, "J/kg", none_of_ours},
    UnitRow{66, "g/cm²", none_of_ours},
    UnitRow{67, "atm", none_of_ours},
    UnitRow{70, "dBm", Unit::decibel_milliwatt},
    UnitRow{71, "dBµV", none_of_ours},
    UnitRow{72, "dB", none_of_ours},
    UnitRow{128, "in", none_of_ours},
    UnitRow{129, "ft", none_of_ours},
    UnitRow{130, "lb", none_of_ours},
    UnitRow{131, "°F", Unit::degree_fahrenheit},
    UnitRow{132, "°R", none_of_ours},
    UnitRow{133, "in²", none_of_ours},
    UnitRow{134, "ft²", none_of_ours},
    UnitRow{135, "acre", none_of_ours},
    UnitRow{136, "in³", none_of_ours},
    UnitRow{137, "ft³", Unit::cubic_foot},
    UnitRow{138, "acre-ft", none_of_ours},
    UnitRow{139, "gal (imp)", none_of_ours},
    UnitRow{140, "gal (US)", Unit::us_gallon},
    UnitRow{141, "lbf", none_of_ours},
    UnitRow{142, "psi", none_of_ours},
    UnitRow{143, "lb/ft³", none_of_ours},
    UnitRow{144, "lb/(ft·s)", none_of_ours},
    UnitRow{145, "ft²/s", none_of_ours},
    UnitRow{146, "Btu", none_of_ours},
    UnitRow{147, "thm (EC)", none_of_ours},
    UnitRow{148, "thm (US)", none_of_ours},
    UnitRow{149, "Btu/lb", none_of_ours},
    UnitRow{150, "Btu/ft³", none_of_ours},
    UnitRow{151, "ft³ (water)", none_of_ours},
    UnitRow{152, "ft/s", none_of_ours},
    UnitRow{153, "ft³/s", none_of_ours},
    UnitRow{154, "ft³/min", none_of_ours},
    UnitRow{155, "ft³/h", none_of_ours},
    UnitRow{156, "ft³/d", none_of_ours},
    UnitRow{157, "acre-ft/s", none_of_ours},
    UnitRow{158, "acre-ft/min", none_of_ours},
    UnitRow{159, "acre-ft/h", none_of_ours},
    UnitRow{160, "acre-ft/d", none_of_ours},
    UnitRow{161, "gal (imp)", none_of_ours},
    UnitRow{162, "gal (imp)/s", none_of_ours},
    UnitRow{163, "gal (imp)/min", none_of_ours},
    UnitRow{164, "gal (imp)/h", none_of_ours},
    UnitRow{165, "gal (imp)/d", none_of_ours},
    UnitRow{166, "gal (US)", Unit::us_gallon},
    UnitRow{167, "gal (US)/s", none_of_ours},
    UnitRow{168, "gal (US)/min", Unit::us_gallon_per_minute},
    UnitRow{169, "gal (US)/h", Unit::us_gallon_per_hour},
    UnitRow{170, "gal (US)/d", none_of_ours},
    UnitRow{171, "Btu/s", none_of_ours},
    UnitRow{172, "Btu/min", none_of_ours},
    UnitRow{173, "Btu/h", none_of_ours},
    UnitRow{174, "Btu/d", none_of_ours},
    UnitRow{254, "other unit", none_of_ours},
    UnitRow{255, "", Unit::none},
};

constexpr UnitRow reserved{0, "", std::nullopt};

} // namespace

const UnitRow& unit_row(std::uint8_t code) {
    const auto* const row = std::ranges::find(rows, code, &UnitRow::code);
    return row == rows.end() ? reserved : *row;
}

std::optional<std::uint8_t> unit_code(Unit unit) {
    const auto* const row = std::ranges::find(rows, std::optional(unit), &UnitRow::unit);
    return row == rows.end() ? std::nullopt : std::optional(row->code);
}

std::optional<ScalerUnit> scaler_unit_of(const Data& data) {
    const auto* const items = data.items();
    if (data.type != Type::structure || items == nullptr || items->size() != 2) { return std::nullopt; }
    const auto& scaler = (*items)[0];
    const auto& unit = (*items)[1];
    if (scaler.type != Type::integer || unit.type != Type::enumerated) { return std::nullopt; }
    return ScalerUnit{static_cast<std::int8_t>(*scaler.whole()), static_cast<std::uint8_t>(*unit.whole())};
}

Data to_data(const ScalerUnit& scaler_unit) {
    return Data::structure({Data::integer(scaler_unit.scaler), Data::enumerated(scaler_unit.unit)});
}

} // namespace meterctl::codecs::dlms

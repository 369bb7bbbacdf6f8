#include "codecs/bacnet/values.hpp"

#include <algorithm>
#include <array>

namespace meterctl::codecs::bacnet {
namespace {

struct Row {
    std::uint32_t number;
    Unit unit;
};

/// By engineering unit. Where two say the same, the first is the one we write.
constexpr std::array rows{
    Row{2, Unit::milliampere},
    Row{3, Unit::ampere},
    Row{4, Unit::ohm},
    Row{5, Unit::volt},
    Row{6, Unit::kilovolt},
    Row{8, Unit::volt_ampere},
    Row{9, Unit::kilovolt_ampere},
    Row{10, Unit::megavolt_ampere},
    Row{11, Unit::var},
    Row{12, Unit::kilovar},
    Row{13, Unit::megavar},
    Row{90, Unit::degree},
    Row{14, Unit::degree}, // of phase
    Row{16, Unit::joule},
    Row{17, Unit::kilojoule},
    Row{18, Unit::watt_hour},
    Row{19, Unit::kilowatt_hour},
    Row{27, Unit::hertz},
    Row{31, Unit::metre},
    Row{39, Unit::kilogram},
    Row{44, Unit::kilogram_per_hour},
    Row{47, Unit::watt},
    Row{48, Unit::kilowatt},
    Row{49, Unit::megawatt},
    Row{53, Unit::pascal},
    Row{54, Unit::kilopascal},
    Row{55, Unit::bar},
    Row{62, Unit::degree_celsius},
    Row{63, Unit::kelvin},
    Row{70, Unit::day},
    Row{71, Unit::hour},
    Row{72, Unit::minute},
    Row{73, Unit::second},
    Row{74, Unit::metre_per_second},
    Row{80, Unit::cubic_metre},
    Row{82, Unit::litre},
    Row{95, Unit::none},
    Row{98, Unit::percent},
    Row{15, Unit::none}, // a power factor
    Row{105, Unit::currency},
    Row{124, Unit::millivolt},
    Row{126, Unit::megajoule},
    Row{134, Unit::millibar},
    Row{135, Unit::cubic_metre_per_hour},
    Row{136, Unit::litre_per_hour},
    Row{146, Unit::megawatt_hour},
    Row{159, Unit::millisecond},
    Row{242, Unit::var_hour},
    Row{243, Unit::kilovar_hour},
    Row{244, Unit::megavar_hour},
    Row{203, Unit::var_hour},
    Row{204, Unit::kilovar_hour},
    Row{205, Unit::megavar_hour},
    Row{239, Unit::volt_ampere_hour},
    Row{240, Unit::kilovolt_ampere_hour},
    Row{241, Unit::megavolt_ampere_hour},
    Row{245, Unit::volt_squared_hour},
    Row{246, Unit::ampere_squared_hour},
    Row{247, Unit::joule_per_hour},
    Row{47863, Unit::kilojoule_per_hour},
    Row{47925, Unit::gigajoule},
};

} // namespace

std::optional<Unit> unit_of(std::uint32_t engineering_units) {
    const auto* const row = std::ranges::find(rows, engineering_units, &Row::number);
    return row == rows.end() ? std::nullopt : std::optional(row->unit);
}

std::optional<std::uint32_t> engineering_units_of(Unit unit) {
    const auto* const row = std::ranges::find(rows, unit, &Row::unit);
    return row == rows.end() ? std::nullopt : std::optional(row->number);
}

} // namespace meterctl::codecs::bacnet

// Units: one enum, printed in the field's symbols; exact conversion to base units.
#pragma once

#include "src/core/decimal.hpp"

#include <optional>
#include <string_view>

namespace meterctl {

enum class Unit {
    none,
    watt_hour,
    kilowatt_hour,
    megawatt_hour,
    var_hour,
    kilovar_hour,
    megavar_hour,
    volt_ampere_hour,
    kilovolt_ampere_hour,
    megavolt_ampere_hour,
    watt,
    kilowatt,
    megawatt,
    var,
    kilovar,
    megavar,
    volt_ampere,
    kilovolt_ampere,
    megavolt_ampere,
    volt,
    millivolt,
    kilovolt,
    ampere,
    milliampere,
    kiloampere,
    hertz,
    percent,
    degree,
    degree_celsius,
    kelvin,
    second,
    millisecond,
    minute,
    hour,
    day,
    ampere_hour,
    volt_squared_hour,
    ampere_squared_hour,
    impulse_per_kilowatt_hour,
    impulse_per_kilovar_hour,
    impulse,
    cubic_metre,
    litre,
    cubic_metre_per_hour,
    litre_per_hour,
    joule,
    kilojoule,
    megajoule,
    gigajoule,
    joule_per_hour,
    kilojoule_per_hour,
    kilogram,
    tonne,
    kilogram_per_hour,
    pascal,
    kilopascal,
    bar,
    millibar,
    metre,
    metre_per_second,
    baud,
    byte,
    decibel_milliwatt,
    ohm,
    month,
    year,
    bit_time,
    calorie,
    cubic_metre_per_minute,
    cubic_metre_per_second,
    cubic_foot,
    us_gallon,
    us_gallon_per_minute,
    us_gallon_per_hour,
    degree_fahrenheit,
    currency,
};

/// "kWh", "kvarh", "V", "A", "Hz", "imp/kWh", "" for none.
std::string_view symbol(Unit unit);

/// The unit of this symbol; exact case first, then any case where that is unambiguous (m and M never stand for
/// each other); nullopt when unknown.
std::optional<Unit> parse_unit(std::string_view symbol);

struct BaseUnit {
    Unit unit;
    int exponent; ///< value in base = value x 10^exponent
};

/// kWh -> {Wh, 3}; a unit that is its own base (or whose factor is no power of ten) -> {unit, 0}.
BaseUnit base_of(Unit unit);

} // namespace meterctl

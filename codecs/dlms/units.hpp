// Units of scaler_unit (IEC 62056-6-2 clause 4.1.6.2, table 4).
#pragma once

#include "codecs/dlms/data.hpp"
#include "src/core/unit.hpp"

namespace meterctl::codecs::dlms {

struct UnitRow {
    std::uint8_t code = 255;
    std::string_view symbol;  ///< "" for a number without unit
    std::optional<Unit> unit; ///< nullopt where we have none for it
};

/// A reserved code has neither symbol nor unit.
const UnitRow& unit_row(std::uint8_t code);
/// The code for a unit without prefix: watt-hour 30; nullopt where there is none.
std::optional<std::uint8_t> unit_code(Unit unit);

/// The number's power of ten and its unit, as registers have it.
struct ScalerUnit {
    std::int8_t scaler = 0;
    std::uint8_t unit = 255;
    friend bool operator==(const ScalerUnit&, const ScalerUnit&) = default;
};
/// Of a structure {integer, enum}; nullopt where it is none.
std::optional<ScalerUnit> scaler_unit_of(const Data& data);
Data to_data(const ScalerUnit& scaler_unit);

} // namespace meterctl::codecs::dlms

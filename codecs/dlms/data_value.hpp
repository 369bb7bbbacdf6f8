// Data as our values: numbers scaled exactly, times as times, octets as what they are meant to be.
#pragma once

#include "codecs/dlms/date_time.hpp"
#include "codecs/dlms/units.hpp"

namespace meterctl::codecs::dlms {

/// What the octets of an octet-string are. `guess`: a date-time where 12 octets look like one, text where all are
/// printable, else octets.
enum class OctetsAs : std::uint8_t { guess, octets, text, date_time, date, time, logical_name };

struct DataValue {
    Value value; ///< null where a flag says why
    Unit unit = Unit::none;
    /// "not_available" null-data · "not_a_number", "infinite" · "invalid_digits" bcd · "unknown_unit" · "overflow" ·
    /// those of date_time.hpp
    std::vector<std::string> flags;
    std::string text; ///< the symbol of a unit that we have none for; what a time says beyond a DateTime
};

/// With a scaler, numbers are multiplied by its power of ten, exactly; arrays become lists, structures structures with
/// members "1", "2", ...; bit-strings are texts of 0 and 1.
DataValue to_value(const Data& data, std::optional<ScalerUnit> scaling = std::nullopt,
                   OctetsAs octets = OctetsAs::guess);

/// The Data of type `type` for a value in the scaled unit: 2.5 with scaler -1 as long-unsigned is 25.
/// Category::rejected where it does not fit exactly. For octet-strings: octets, text, or a date-time.
Result<Data> from_value(const Value& value, Type type, std::int8_t scaler = 0);

/// Whether all octets are printable ASCII, and there is one at least.
bool printable(ByteView octets);

} // namespace meterctl::codecs::dlms

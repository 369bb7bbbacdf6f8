// What stands between two brackets as a value: by the type of a definition's point, by what the OBIS code stands for,
// or by how it looks.
#pragma once

#include "codecs/iec62056_21/data_set.hpp"
#include "src/core/obis_names.hpp"
#include "src/core/unit.hpp"
#include "src/core/value.hpp"

#include <optional>
#include <string>
#include <vector>

namespace meterctl::codecs::iec62056_21 {

struct GroupValue {
    Value value;
    Unit unit = Unit::none;
    std::vector<std::string> flags;
    std::string text; ///< what was sent where the value is null or its unit is unknown
};

/// "000123.45", "+00026", "-000073.69"; nullopt for anything else. Zeros in front go, those behind the point stay.
std::optional<Decimal> parse_number(std::string_view text);

/// `kind` unset: a number where it has a unit, a point or a sign, else text, so that no leading zero is lost.
GroupValue value_of(const Group& group, std::optional<ObisMeaning::Kind> kind);

/// A value's own time among two groups: which of them is the time. nullopt where neither or both can be.
std::optional<std::size_t> time_group(std::span<const Group> groups);

/// A type that a definition's point can have.
struct ValueType {
    std::string_view name;
    std::string_view title;
    std::optional<Value> (*decode)(std::string_view text);
    /// `length`: characters, filled up with zeros in front; 0: as many as it takes. nullopt where it does not fit.
    std::optional<std::string> (*encode)(const Value& value, unsigned length);
};
/// "number", "integer", "hex", "text", "datetime", "datetime_season", "date", "time", "bool". Usage error with the
/// nearest.
Result<const ValueType*> value_type(std::string_view name);
std::vector<std::string> value_type_names();

} // namespace meterctl::codecs::iec62056_21

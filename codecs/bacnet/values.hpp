// Values as users see them: primitives as our values, with the names that enumerations and bits have in their property,
// engineering units as ours.
#pragma once

#include "codecs/bacnet/names.hpp"
#include "codecs/bacnet/primitive.hpp"
#include "src/core/reading.hpp"

namespace meterctl::codecs::bacnet {

/// Our unit of an engineering unit's number (clause 21); nullopt where we have none, Unit::none for "no-units".
std::optional<Unit> unit_of(std::uint32_t engineering_units);
/// The engineering unit that says this unit; nullopt where BACnet has none.
std::optional<std::uint32_t> engineering_units_of(Unit unit);

/// The names of a property's enumeration; empty where it has none, or they depend on the object type.
names::Table enumeration_of(std::uint32_t property, std::uint16_t object_type);
/// The names of the bits of a property's bit string.
names::Table bits_of(std::uint32_t property);

struct ShownValue {
    Value value;                    ///< null where a flag says why
    std::string text;               ///< the name of an enumeration or an object, the bits that are set
    std::vector<std::string> flags; ///< "not_a_number", "infinite", "not_text", "unspecified"
};

/// A primitive by itself: enumerations and bits without names.
ShownValue show(const Primitive& value);
/// As the value of a property.
ShownValue show(const Primitive& value, std::uint32_t property, std::uint16_t object_type);
/// The names of set bits: "in-alarm, fault"; "none".
std::string bit_names(const BitString& bits, names::Table table);

/// All that a property holds: one primitive as above; several, an array, as a list; a date with its time as one local
/// time; what is constructed as octets. Untrusted where the octets are no tags.
Result<ShownValue> show_property(ByteView value, std::uint32_t property, std::uint16_t object_type);

} // namespace meterctl::codecs::bacnet

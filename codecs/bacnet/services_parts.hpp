// Parts that several services have in common.
#pragma once

#include "codecs/bacnet/parameters.hpp"
#include "codecs/bacnet/services.hpp"

namespace meterctl::codecs::bacnet {

/// A property identifier under context `number`, and its array index under the next.
PropertyReference read_reference(ParameterReader& reader, std::uint8_t number);
void write_reference(ParameterWriter& writer, std::uint8_t number, const PropertyReference& property);

/// Class and code, application-tagged, inside context `number`.
AccessError read_access_error(ParameterReader& reader, std::uint8_t number);
void write_access_error(ParameterWriter& writer, std::uint8_t number, const AccessError& error);

/// A list of property values: [0] property, [1] index, [2] value, [3] priority, again and again.
std::vector<PropertyValue> read_property_values(ParameterReader& reader);
void write_property_values(ParameterWriter& writer, const std::vector<PropertyValue>& values);

/// [0] and [1] of Who-Is and Who-Has.
std::optional<InstanceLimits> read_limits(ParameterReader& reader);
void write_limits(ParameterWriter& writer, const std::optional<InstanceLimits>& limits);

/// The finished struct, or what is wrong with its octets.
template <class T>
Result<T> finished(ParameterReader& reader, T value) {
    if (auto done = reader.finish(); !done) { return tl::unexpected(done.error()); }
    return value;
}

} // namespace meterctl::codecs::bacnet

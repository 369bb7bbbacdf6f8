#include "codecs/bacnet/services_parts.hpp"

namespace meterctl::codecs::bacnet {

PropertyReference read_reference(ParameterReader& reader, std::uint8_t number) {
    PropertyReference reference;
    reference.property = reader.enumerated_at(number);
    const auto index = reader.optional_unsigned(static_cast<std::uint8_t>(number + 1), UINT32_MAX);
    if (index) { reference.index = static_cast<std::uint32_t>(*index); }
    return reference;
}

void write_reference(ParameterWriter& writer, std::uint8_t number, const PropertyReference& property) {
    writer.enumerated(number, property.property);
    if (property.index) { writer.number(static_cast<std::uint8_t>(number + 1), *property.index); }
}

AccessError read_access_error(ParameterReader& reader, std::uint8_t number) {
    auto inner = reader.constructed_at(number);
    AccessError error;
    error.error_class = inner.application<Enumerated>().value;
    error.error_code = inner.application<Enumerated>().value;
    if (!reader.failed() && !inner.finish()) { reader.join(inner); }
    return error;
}

void write_access_error(ParameterWriter& writer, std::uint8_t number, const AccessError& error) {
    writer.open(number).application(Enumerated{error.error_class}).application(Enumerated{error.error_code});
    writer.close(number);
}

std::vector<PropertyValue> read_property_values(ParameterReader& reader) {
    std::vector<PropertyValue> values;
    while (!reader.at_end()) {
        PropertyValue one;
        one.property = read_reference(reader, 0);
        one.value = reader.any_at(2);
        if (const auto priority = reader.optional_unsigned(3, 16)) {
            one.priority = static_cast<std::uint8_t>(*priority);
        }
        values.push_back(std::move(one));
    }
    return values;
}

void write_property_values(ParameterWriter& writer, const std::vector<PropertyValue>& values) {
    for (const auto& one : values) {
        write_reference(writer, 0, one.property);
        writer.any(2, one.value);
        if (one.priority) { writer.number(3, *one.priority); }
    }
}

std::optional<InstanceLimits> read_limits(ParameterReader& reader) {
    if (!reader.next_is(std::uint8_t{0})) { return std::nullopt; }
    InstanceLimits limits;
    limits.low = static_cast<std::uint32_t>(reader.unsigned_at(0, any_instance));
    limits.high = static_cast<std::uint32_t>(reader.unsigned_at(1, any_instance));
    return limits;
}

void write_limits(ParameterWriter& writer, const std::optional<InstanceLimits>& limits) {
    if (limits) { writer.number(0, limits->low).number(1, limits->high); }
}

} // namespace meterctl::codecs::bacnet

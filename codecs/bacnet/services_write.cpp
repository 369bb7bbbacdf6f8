#include "codecs/bacnet/services_parts.hpp"

namespace meterctl::codecs::bacnet {

Bytes encode(const WriteProperty& service) {
    ParameterWriter writer;
    writer.context(0, service.object);
    write_reference(writer, 1, service.property);
    writer.any(3, service.value);
    if (service.priority) { writer.number(4, *service.priority); }
    return writer.take();
}

Result<WriteProperty> decode_write_property(ByteView data) {
    ParameterReader reader(data);
    WriteProperty service;
    service.object = reader.object_at(0);
    service.property = read_reference(reader, 1);
    service.value = reader.any_at(3);
    if (const auto priority = reader.optional_unsigned(4, 16)) {
        service.priority = static_cast<std::uint8_t>(*priority);
    }
    return finished(reader, std::move(service));
}

Bytes encode(const std::vector<WriteAccess>& service) {
    ParameterWriter writer;
    for (const auto& access : service) {
        writer.context(0, access.object).open(1);
        write_property_values(writer, access.properties);
        writer.close(1);
    }
    return writer.take();
}

Result<std::vector<WriteAccess>> decode_write_property_multiple(ByteView data) {
    ParameterReader reader(data);
    std::vector<WriteAccess> service;
    while (!reader.at_end()) {
        WriteAccess access;
        access.object = reader.object_at(0);
        auto list = reader.constructed_at(1);
        access.properties = read_property_values(list);
        reader.join(list);
        service.push_back(std::move(access));
    }
    return finished(reader, std::move(service));
}

Bytes encode(const WriteError& error) {
    ParameterWriter writer;
    write_access_error(writer, 0, error.error);
    writer.open(1).context(0, error.object);
    write_reference(writer, 1, error.property);
    return writer.close(1).take();
}

Result<WriteError> decode_write_error(ByteView data) {
    ParameterReader reader(data);
    WriteError error;
    error.error = read_access_error(reader, 0);
    auto first = reader.constructed_at(1);
    error.object = first.object_at(0);
    error.property = read_reference(first, 1);
    if (!reader.failed() && !first.finish()) { reader.join(first); }
    return finished(reader, error);
}

} // namespace meterctl::codecs::bacnet

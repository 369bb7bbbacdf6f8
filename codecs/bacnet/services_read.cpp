#include "codecs/bacnet/services_parts.hpp"

namespace meterctl::codecs::bacnet {

Bytes encode(const ReadProperty& service) {
    ParameterWriter writer;
    writer.context(0, service.object);
    write_reference(writer, 1, service.property);
    return writer.take();
}

Result<ReadProperty> decode_read_property(ByteView data) {
    ParameterReader reader(data);
    ReadProperty service;
    service.object = reader.object_at(0);
    service.property = read_reference(reader, 1);
    return finished(reader, service);
}

Bytes encode(const ReadPropertyAck& service) {
    ParameterWriter writer;
    writer.context(0, service.object);
    write_reference(writer, 1, service.property);
    return writer.any(3, service.value).take();
}

Result<ReadPropertyAck> decode_read_property_ack(ByteView data) {
    ParameterReader reader(data);
    ReadPropertyAck service;
    service.object = reader.object_at(0);
    service.property = read_reference(reader, 1);
    service.value = reader.any_at(3);
    return finished(reader, std::move(service));
}

Bytes encode(const std::vector<ReadAccess>& service) {
    ParameterWriter writer;
    for (const auto& access : service) {
        writer.context(0, access.object).open(1);
        for (const auto& property : access.properties) { write_reference(writer, 0, property); }
        writer.close(1);
    }
    return writer.take();
}

Result<std::vector<ReadAccess>> decode_read_property_multiple(ByteView data) {
    ParameterReader reader(data);
    std::vector<ReadAccess> service;
    while (!reader.at_end()) {
        ReadAccess access;
        access.object = reader.object_at(0);
        auto list = reader.constructed_at(1);
        while (!list.at_end()) { access.properties.push_back(read_reference(list, 0)); }
        reader.join(list);
        service.push_back(std::move(access));
    }
    return finished(reader, std::move(service));
}

Bytes encode(const std::vector<ReadResult>& service) {
    ParameterWriter writer;
    for (const auto& result : service) {
        writer.context(0, result.object).open(1);
        for (const auto& one : result.properties) {
            write_reference(writer, 2, one.property);
            if (const auto* const value = std::get_if<Bytes>(&one.result)) {
                writer.any(4, *value);
            } else {
                write_access_error(writer, 5, std::get<AccessError>(one.result));
            }
        }
        writer.close(1);
    }
    return writer.take();
}

namespace {

PropertyResult read_result(ParameterReader& list) {
    PropertyResult one;
    one.property = read_reference(list, 2);
    if (list.next_is(std::uint8_t{5})) {
        one.result = read_access_error(list, 5);
    } else {
        one.result = list.any_at(4);
    }
    return one;
}

} // namespace

Result<std::vector<ReadResult>> decode_read_property_multiple_ack(ByteView data) {
    ParameterReader reader(data);
    std::vector<ReadResult> service;
    while (!reader.at_end()) {
        ReadResult result;
        result.object = reader.object_at(0);
        auto list = reader.constructed_at(1);
        while (!list.at_end()) { result.properties.push_back(read_result(list)); }
        reader.join(list);
        service.push_back(std::move(result));
    }
    return finished(reader, std::move(service));
}

} // namespace meterctl::codecs::bacnet

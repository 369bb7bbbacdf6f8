#include "codecs/bacnet/services_parts.hpp"

namespace meterctl::codecs::bacnet {
namespace {

std::uint32_t read_u32(ParameterReader& reader) {
    const auto number = reader.application<std::uint64_t>();
    if (number > UINT32_MAX) { reader.fail_here("a number of more than 32 bits"); }
    return static_cast<std::uint32_t>(number);
}

} // namespace

Bytes encode(const WhoIs& service) {
    ParameterWriter writer;
    write_limits(writer, service.limits);
    return writer.take();
}

Result<WhoIs> decode_who_is(ByteView data) {
    ParameterReader reader(data);
    WhoIs service;
    service.limits = read_limits(reader);
    return finished(reader, service);
}

Bytes encode(const IAm& service) {
    ParameterWriter writer;
    writer.application(service.device).application(std::uint64_t{service.max_apdu});
    writer.application(Enumerated{service.segmentation}).application(std::uint64_t{service.vendor});
    return writer.take();
}

Result<IAm> decode_i_am(ByteView data) {
    ParameterReader reader(data);
    IAm service;
    service.device = reader.application<ObjectId>();
    service.max_apdu = read_u32(reader);
    service.segmentation = reader.application<Enumerated>().value;
    service.vendor = read_u32(reader);
    return finished(reader, service);
}

Bytes encode(const WhoHas& service) {
    ParameterWriter writer;
    write_limits(writer, service.limits);
    if (const auto* const object = std::get_if<ObjectId>(&service.object)) {
        writer.context(2, *object);
    } else {
        writer.context(3, std::get<CharacterString>(service.object));
    }
    return writer.take();
}

Result<WhoHas> decode_who_has(ByteView data) {
    ParameterReader reader(data);
    WhoHas service;
    service.limits = read_limits(reader);
    if (reader.next_is(std::uint8_t{3})) {
        service.object = reader.text_at(3);
    } else {
        service.object = reader.object_at(2);
    }
    return finished(reader, std::move(service));
}

Bytes encode(const IHave& service) {
    ParameterWriter writer;
    return writer.application(service.device).application(service.object).application(service.name).take();
}

Result<IHave> decode_i_have(ByteView data) {
    ParameterReader reader(data);
    IHave service;
    service.device = reader.application<ObjectId>();
    service.object = reader.application<ObjectId>();
    service.name = reader.application<CharacterString>();
    return finished(reader, std::move(service));
}

Bytes encode(const TimeSynchronization& service) {
    ParameterWriter writer;
    return writer.application(service.date).application(service.time).take();
}

Result<TimeSynchronization> decode_time_synchronization(ByteView data) {
    ParameterReader reader(data);
    TimeSynchronization service;
    service.date = reader.application<Date>();
    service.time = reader.application<Time>();
    return finished(reader, service);
}

Bytes encode(const ReinitializeDevice& service) {
    ParameterWriter writer;
    return writer.enumerated(0, service.state).optional(1, service.password).take();
}

Result<ReinitializeDevice> decode_reinitialize_device(ByteView data) {
    ParameterReader reader(data);
    ReinitializeDevice service;
    service.state = reader.enumerated_at(0);
    service.password = reader.optional_text(1);
    return finished(reader, std::move(service));
}

Bytes encode(const DeviceCommunicationControl& service) {
    ParameterWriter writer;
    if (service.minutes) { writer.number(0, *service.minutes); }
    return writer.enumerated(1, service.state).optional(2, service.password).take();
}

Result<DeviceCommunicationControl> decode_device_communication_control(ByteView data) {
    ParameterReader reader(data);
    DeviceCommunicationControl service;
    if (const auto minutes = reader.optional_unsigned(0, UINT16_MAX)) {
        service.minutes = static_cast<std::uint16_t>(*minutes);
    }
    service.state = reader.enumerated_at(1);
    service.password = reader.optional_text(2);
    return finished(reader, std::move(service));
}

} // namespace meterctl::codecs::bacnet

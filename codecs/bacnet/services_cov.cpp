#include "codecs/bacnet/services_parts.hpp"

namespace meterctl::codecs::bacnet {

Bytes encode(const SubscribeCov& service) {
    ParameterWriter writer;
    writer.number(0, service.process).context(1, service.object).optional(2, service.confirmed);
    if (service.lifetime) { writer.number(3, *service.lifetime); }
    return writer.take();
}

Result<SubscribeCov> decode_subscribe_cov(ByteView data) {
    ParameterReader reader(data);
    SubscribeCov service;
    service.process = static_cast<std::uint32_t>(reader.unsigned_at(0, UINT32_MAX));
    service.object = reader.object_at(1);
    if (reader.next_is(std::uint8_t{2})) { service.confirmed = reader.boolean_at(2); }
    if (const auto lifetime = reader.optional_unsigned(3, UINT32_MAX)) {
        service.lifetime = static_cast<std::uint32_t>(*lifetime);
    }
    return finished(reader, service);
}

Bytes encode(const CovNotification& service) {
    ParameterWriter writer;
    writer.number(0, service.process).context(1, service.device).context(2, service.object);
    writer.number(3, service.time_remaining).open(4);
    write_property_values(writer, service.values);
    return writer.close(4).take();
}

Result<CovNotification> decode_cov_notification(ByteView data) {
    ParameterReader reader(data);
    CovNotification service;
    service.process = static_cast<std::uint32_t>(reader.unsigned_at(0, UINT32_MAX));
    service.device = reader.object_at(1);
    service.object = reader.object_at(2);
    service.time_remaining = static_cast<std::uint32_t>(reader.unsigned_at(3, UINT32_MAX));
    auto list = reader.constructed_at(4);
    service.values = read_property_values(list);
    reader.join(list);
    return finished(reader, std::move(service));
}

} // namespace meterctl::codecs::bacnet

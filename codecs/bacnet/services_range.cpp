#include "codecs/bacnet/services_parts.hpp"

namespace meterctl::codecs::bacnet {
namespace {

constexpr std::uint8_t by_position = 3, by_sequence = 6, by_time = 7;

struct RangeWriter {
    ParameterWriter& writer;

    void operator()(std::monostate) const {}
    void operator()(const RangeByPosition& range) const { numbered(by_position, range.reference, range.count); }
    void operator()(const RangeBySequence& range) const { numbered(by_sequence, range.reference, range.count); }
    void operator()(const RangeByTime& range) const {
        writer.open(by_time).application(range.date).application(range.time);
        writer.application(std::int64_t{range.count}).close(by_time);
    }
    void numbered(std::uint8_t choice, std::uint32_t reference, std::int32_t count) const {
        writer.open(choice).application(std::uint64_t{reference}).application(std::int64_t{count}).close(choice);
    }
};

std::uint32_t read_reference_number(ParameterReader& reader) {
    const auto number = reader.application<std::uint64_t>();
    if (number > UINT32_MAX) { reader.fail_here("a reference of more than 32 bits"); }
    return static_cast<std::uint32_t>(number);
}

std::int32_t read_count(ParameterReader& reader) {
    const auto count = reader.application<std::int64_t>();
    if (count < INT32_MIN || count > INT32_MAX) { reader.fail_here("a count of more than 32 bits"); }
    return static_cast<std::int32_t>(count);
}

template <class Range>
Range read_numbered(ParameterReader& reader, std::uint8_t choice) {
    auto inner = reader.constructed_at(choice);
    Range range;
    range.reference = read_reference_number(inner);
    range.count = read_count(inner);
    if (!inner.finish()) { reader.join(inner); }
    return range;
}

RangeByTime read_by_time(ParameterReader& reader) {
    auto inner = reader.constructed_at(by_time);
    RangeByTime range;
    range.date = inner.application<Date>();
    range.time = inner.application<Time>();
    range.count = read_count(inner);
    if (!inner.finish()) { reader.join(inner); }
    return range;
}

} // namespace

Bytes encode(const ReadRange& service) {
    ParameterWriter writer;
    writer.context(0, service.object);
    write_reference(writer, 1, service.property);
    std::visit(RangeWriter{writer}, service.range);
    return writer.take();
}

Result<ReadRange> decode_read_range(ByteView data) {
    ParameterReader reader(data);
    ReadRange service;
    service.object = reader.object_at(0);
    service.property = read_reference(reader, 1);
    if (reader.next_is(by_position)) {
        service.range = read_numbered<RangeByPosition>(reader, by_position);
    } else if (reader.next_is(by_sequence)) {
        service.range = read_numbered<RangeBySequence>(reader, by_sequence);
    } else if (reader.next_is(by_time)) {
        service.range = read_by_time(reader);
    }
    return finished(reader, std::move(service));
}

Bytes encode(const ReadRangeAck& service) {
    ParameterWriter writer;
    writer.context(0, service.object);
    write_reference(writer, 1, service.property);
    writer.context(3, BitString{{service.first_item, service.last_item, service.more_items}});
    writer.number(4, service.item_count).any(5, service.items);
    if (service.first_sequence) { writer.number(6, *service.first_sequence); }
    return writer.take();
}

Result<ReadRangeAck> decode_read_range_ack(ByteView data) {
    ParameterReader reader(data);
    ReadRangeAck service;
    service.object = reader.object_at(0);
    service.property = read_reference(reader, 1);
    const auto flags = reader.bits_at(3);
    service.first_item = flags.test(0);
    service.last_item = flags.test(1);
    service.more_items = flags.test(2);
    service.item_count = static_cast<std::uint32_t>(reader.unsigned_at(4, UINT32_MAX));
    service.items = reader.any_at(5);
    if (const auto first = reader.optional_unsigned(6, UINT32_MAX)) {
        service.first_sequence = static_cast<std::uint32_t>(*first);
    }
    return finished(reader, std::move(service));
}

} // namespace meterctl::codecs::bacnet

#include "codecs/mbus/point.hpp"

#include <algorithm>

namespace meterctl::codecs::mbus {

using catalogue::Point;

Reading reading_of(const Point& point, Value value) {
    Reading reading;
    reading.name = point.name;
    reading.obis = point.obis;
    reading.address = point.address;
    reading.unit = point.unit;
    reading.value = std::move(value);
    for (const catalogue::Choice& choice : point.choices) {
        const auto a = choice.value.number(), b = reading.value.number();
        if (a && b ? *a == *b : choice.value == reading.value) { reading.text = choice.label; }
    }
    return reading;
}

Reading reading_of(const Point& point, const Record& record) {
    const BaseUnit own = base_of(record.unit), wanted = base_of(point.unit);
    const bool same_kind = own.unit == wanted.unit;
    const int exponent = same_kind ? own.exponent - wanted.exponent : 0;
    Value value = record.value;
    if (exponent != 0) { value = scaled(value, Decimal{1, exponent}); }
    if (!(point.scale == Decimal{1, 0})) { value = scaled(value, point.scale); }
    Reading reading = reading_of(point, std::move(value));
    if (!same_kind) { reading.unit = record.unit; }
    reading.flags = record.flags;
    if (reading.text.empty()) { reading.text = record.text; }
    reading.raw.assign(record.header.begin(), record.header.end());
    reading.raw.insert(reading.raw.end(), record.data.begin(), record.data.end());
    return reading;
}

Result<Value> record_value(const Point& point, ByteView header, const Value& value) {
    const auto record = decode_header(header);
    if (!record) { return tl::unexpected(record.error()); }
    const BaseUnit own = base_of(record->unit), given = base_of(point.unit);
    if (own.unit != given.unit || !value.number()) { return value; }
    return scaled(value, Decimal{1, given.exponent - own.exponent});
}

Value part_of(const Header& header, HeaderPart part) {
    const auto& identity = header.identity;
    switch (part) {
    case HeaderPart::id:
        return id_text(identity.id);
    case HeaderPart::manufacturer:
        return manufacturer_text(identity.manufacturer);
    case HeaderPart::version:
        return std::uint64_t{identity.version};
    case HeaderPart::medium:
        return std::uint64_t{identity.medium};
    case HeaderPart::status:
        return std::uint64_t{header.status};
    }
    return {};
}

} // namespace meterctl::codecs::mbus

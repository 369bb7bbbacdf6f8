#include "codecs/bacnet/readings.hpp"

#include "codecs/bacnet/apdu.hpp"

namespace meterctl::codecs::bacnet {
namespace {

constexpr std::uint32_t units_property = 117;

PointIndex::Key key(ObjectId object, const PropertyReference& property) {
    if (object.type == device_type) { object.instance = any_instance; }
    return {object, property.property, property.index};
}

/// A point that stands for what no definition names.
catalogue::Point unnamed(ObjectId object, const PropertyReference& property) {
    catalogue::Point point;
    point.address = PointAddress{object, property}.text();
    point.name = point.address;
    return point;
}

void add(const PointIndex& points, ObjectId object, const PropertyReference& property, const Bytes& value,
         std::optional<Unit> unit, std::vector<Reading>& readings) {
    const auto* const known = points.find(object, property);
    const PointAddress address{object, property};
    auto reading = known != nullptr ? decode_point(*known, address, value) : decode_unnamed(address, value);
    if (!reading) { return; }
    const bool measured = property.property == present_value_property;
    if (known == nullptr && measured && unit) { reading->unit = *unit; }
    if (reading->value.is_null() && reading->flags.empty()) { reading->flags.emplace_back("not_available"); }
    readings.push_back(std::move(*reading));
}

Reading refused(const PointIndex& points, ObjectId object, const PropertyReference& property,
                const AccessError& error) {
    const auto* const known = points.find(object, property);
    const auto point = known != nullptr ? *known : unnamed(object, property);
    Reading reading;
    reading.name = point.name;
    reading.obis = point.obis;
    reading.unit = point.unit;
    reading.address = point.address;
    reading.flags.emplace_back("refused");
    reading.text = names::text(names::error_classes, error.error_class) + ", " +
                   names::text(names::error_codes, error.error_code, 256);
    return reading;
}

std::optional<Unit> reported_unit(const ReadResult& result) {
    for (const auto& one : result.properties) {
        const auto* const value = std::get_if<Bytes>(&one.result);
        if (one.property.property != units_property || value == nullptr) { continue; }
        const auto held = decode_primitives(*value);
        const auto* const number = held && held->size() == 1 ? std::get_if<Enumerated>(&held->front()) : nullptr;
        if (number != nullptr) { return unit_of(number->value); }
    }
    return std::nullopt;
}

} // namespace

PointIndex::PointIndex(const catalogue::Definition* definition) {
    if (definition == nullptr) { return; }
    for (const auto& point : definition->points) {
        if (point.method) { continue; }
        if (const auto at = parse_point_address(point.address)) {
            points_.emplace(key(at->object, at->property), &point);
        }
    }
}

const catalogue::Point* PointIndex::find(ObjectId object, const PropertyReference& property) const {
    if (points_.empty()) { return nullptr; }
    const auto found = points_.find(key(object, property));
    return found == points_.end() ? nullptr : found->second;
}

std::vector<Reading> readings(const PointIndex& points, const ReadPropertyAck& ack) {
    std::vector<Reading> out;
    add(points, ack.object, ack.property, ack.value, std::nullopt, out);
    return out;
}

std::vector<Reading> readings(const PointIndex& points, const std::vector<ReadResult>& results) {
    std::vector<Reading> out;
    for (const auto& result : results) {
        const auto unit = reported_unit(result);
        for (const auto& one : result.properties) {
            if (const auto* const value = std::get_if<Bytes>(&one.result)) {
                add(points, result.object, one.property, *value, unit, out);
            } else {
                out.push_back(refused(points, result.object, one.property, std::get<AccessError>(one.result)));
            }
        }
    }
    return out;
}

std::vector<Reading> readings(const PointIndex& points, const CovNotification& notification) {
    std::vector<Reading> out;
    for (const auto& one : notification.values) {
        add(points, notification.object, one.property, one.value, std::nullopt, out);
    }
    return out;
}

} // namespace meterctl::codecs::bacnet

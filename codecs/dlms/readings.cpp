#include "codecs/dlms/readings.hpp"

#include "codecs/dlms/data_value.hpp"
#include "codecs/dlms/point.hpp"
#include "src/core/obis_names.hpp"

#include <algorithm>

namespace meterctl::codecs::dlms {
namespace {

constexpr std::uint16_t clock_class = 8;
constexpr std::int8_t value_attribute = 2, own_name_attribute = 1;
const Obis clock{0, 0, 1, 0, 0, 255};

/// A value whose class is not said, or one of the classes whose attribute 2 is the value that the logical name means.
bool is_value(const AttributeDescriptor& attribute) {
    constexpr std::uint16_t last_register = 5; // 1 data, 3 register, 4 extended register, 5 demand register
    const bool has_value = attribute.class_id <= last_register || attribute.class_id == clock_class;
    return has_value && attribute.attribute == value_attribute;
}

std::string name_for(const AttributeDescriptor& attribute) {
    if (!is_value(attribute)) { return attribute.text(); }
    if (attribute.logical_name == clock) { return "clock"; }
    const auto name = name_of(attribute.logical_name);
    return name ? *name : attribute.logical_name.to_logical_name();
}

std::string address_of(const AttributeDescriptor& attribute) {
    return attribute.class_id == 0 ? attribute.logical_name.to_logical_name() : attribute.text();
}

Reading plain_reading(const AttributeDescriptor& attribute, const Data& value,
                      const std::optional<ScalerUnit>& scaling) {
    auto shown = to_value(value, scaling);
    Reading reading;
    reading.name = name_for(attribute);
    reading.obis = attribute.logical_name;
    reading.value = std::move(shown.value);
    reading.unit = shown.unit;
    reading.flags = std::move(shown.flags);
    reading.text = std::move(shown.text);
    return reading;
}

} // namespace

PointIndex::PointIndex(const catalogue::Definition* definition) {
    if (definition == nullptr) { return; }
    for (const auto& point : definition->points) {
        const auto address = parse_point_address(point.address);
        if (!address || address->method || !address->path.empty()) { continue; }
        points_.emplace(address->text(), &point);
        if (address->index == value_attribute) { values_.emplace(address->logical_name, &point); }
    }
}

const catalogue::Point* PointIndex::find(const AttributeDescriptor& attribute) const {
    const auto found = points_.find(attribute.text());
    return found == points_.end() ? nullptr : found->second;
}

const catalogue::Point* PointIndex::find(const Obis& logical_name) const {
    const auto found = values_.find(logical_name);
    return found == values_.end() ? nullptr : found->second;
}

std::optional<Reading> reading_of(const PointIndex& points, const AttributeDescriptor& attribute, const Data& value,
                                  const std::optional<ScalerUnit>& scaling) {
    if (attribute.attribute == own_name_attribute) { return std::nullopt; }
    const bool by_name_only = attribute.class_id == 0 && attribute.attribute == value_attribute;
    const auto* const point = by_name_only ? points.find(attribute.logical_name) : points.find(attribute);
    if (point == nullptr && value.items() != nullptr) { return std::nullopt; }
    auto reading = plain_reading(attribute, value, scaling);
    if (point != nullptr) {
        auto named = decode_point(*point, value, scaling);
        if (!named) { return std::nullopt; }
        reading = std::move(*named);
    }
    if (reading.value.is_null() && reading.flags.empty()) { reading.flags.emplace_back("not_available"); }
    reading.address = address_of(attribute);
    reading.raw = encode(value);
    return reading;
}

std::vector<Reading> readings(const PointIndex& points, const DataNotification& notification) {
    std::optional<DateTime> time;
    if (notification.time) {
        const auto shown = show_date_time(*notification.time);
        if (const auto* const given = shown.value.get<DateTime>()) { time = *given; }
    }
    std::vector<Reading> out;
    for (const auto& one : pushed_values(notification.body)) {
        const AttributeDescriptor attribute{one.class_id, one.logical_name, one.attribute, std::nullopt};
        auto reading = reading_of(points, attribute, one.value, one.scaling);
        if (!reading) { continue; }
        constexpr std::uint8_t electricity = 1;
        const bool measured = one.logical_name.a == electricity && reading->value.number().has_value();
        if (measured && !one.scaling && reading->unit == Unit::none) { reading->flags.emplace_back("unscaled"); }
        reading->time = time;
        out.push_back(std::move(*reading));
    }
    return out;
}

} // namespace meterctl::codecs::dlms

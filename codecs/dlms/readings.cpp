#include "codecs/dlms/readings.hpp"

#include "codecs/dlms/data_value.hpp"
#include "codecs/dlms/point.hpp"
#include "src/core/obis_names.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

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

/// Whether the meter keeps a scaler beside the value, so that the number alone is only digits.
bool has_scaler(const AttributeDescriptor& attribute, const catalogue::Point* point) {
    if (point != nullptr) {
        const auto address = parse_point_address(point->address);
        return address && scaler_unit_address(*address).has_value();
    }
    constexpr std::uint8_t electricity = 1;
    if (attribute.class_id == 0) { return attribute.logical_name.a == electricity; }
    return scaler_unit_address({attribute.class_id, attribute.logical_name, attribute.attribute}).has_value();
}

/// A number whose scaler was not heard has no unit either, unless the definition says both.
void mark_unscaled(Reading& reading, const AttributeDescriptor& attribute, const catalogue::Point* point) {
    const bool defined = point != nullptr && point->scale != Decimal{1, 0};
    if (defined || !reading.value.number() || !has_scaler(attribute, point)) { return; }
    reading.unit = Unit::none;
    reading.flags.emplace_back("unscaled");
}

/// The values of a push that names none, by a definition's list of as many.
std::vector<Reading> by_position(const PointIndex& points, const Data& body) {
    std::vector<Reading> out;
    const auto* const items = body.items();
    if (items == nullptr) { return out; }
    const auto named = points.pushed(items->size());
    for (std::size_t index = 0; index < named.size(); ++index) {
        if (named[index] == nullptr) { continue; }
        auto reading = decode_point(*named[index], (*items)[index]);
        if (!reading) { continue; }
        mark_unscaled(*reading, {}, named[index]);
        if (reading->value.is_null() && reading->flags.empty()) { reading->flags.emplace_back("not_available"); }
        out.push_back(std::move(*reading));
    }
    return out;
}

} // namespace

std::vector<std::vector<std::string>> parse_push_lists(std::string_view text) {
    std::vector<std::vector<std::string>> lists;
    for (const auto list : split(text, ';')) {
        std::vector<std::string> names;
        for (const auto name : split(list, ' ')) {
            if (!name.empty()) { names.emplace_back(name); }
        }
        if (!names.empty()) { lists.push_back(std::move(names)); }
    }
    return lists;
}

std::vector<ShortNamed> parse_short_names(std::string_view text) {
    std::vector<ShortNamed> out;
    for (const auto part : split(text, ' ')) {
        if (part.empty()) { continue; }
        const auto sign = std::min(part.find('='), part.size());
        auto& one = out.emplace_back();
        one.text = part.substr(0, sign);
        one.point = part.substr(std::min(sign + 1, part.size()));
        constexpr std::size_t digits = 4;
        constexpr int hexadecimal = 16;
        std::uint16_t name = 0;
        const char* const end = one.text.data() + one.text.size();
        const auto read = std::from_chars(one.text.data(), end, name, hexadecimal);
        if (one.text.size() == digits && read.ec == std::errc() && read.ptr == end) { one.name = name; }
    }
    return out;
}

std::vector<const catalogue::Point*> PointIndex::pushed(std::size_t values) const {
    const std::vector<const catalogue::Point*>* only = nullptr;
    for (const auto& list : push_lists_) {
        if (list.size() != values) { continue; }
        if (only != nullptr) { return {}; }
        only = &list;
    }
    return only == nullptr ? std::vector<const catalogue::Point*>() : *only;
}

PointIndex::PointIndex(const catalogue::Definition* definition) {
    if (definition == nullptr) { return; }
    for (const auto& point : definition->points) {
        const auto address = parse_point_address(point.address);
        if (!address || address->method || !address->path.empty()) { continue; }
        points_.emplace(address->text(), &point);
        if (address->index == value_attribute) { values_.emplace(address->logical_name, &point); }
    }
    const auto pairs = definition->settings.find(std::string(short_names_setting));
    for (const auto& one : parse_short_names(pairs == definition->settings.end() ? std::string() : pairs->second)) {
        if (one.name) { short_names_.emplace(*one.name, definition->find(one.point)); }
    }
    const auto lists = definition->settings.find(std::string(push_lists_setting));
    if (lists == definition->settings.end()) { return; }
    for (const auto& names : parse_push_lists(lists->second)) {
        auto& list = push_lists_.emplace_back();
        list.reserve(names.size());
        for (const auto& name : names) { list.push_back(definition->find(name)); }
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

const catalogue::Point* PointIndex::find_short(std::uint16_t name) const {
    const auto found = short_names_.find(name);
    return found == short_names_.end() ? nullptr : found->second;
}

std::optional<Reading> reading_of(const PointIndex& points, std::uint16_t short_name, const Data& value) {
    const auto* const point = points.find_short(short_name);
    if (point == nullptr && value.items() != nullptr) { return std::nullopt; }
    Reading reading;
    if (point != nullptr) {
        auto named = decode_point(*point, value);
        if (!named) { return std::nullopt; }
        reading = std::move(*named);
        mark_unscaled(reading, {}, point);
    } else {
        auto shown = to_value(value, std::nullopt);
        reading.name = fmt::format("short_name_0x{:04X}", short_name);
        reading.value = std::move(shown.value);
        reading.flags = std::move(shown.flags);
        reading.text = std::move(shown.text);
        if (reading.value.number()) { reading.flags.emplace_back("unscaled"); }
    }
    if (reading.value.is_null() && reading.flags.empty()) { reading.flags.emplace_back("not_available"); }
    reading.address = fmt::format("0x{:04X}", short_name);
    reading.raw = encode(value);
    return reading;
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
    if (!scaling) { mark_unscaled(reading, attribute, point); }
    if (reading.value.is_null() && reading.flags.empty()) { reading.flags.emplace_back("not_available"); }
    reading.address = address_of(attribute);
    reading.raw = encode(value);
    return reading;
}

std::vector<Reading> readings(const PointIndex& points, const DataNotification& notification,
                              std::span<const std::vector<CaptureObject>> heard, const ScalerOf& scaler_of) {
    std::optional<DateTime> time;
    if (notification.time) {
        const auto shown = show_date_time(*notification.time);
        if (const auto* const given = shown.value.get<DateTime>()) { time = *given; }
    }
    auto values = pushed_values(notification.body);
    std::vector<Reading> out = values.empty() ? by_position(points, notification.body) : std::vector<Reading>();
    if (values.empty() && out.empty()) { values = pushed_values(notification.body, heard); }
    for (const auto& one : values) {
        const AttributeDescriptor attribute{one.class_id, one.logical_name, one.attribute, std::nullopt};
        const auto scaling = one.scaling || !scaler_of ? one.scaling : scaler_of(attribute);
        if (auto reading = reading_of(points, attribute, one.value, scaling)) { out.push_back(std::move(*reading)); }
    }
    for (auto& reading : out) { reading.time = time; }
    return out;
}

} // namespace meterctl::codecs::dlms

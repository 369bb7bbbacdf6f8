#include "codecs/dlms/point.hpp"
#include "codecs/dlms/shape.hpp"
#include "src/catalogue/choices.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::dlms {

namespace {

tl::unexpected<Error> missing_part(const PointAddress& address) {
    return fail(Category::untrusted, "the attribute has no such part", address.text(), {"--raw, which shows all of it"},
                "dlms.part");
}

/// The part that the path leads to; nullptr where there is none.
const Data* part_of(const Data& attribute, std::span<const std::uint16_t> path) {
    const Data* part = &attribute;
    for (const auto index : path) {
        const auto* const items = part->items();
        if (items == nullptr || index > items->size()) { return nullptr; }
        part = &(*items)[index - 1U];
    }
    return part;
}

/// The shape of the part of a shape that the path leads to: any where the shape does not go so deep.
Shape shape_of_part(const Shape& shape, std::span<const std::uint16_t> path) {
    Shape part = shape;
    for (const auto index : path) {
        Shape next;
        if (part.kind == Shape::Kind::array) { next = part.members.front().shape; }
        if (part.kind == Shape::Kind::structure && index <= part.members.size()) {
            next = part.members[index - 1U].shape;
        }
        part = std::move(next);
    }
    return part;
}

const Attribute* attribute_of(const PointAddress& address) {
    const auto* const known = find_class(address.class_id);
    return known == nullptr || address.method ? nullptr : find_attribute(*known, address.index);
}

/// The point's own, which is of the part; else the class's.
Result<Shape> shape_of(const catalogue::Point& point, const PointAddress& address) {
    if (!point.type.empty()) { return parse_shape(point.type); }
    const auto* const attribute = attribute_of(address);
    if (attribute == nullptr) { return Shape{}; }
    return parse_shape(attribute->type).map([&](const Shape& shape) { return shape_of_part(shape, address.path); });
}

void show_bits(const catalogue::Point& point, Reading& reading) {
    const auto* const pattern = reading.value.get<std::string>();
    const auto number = reading.value.number();
    const auto whole = number ? number->to_int64() : std::nullopt;
    for (const auto& bit : point.bits) {
        const bool in_string = pattern != nullptr && bit.bit < pattern->size() && (*pattern)[bit.bit] == '1';
        const bool in_number = whole && bit.bit < 63 && ((*whole >> bit.bit) & 1) != 0;
        const bool set = in_string || in_number;
        if (set) { reading.text += (reading.text.empty() ? "" : ", ") + bit.name; }
        if (bit.is_fault && set == bit.fault_when) { reading.flags.push_back("fault:" + bit.name); }
    }
}

/// Into the point's unit, where the meter's measures the same.
void into_unit_of(const catalogue::Point& point, Reading& reading) {
    if (reading.value.is_null()) { reading.unit = point.unit; }
    const auto sent = base_of(reading.unit), wanted = base_of(point.unit);
    if (reading.unit == point.unit || point.unit == Unit::none) { return; }
    if (sent.unit != wanted.unit) {
        reading.flags.emplace_back("unexpected_unit");
        return;
    }
    reading.value = scaled(reading.value, Decimal{1, sent.exponent - wanted.exponent});
    reading.unit = point.unit;
}

void show_label(const catalogue::Point& point, const PointAddress& address, Reading& reading) {
    const auto* const choice = catalogue::choice_of(point, reading.value);
    if (choice != nullptr && !reading.value.is_null()) {
        reading.text = choice->label;
        return;
    }
    const auto* const attribute = attribute_of(address);
    const auto number = reading.value.number();
    const auto whole = number ? number->to_int64() : std::nullopt;
    if (attribute == nullptr || !address.path.empty() || !whole || *whole < 0 || *whole > UINT8_MAX) { return; }
    const auto label = label_of(*attribute, static_cast<std::uint8_t>(*whole));
    if (!label.empty()) { reading.text = label; }
}

/// The value as the meter counts it: in its unit, without the point's scale.
Value in_meters_unit(const catalogue::Point& point, const Value& value, const std::optional<ScalerUnit>& scaling) {
    const auto number = value.number();
    if (!number) { return value; }
    if (!scaling) {
        const auto raw = number->divided_by(point.scale);
        return raw ? Value(*raw) : value;
    }
    const auto sent = unit_row(scaling->unit).unit;
    if (!sent || point.unit == Unit::none || base_of(*sent).unit != base_of(point.unit).unit) { return value; }
    return scaled(value, Decimal{1, base_of(point.unit).exponent - base_of(*sent).exponent});
}

/// A copy of the whole with another part.
Result<Data> with_part(const Data& whole, std::span<const std::uint16_t> path, Data part, const PointAddress& address) {
    if (path.empty()) { return part; }
    auto items = whole.items() == nullptr ? std::vector<Data>() : *whole.items();
    const std::size_t index = path.front();
    if (index > items.size()) { return missing_part(address); }
    auto replaced = with_part(items[index - 1], path.subspan(1), std::move(part), address);
    if (!replaced) { return replaced; }
    items[index - 1] = std::move(*replaced);
    return whole.type == Type::structure ? Data::structure(std::move(items)) : Data::array(std::move(items));
}

bool is_open(const Shape& shape) {
    return shape.kind == Shape::Kind::any;
}

} // namespace

Result<Reading> decode_point(const catalogue::Point& point, const Data& attribute,
                             const std::optional<ScalerUnit>& scaling) {
    const auto address = parse_point_address(point.address);
    if (!address) { return tl::unexpected(address.error()); }
    const auto shape = shape_of(point, *address);
    if (!shape) { return tl::unexpected(shape.error()); }
    const auto* const part = part_of(attribute, address->path);
    if (part == nullptr) { return missing_part(*address); }
    auto shown = shaped_value(*part, *shape, scaling);
    Reading reading;
    reading.name = point.name;
    reading.obis = point.obis;
    reading.address = point.address;
    reading.raw = encode(*part);
    reading.value = std::move(shown.value);
    reading.flags = std::move(shown.flags);
    reading.text = std::move(shown.text);
    reading.unit = scaling ? shown.unit : point.unit;
    if (scaling) {
        into_unit_of(point, reading);
    } else if (point.scale != Decimal{1, 0}) {
        reading.value = scaled(reading.value, point.scale);
    }
    if (point.bits.empty()) {
        show_label(point, *address, reading);
    } else {
        show_bits(point, reading);
    }
    return reading;
}

Result<Data> encode_point(const catalogue::Point& point, const Value& value, const std::optional<ScalerUnit>& scaling,
                          const Data* before) {
    const auto address = parse_point_address(point.address);
    if (!address) { return tl::unexpected(address.error()); }
    auto shape = shape_of(point, *address);
    if (!shape) { return tl::unexpected(shape.error()); }
    const auto* const old = before == nullptr ? nullptr : part_of(*before, address->path);
    if (before != nullptr && old == nullptr) { return missing_part(*address); }
    if (is_open(*shape) && old != nullptr && old->items() == nullptr) {
        *shape = Shape{Shape::Kind::plain, old->type, {}};
    }
    if (!address->path.empty() && before == nullptr) {
        return fail(Category::usage, "a part is written with the whole that it is of", address->text(), {},
                    "dlms.type_unknown");
    }
    const auto meant = in_meters_unit(point, catalogue::meant_by(point, value), scaling);
    auto part = shaped_data(meant, *shape, scaling ? scaling->scaler : std::int8_t{0});
    if (!part) {
        auto error = part.error();
        error.where = error.where.empty() ? point.name : point.name + ", " + error.where;
        return tl::unexpected(std::move(error));
    }
    if (address->path.empty()) { return part; }
    return with_part(*before, address->path, std::move(*part), *address);
}

Result<MethodCall> encode_method(const catalogue::Point& point, const Value& value) {
    auto address = parse_point_address(point.address);
    if (!address) { return tl::unexpected(address.error()); }
    if (!address->method) { return fail(Category::usage, "the point is no method", point.name, {}, "dlms.point"); }
    const auto& meant = catalogue::meant_by(point, value);
    if (address->index == 0) {
        const auto number = meant.number();
        const auto which = number ? number->to_int64() : std::nullopt;
        if (!which || *which < 1 || *which > INT8_MAX) {
            return fail(Category::rejected, fmt::format("'{}' is no method", value.to_string()), point.name, {},
                        "dlms.value");
        }
        address->index = static_cast<std::int8_t>(*which);
        return MethodCall{std::move(*address), Data::integer(0)};
    }
    if (meant.is_null()) { return MethodCall{std::move(*address), Data::integer(0)}; }
    const auto* const known = find_class(address->class_id);
    const auto* const method = known == nullptr ? nullptr : find_method(*known, address->index);
    const std::string_view type = !point.type.empty() ? std::string_view(point.type)
                                  : method != nullptr ? method->parameter
                                                      : std::string_view("any");
    const auto shape = parse_shape(type);
    if (!shape) { return tl::unexpected(shape.error()); }
    auto parameter = shaped_data(meant, *shape);
    if (!parameter) {
        auto error = parameter.error();
        error.where = error.where.empty() ? point.name : point.name + ", " + error.where;
        return tl::unexpected(std::move(error));
    }
    return MethodCall{std::move(*address), std::move(*parameter)};
}

Result<catalogue::Point> ad_hoc_point(std::string_view text) {
    const auto address = parse_point_address(text);
    if (!address) { return tl::unexpected(Error(address.error())); }
    catalogue::Point point;
    point.address = address->text();
    point.name = point.address;
    point.method = address->method;
    point.access = address->method ? catalogue::Access::write : catalogue::Access::read_write;
    return point;
}

} // namespace meterctl::codecs::dlms

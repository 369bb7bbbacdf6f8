#include "codecs/bacnet/point.hpp"
#include "codecs/bacnet/records.hpp"
#include "src/catalogue/choices.hpp"
#include "src/core/hex.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>

namespace meterctl::codecs::bacnet {
namespace {

constexpr std::array<std::string_view, 15> type_names{"datetime", "instance",   "analog-input", "null",   "boolean",
                                                      "unsigned", "signed",     "real",         "double", "octets",
                                                      "text",     "enumerated", "bits",         "date",   "time"};

constexpr std::array<std::string_view, 12> text_properties{
    "location",   "description",   "object-name", "device-type",   "profile-name",      "vendor-name",
    "model-name", "serial-number", "active-text", "inactive-text", "firmware-revision", "application-software-version"};
constexpr std::array<std::string_view, 5> boolean_properties{"enable", "stop-when-full", "out-of-service",
                                                             "daylight-savings-status", "align-intervals"};
constexpr std::array<std::string_view, 4> real_properties{"cov-increment", "high-limit", "low-limit", "deadband"};

tl::unexpected<Error> refused(const catalogue::Point& point, const Value& value, std::string_view why) {
    return fail(Category::rejected, fmt::format("'{}' {}", value.to_string(), why), point.name, {}, "bacnet.value");
}

Result<Primitive> real(const catalogue::Point& point, const Value& value, bool wide) {
    const auto number = value.number();
    if (!number) { return refused(point, value, "is no number"); }
    const auto text = number->to_string();
    if (wide) {
        const auto nearest = std::strtod(text.c_str(), nullptr);
        if (Decimal::from_double(nearest) != number) { return refused(point, value, "has more digits than fit"); }
        return Primitive(nearest);
    }
    const auto nearest = std::strtof(text.c_str(), nullptr);
    if (Decimal::from_float(nearest) != number) { return refused(point, value, "has more digits than fit"); }
    return Primitive(nearest);
}

Result<Primitive> whole(const catalogue::Point& point, const Value& value) {
    const auto number = value.number();
    const auto integer = number ? number->to_int64() : std::nullopt;
    if (!integer) { return refused(point, value, "is no whole number"); }
    if (point.type == "signed") { return Primitive(*integer); }
    const std::int64_t most = point.type == "enumerated" ? UINT32_MAX : INT64_MAX;
    if (*integer < 0 || *integer > most) { return refused(point, value, fmt::format("is outside 0 to {}", most)); }
    const auto natural = static_cast<std::uint64_t>(*integer);
    if (point.type == "enumerated") { return Primitive(Enumerated{static_cast<std::uint32_t>(natural)}); }
    return Primitive(natural);
}

/// An enumeration by its name in the standard: "active", "kilowatt-hours".
std::optional<Primitive> enumerated_name(const catalogue::Point& point, const Value& value) {
    const auto* const text = value.get<std::string>();
    const auto address = parse_point_address(point.address);
    if (text == nullptr || !address || point.type != "enumerated") { return std::nullopt; }
    const auto number = names::parse(enumeration_of(address->property.property, address->object.type), *text);
    return number ? std::optional(Primitive(Enumerated{*number})) : std::nullopt;
}

Result<Primitive> boolean(const catalogue::Point& point, const Value& value) {
    if (const auto* const truth = value.get<bool>()) { return Primitive(*truth); }
    const auto text = to_lower(value.to_string());
    if (text == "1" || text == "true") { return Primitive(true); }
    if (text == "0" || text == "false") { return Primitive(false); }
    return refused(point, value, "is neither true nor false");
}

Result<Primitive> bits(const catalogue::Point& point, const Value& value) {
    BitString string;
    const auto text = value.to_string();
    for (const char digit : text) {
        if (digit != '0' && digit != '1') { return refused(point, value, "is no bits, such as 0110"); }
        string.bits.push_back(digit == '1');
    }
    return Primitive(std::move(string));
}

Result<Primitive> date_or_time(const catalogue::Point& point, const Value& value) {
    const auto* const given = value.get<DateTime>();
    const auto parsed = given != nullptr ? Result<DateTime>(*given) : DateTime::parse(value.to_string());
    if (!parsed) { return refused(point, value, "is no date"); }
    const auto both = date_and_time(*parsed);
    if (!both) { return tl::unexpected(both.error()); }
    return point.type == "date" ? Primitive(both->date) : Primitive(both->time);
}

/// An instance that stands for an object, or for the reference to one's present value.
Result<Bytes> encode_instance(const catalogue::Point& point, const Value& value) {
    const auto number = value.number();
    const auto instance = number ? number->to_int64() : std::nullopt;
    if (!instance || *instance < 0 || *instance > max_instance) { return refused(point, value, "is no instance"); }
    ObjectId object;
    object.instance = static_cast<std::uint32_t>(*instance);
    if (point.type == "instance") {
        const auto address = parse_point_address(point.address);
        object.type = address ? address->object.type : device_type;
        return encode_primitive(object);
    }
    DeviceObjectPropertyReference reference;
    reference.object = object;
    reference.property.property = present_value_property;
    return encode(reference);
}

Result<Bytes> encode_date_time(const catalogue::Point& point, const Value& value) {
    const auto* const given = value.get<DateTime>();
    auto parsed = given != nullptr ? Result<DateTime>(*given) : DateTime::parse(value.to_string());
    if (!parsed) { return refused(point, value, "is no time"); }
    // Left unspecified, the hundredths would match any, and a time that is to be waited for would be met a hundred
    // times.
    if (parsed->second && !parsed->millisecond) { parsed->millisecond = 0; }
    return date_and_time(*parsed).map([](const DateAndTime& both) { return encode(both); });
}

/// What Present_Value is; unsigned in all other objects. Clause 12.
struct ObjectType {
    std::uint16_t number;
    std::string_view type;
};
constexpr std::array present_value_types{
    ObjectType{0, "real"},        // analog-input
    ObjectType{1, "real"},        // analog-output
    ObjectType{2, "real"},        // analog-value
    ObjectType{3, "enumerated"},  // binary-input
    ObjectType{4, "enumerated"},  // binary-output
    ObjectType{5, "enumerated"},  // binary-value
    ObjectType{6, "boolean"},     // calendar
    ObjectType{12, "real"},       // loop
    ObjectType{24, "real"},       // pulse-converter
    ObjectType{28, "enumerated"}, // load-control
    ObjectType{39, "bits"},       // bitstring-value
    ObjectType{40, "text"},       // characterstring-value
    ObjectType{42, "date"},       // date-value
    ObjectType{44, "datetime"},   // datetime-value
    ObjectType{45, "signed"},     // integer-value
    ObjectType{46, "double"},     // large-analog-value
    ObjectType{47, "octets"},     // octetstring-value
    ObjectType{50, "time"},       // time-value
    ObjectType{54, "real"},       // lighting-output
};

/// The instance alone, of an object identifier or of a reference.
std::optional<Value> shown_instance(const catalogue::Point& point, ByteView value) {
    if (point.type == "instance") {
        const auto primitives = decode_primitives(value);
        const auto* const object =
            primitives && primitives->size() == 1 ? std::get_if<ObjectId>(&primitives->front()) : nullptr;
        return object == nullptr ? std::nullopt : std::optional<Value>(std::uint64_t{object->instance});
    }
    if (point.type != "analog-input") { return std::nullopt; }
    const auto reference = decode_device_object_property_reference(value);
    if (!reference || reference->object.type != 0) { return std::nullopt; }
    return Value(std::uint64_t{reference->object.instance});
}

Result<Primitive> primitive_of(const catalogue::Point& point, const Value& value) {
    const std::string_view type = point.type;
    if (type == "null") { return Primitive(Null{}); }
    if (type == "real" || type == "double") { return real(point, value, type == "double"); }
    if (type == "boolean") { return boolean(point, value); }
    if (type == "bits") { return bits(point, value); }
    if (type == "date" || type == "time") { return date_or_time(point, value); }
    if (type == "text") { return Primitive(CharacterString(value.to_string())); }
    if (type == "octets") {
        if (const auto* const octets = value.get<Bytes>()) { return Primitive(*octets); }
        const auto octets = from_hex(value.to_string());
        if (!octets) { return refused(point, value, "is no hex"); }
        return Primitive(*octets);
    }
    if (auto name = enumerated_name(point, value)) { return std::move(*name); }
    return whole(point, value);
}

void show_bits(const catalogue::Point& point, Reading& reading) {
    const auto* const pattern = reading.value.get<std::string>();
    const auto number = reading.value.number();
    for (const auto& bit : point.bits) {
        const bool in_string = pattern != nullptr && bit.bit < pattern->size() && (*pattern)[bit.bit] == '1';
        const auto whole = number ? number->to_int64() : std::nullopt;
        const bool in_number = whole && bit.bit < 63 && ((*whole >> bit.bit) & 1) != 0;
        const bool set = in_string || in_number;
        if (set) { reading.text += (reading.text.empty() ? "" : ", ") + bit.name; }
        if (bit.is_fault && set == bit.fault_when) { reading.flags.push_back("fault:" + bit.name); }
    }
}

} // namespace

std::span<const std::string_view> value_types() {
    return type_names;
}

std::string_view usual_type(const PointAddress& address) {
    const auto property = names::find(names::properties, address.property.property);
    const auto is_one_of = [&](const auto& list) { return std::ranges::find(list, property) != list.end(); };
    if (address.property.property == present_value_property || property == "relinquish-default") {
        const auto* const row = std::ranges::find(present_value_types, address.object.type, &ObjectType::number);
        return row == present_value_types.end() ? "unsigned" : row->type;
    }
    if (is_one_of(text_properties)) { return "text"; }
    if (is_one_of(boolean_properties)) { return "boolean"; }
    if (is_one_of(real_properties)) { return "real"; }
    if (property == "local-date") { return "date"; }
    if (property == "local-time") { return "time"; }
    return enumeration_of(address.property.property, address.object.type).empty() ? "unsigned" : "enumerated";
}

Result<Reading> decode_point(const catalogue::Point& point, ByteView value) {
    const auto address = parse_point_address(point.address);
    if (!address) { return tl::unexpected(address.error()); }
    return decode_point(point, *address, value);
}

Result<Reading> decode_unnamed(const PointAddress& address, ByteView value) {
    auto shown = show_property(value, address.property.property, address.object.type);
    if (!shown) { return tl::unexpected(std::move(shown.error())); }
    Reading reading;
    reading.name = address.text();
    reading.address = reading.name;
    reading.raw.assign(value.begin(), value.end());
    reading.value = std::move(shown->value);
    reading.flags = std::move(shown->flags);
    reading.text = std::move(shown->text);
    return reading;
}

Result<Reading> decode_point(const catalogue::Point& point, const PointAddress& address, ByteView value) {
    auto shown = show_property(value, address.property.property, address.object.type);
    if (!shown) {
        shown.error().where = point.name + ", " + shown.error().where;
        return tl::unexpected(shown.error());
    }
    Reading reading;
    reading.name = point.name;
    reading.obis = point.obis;
    reading.unit = point.unit;
    reading.address = point.address;
    reading.raw.assign(value.begin(), value.end());
    reading.flags = std::move(shown->flags);
    reading.text = std::move(shown->text);
    if (auto instance = shown_instance(point, value)) { shown->value = std::move(*instance); }
    reading.value = point.scale == Decimal{1, 0} ? std::move(shown->value) : scaled(shown->value, point.scale);
    if (!point.bits.empty()) {
        reading.text.clear();
        show_bits(point, reading);
    }
    const auto* const choice = catalogue::choice_of(point, reading.value);
    if (choice != nullptr && !reading.value.is_null()) { reading.text = choice->label; }
    return reading;
}

Result<Bytes> encode_point(const catalogue::Point& point, const Value& value) {
    const auto& meant = catalogue::meant_by(point, value);
    if (point.type == "instance" || point.type == "analog-input") { return encode_instance(point, meant); }
    if (point.type == "datetime") { return encode_date_time(point, meant); }
    const auto number = meant.number();
    const bool moved = number && point.scale != Decimal{1, 0};
    if (!moved) { return primitive_of(point, meant).map(encode_primitive); }
    const auto raw = number->divided_by(point.scale);
    if (!raw) { return refused(point, value, fmt::format("is no multiple of {}", point.scale.to_string())); }
    return primitive_of(point, *raw).map(encode_primitive);
}

Result<Bytes> encode_command(const PointAddress& address) {
    if (!address.command) { return fail(Category::usage, "nothing says what is written", address.text()); }
    catalogue::Point point;
    point.name = address.text();
    point.type = usual_type(address);
    return encode_point(point, Value(*address.command));
}

} // namespace meterctl::codecs::bacnet

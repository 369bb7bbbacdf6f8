// COSEM interface classes: what an object of a class has, by number and by name. IEC 62056-6-2 (the Blue Book),
// clause 5.
//
// Types are texts in the standard's own words, "double-long-unsigned", and with fields where there are parts:
// "structure(scaler: integer, unit: enum)". value_type.hpp reads them. "any" is a choice, or differs by version.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace meterctl::codecs::dlms {

/// What an enumerated value means.
struct Label {
    std::uint8_t value;
    std::string_view text;
};

struct Attribute {
    std::int8_t index;
    std::string_view name;
    std::string_view type;
    std::span<const Label> labels{};
};

struct Method {
    std::int8_t index;
    std::string_view name;
    std::string_view parameter; ///< its type; most take an integer that is 0
};

struct InterfaceClass {
    std::uint16_t id;
    std::uint8_t version; ///< the newest that the tables describe; older ones have fewer attributes
    std::string_view name;
    std::string_view title;
    std::span<const Attribute> attributes; ///< from 2 on: 1 is the logical name of every object
    std::span<const Method> methods;
    std::string_view usual_logical_name{}; ///< where a device has one object of the class, or a first
};

/// Of every class.
inline constexpr Attribute logical_name_attribute{1, "logical_name", "logical-name"};

/// Ordered by id.
std::span<const InterfaceClass> interface_classes();
/// nullptr: none of those that are known.
const InterfaceClass* find_class(std::uint16_t id);
/// By name: "disconnect_control".
const InterfaceClass* find_class(std::string_view name);

/// Attribute 1 included; nullptr where the class has none of this number or name.
const Attribute* find_attribute(const InterfaceClass& interface_class, std::int8_t index);
const Attribute* find_attribute(const InterfaceClass& interface_class, std::string_view name);
const Method* find_method(const InterfaceClass& interface_class, std::int8_t index);
const Method* find_method(const InterfaceClass& interface_class, std::string_view name);

/// Empty where the value has no name.
std::string_view label_of(const Attribute& attribute, std::uint8_t value);

} // namespace meterctl::codecs::dlms

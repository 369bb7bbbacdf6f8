#include "codecs/dlms/classes.hpp"

#include "codecs/dlms/classes_tables.hpp"

#include <algorithm>
#include <vector>

namespace meterctl::codecs::dlms {

namespace {

std::vector<InterfaceClass> joined() {
    std::vector<InterfaceClass> all;
    for (const auto part :
         {metering_classes(), control_classes(), access_classes(), communication_classes(), plc_classes()}) {
        all.insert(all.end(), part.begin(), part.end());
    }
    std::ranges::sort(all, {}, &InterfaceClass::id);
    return all;
}

template <class Row, class Key, class Member>
const Row* find_row(std::span<const Row> rows, const Key& key, Member member) {
    const auto found = std::ranges::find(rows, key, member);
    return found == rows.end() ? nullptr : &*found;
}

} // namespace

std::span<const InterfaceClass> interface_classes() {
    static const std::vector<InterfaceClass> all = joined();
    return all;
}

const InterfaceClass* find_class(std::uint16_t id) {
    return find_row(interface_classes(), id, &InterfaceClass::id);
}

const InterfaceClass* find_class(std::string_view name) {
    return find_row(interface_classes(), name, &InterfaceClass::name);
}

const Attribute* find_attribute(const InterfaceClass& interface_class, std::int8_t index) {
    if (index == logical_name_attribute.index) { return &logical_name_attribute; }
    return find_row(interface_class.attributes, index, &Attribute::index);
}

const Attribute* find_attribute(const InterfaceClass& interface_class, std::string_view name) {
    if (name == logical_name_attribute.name) { return &logical_name_attribute; }
    return find_row(interface_class.attributes, name, &Attribute::name);
}

const Method* find_method(const InterfaceClass& interface_class, std::int8_t index) {
    return find_row(interface_class.methods, index, &Method::index);
}

const Method* find_method(const InterfaceClass& interface_class, std::string_view name) {
    return find_row(interface_class.methods, name, &Method::name);
}

std::string_view label_of(const Attribute& attribute, std::uint8_t value) {
    const auto* const label = find_row(attribute.labels, value, &Label::value);
    return label == nullptr ? std::string_view() : label->text;
}

} // namespace meterctl::codecs::dlms

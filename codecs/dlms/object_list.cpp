#include "codecs/dlms/object_list.hpp"

#include "codecs/dlms/obis.hpp"

#include <algorithm>

namespace meterctl::codecs::dlms {
namespace {

/// Modes 0 to 6 are one of: none, read, write, both, and the same three authenticated. Newer associations have bits,
/// of which the lowest two are read and write.
constexpr std::uint8_t read_bit = 1, write_bit = 2, authenticated_read = 4, authenticated_write = 5,
                       authenticated_both = 6;

template <class Item>
std::vector<Item> items_of(const Data* list, std::int8_t Item::*number) {
    std::vector<Item> items;
    if (list == nullptr || list->items() == nullptr) { return items; }
    for (const auto& entry : *list->items()) {
        const auto* const which = entry.at(0);
        const auto* const mode = entry.at(1);
        if (which == nullptr || mode == nullptr) { continue; }
        Item item;
        item.*number = static_cast<std::int8_t>(which->whole().value_or(0));
        item.mode = static_cast<std::uint8_t>(mode->whole().value_or(0));
        items.push_back(item);
    }
    return items;
}

std::optional<ListedObject> object_of(const Data& data) {
    const auto* const class_id = data.at(0);
    const auto* const version = data.at(1);
    const auto* const name = data.at(2);
    if (class_id == nullptr || version == nullptr || name == nullptr) { return std::nullopt; }
    const auto logical_name = logical_name_of(*name);
    const auto number = class_id->whole();
    if (!logical_name || !number || *number < 0 || *number > UINT16_MAX) { return std::nullopt; }
    ListedObject object;
    object.class_id = static_cast<std::uint16_t>(*number);
    object.version = static_cast<std::uint8_t>(version->whole().value_or(0));
    object.logical_name = *logical_name;
    if (const auto* const rights = data.at(3)) {
        object.attributes = items_of<AttributeAccess>(rights->at(0), &AttributeAccess::attribute);
        object.methods = items_of<MethodAccess>(rights->at(1), &MethodAccess::method);
    }
    return object;
}

} // namespace

bool AttributeAccess::readable() const {
    return (mode & read_bit) != 0 || mode == authenticated_read || mode == authenticated_both;
}

bool AttributeAccess::writable() const {
    return (mode & write_bit) != 0 || mode == authenticated_write;
}

bool ListedObject::readable(std::int8_t attribute) const {
    if (attributes.empty()) { return true; }
    const auto found = std::ranges::find(attributes, attribute, &AttributeAccess::attribute);
    return found != attributes.end() && found->readable();
}

Result<std::vector<ListedObject>> object_list_of(const Data& data) {
    if (data.items() == nullptr) {
        return fail(Category::untrusted, "the list of objects is no array", {}, {}, "dlms.object_list");
    }
    std::vector<ListedObject> objects;
    objects.reserve(data.items()->size());
    for (const auto& entry : *data.items()) {
        if (auto object = object_of(entry)) { objects.push_back(std::move(*object)); }
    }
    return objects;
}

std::vector<LogicalDevice> logical_devices_of(const Data& data) {
    std::vector<LogicalDevice> devices;
    if (data.items() == nullptr) { return devices; }
    for (const auto& entry : *data.items()) {
        const auto* const sap = entry.at(0);
        const auto* const name = entry.at(1);
        const auto number = sap == nullptr ? std::nullopt : sap->whole();
        if (!number || name == nullptr || *number < 0 || *number > UINT16_MAX) { continue; }
        devices.push_back({static_cast<std::uint16_t>(*number), std::string(name->text())});
    }
    return devices;
}

} // namespace meterctl::codecs::dlms

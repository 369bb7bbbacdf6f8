#include "codecs/dlms/base_names.hpp"

#include "codecs/dlms/classes.hpp"
#include "codecs/dlms/obis.hpp"

#include <iterator>

namespace meterctl::codecs::dlms {

std::vector<BaseName> base_names(const Data& list) {
    std::vector<BaseName> out;
    const auto* const rows = list.items();
    if (rows == nullptr) { return out; }
    out.reserve(rows->size());
    for (const auto& row : *rows) {
        const auto *const base = row.at(0), *const class_id = row.at(1), *const name = row.at(3);
        const auto code = name != nullptr ? logical_name_of(*name) : std::nullopt;
        const bool whole = base != nullptr && class_id != nullptr && base->whole() && class_id->whole() && code;
        if (!whole) { continue; }
        out.push_back(
            {static_cast<std::uint16_t>(*base->whole()), static_cast<std::uint16_t>(*class_id->whole()), *code});
    }
    return out;
}

void ShortNames::learn(const Data& list) {
    for (const auto& object : base_names(list)) { objects_.insert_or_assign(object.base, object); }
}

std::optional<AttributeDescriptor> ShortNames::find(std::uint16_t name) const {
    const auto behind = objects_.upper_bound(name);
    if (behind == objects_.begin()) { return std::nullopt; }
    const BaseName& object = std::prev(behind)->second;
    const unsigned distance = unsigned{name} - object.base;
    const unsigned index = distance / names_per_attribute + 1;
    if (distance % names_per_attribute != 0 || index > INT8_MAX) { return std::nullopt; }
    const auto* const known = find_class(object.class_id);
    const auto attribute = static_cast<std::int8_t>(index);
    if (known != nullptr && find_attribute(*known, attribute) == nullptr) { return std::nullopt; }
    return AttributeDescriptor{object.class_id, object.logical_name, attribute, std::nullopt};
}

} // namespace meterctl::codecs::dlms

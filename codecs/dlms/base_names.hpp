// Objects of meters that know them by short names: the base name of each, and the attribute that a name behind it
// means. IEC 62056-6-2 clause 4.4.3 and annex on short names: an attribute's name is its object's base name, and 8 more
// for each attribute behind the first.
#pragma once

#include "codecs/dlms/data.hpp"
#include "codecs/dlms/xdlms.hpp"

#include <map>

namespace meterctl::codecs::dlms {

/// The association's own object, and its list of all others.
inline constexpr std::uint16_t association_base_name = 0xFA00, names_per_attribute = 8;
inline constexpr std::uint16_t object_list_name = association_base_name + names_per_attribute;

struct BaseName {
    std::uint16_t base = 0;
    std::uint16_t class_id = 0;
    Obis logical_name{};
    friend bool operator==(const BaseName&, const BaseName&) = default;
};

/// Of a list of {base_name, class_id, version, logical_name}; rows that are none are left out.
std::vector<BaseName> base_names(const Data& list);

/// What a listener has learnt of a meter's names.
class ShortNames {
public:
    void learn(const Data& list);
    /// nullopt where no object has it, or its class has no such attribute: methods have names of their own.
    [[nodiscard]] std::optional<AttributeDescriptor> find(std::uint16_t name) const;

private:
    std::map<std::uint16_t, BaseName> objects_; ///< by base name
};

} // namespace meterctl::codecs::dlms

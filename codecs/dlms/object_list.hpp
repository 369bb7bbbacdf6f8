// What an association shows of a meter: its list of objects (attribute 2 of association LN, class 15) and what may be
// done with each. IEC 62056-6-2, clause 5.4.
#pragma once

#include "codecs/dlms/data.hpp"
#include "src/core/obis.hpp"

namespace meterctl::codecs::dlms {

struct AttributeAccess {
    std::int8_t attribute = 1;
    std::uint8_t mode = 0;
    [[nodiscard]] bool readable() const;
    [[nodiscard]] bool writable() const;
    friend bool operator==(const AttributeAccess&, const AttributeAccess&) = default;
};

struct MethodAccess {
    std::int8_t method = 1;
    std::uint8_t mode = 0;
    [[nodiscard]] bool allowed() const { return mode != 0; }
    friend bool operator==(const MethodAccess&, const MethodAccess&) = default;
};

struct ListedObject {
    std::uint16_t class_id = 0;
    std::uint8_t version = 0;
    Obis logical_name{};
    std::vector<AttributeAccess> attributes{}; ///< empty where the meter tells no rights
    std::vector<MethodAccess> methods{};

    /// True too where the meter tells no rights.
    [[nodiscard]] bool readable(std::int8_t attribute) const;
    friend bool operator==(const ListedObject&, const ListedObject&) = default;
};

/// Items of other shapes are left out. Untrusted where it is no list at all.
Result<std::vector<ListedObject>> object_list_of(const Data& data);

/// An entry of SAP assignment (class 17): a logical device of the meter.
struct LogicalDevice {
    std::uint16_t sap = 0;
    std::string name;
};
std::vector<LogicalDevice> logical_devices_of(const Data& data);

} // namespace meterctl::codecs::dlms

// What a meter pushes: the values of a data-notification's body with their logical names, in the shapes that meters
// send (IEC 62056-6-2 clause 4.4.8, and what makers have made of it).
#pragma once

#include "codecs/dlms/selection.hpp"
#include "codecs/dlms/units.hpp"
#include "codecs/dlms/xdlms.hpp"

#include <span>

namespace meterctl::codecs::dlms {

struct PushedValue {
    std::uint16_t class_id = 0; ///< 0: not said
    Obis logical_name{};
    std::int8_t attribute = 2;
    Data value;
    std::optional<ScalerUnit> scaling; ///< where it is sent along
};

/// From a body that begins with its push_object_list, and from pairs of a logical name and a value, with or without a
/// scaler_unit, flat or in structures. Values that nothing names are left out.
std::vector<PushedValue> pushed_values(const Data& body);
/// From a body of bare values, by the one of `lists` that has as many; none where several differ.
std::vector<PushedValue> pushed_values(const Data& body, std::span<const std::vector<CaptureObject>> lists);

/// A push_object_list, or other list of capture objects; nullopt for what is none, and for an empty one.
std::optional<std::vector<CaptureObject>> object_list(const Data& data);

/// A body of some meters in which class, logical name and attribute stand packed, without tags: as a Data that has
/// them. nullopt where it is none.
std::optional<Data> packed_body(ByteView octets);

} // namespace meterctl::codecs::dlms

// The parts that the table of interface classes is joined from.
#pragma once

#include "codecs/dlms/classes.hpp"

namespace meterctl::codecs::dlms {

std::span<const InterfaceClass> metering_classes();      ///< data, registers, profiles
std::span<const InterfaceClass> control_classes();       ///< clock, scripts, calendars, relay, limiter
std::span<const InterfaceClass> access_classes();        ///< associations, security, image transfer
std::span<const InterfaceClass> communication_classes(); ///< ports, modems, IP, push
std::span<const InterfaceClass> plc_classes();           ///< G3-PLC

namespace fields {

inline constexpr std::string_view scaler_unit = "structure(scaler: integer, unit: enum)";
inline constexpr std::string_view object_list =
    "array(structure(class_id: long-unsigned, logical_name: logical-name, attribute_index: integer, "
    "data_index: long-unsigned))";
inline constexpr std::string_view object =
    "structure(class_id: long-unsigned, logical_name: logical-name, attribute_index: integer)";
inline constexpr std::string_view windows =
    "array(structure(start_time: date-time-pattern, end_time: date-time-pattern))";

} // namespace fields

} // namespace meterctl::codecs::dlms

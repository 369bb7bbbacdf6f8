#include "codecs/dlms/classes_tables.hpp"

#include <array>

namespace meterctl::codecs::dlms {

namespace {

constexpr std::array data{Attribute{2, "value", "any"}};

constexpr std::array register_attributes{Attribute{2, "value", "any"},
                                         Attribute{3, "scaler_unit", fields::scaler_unit}};
constexpr std::array register_methods{Method{1, "reset", "integer"}};

constexpr std::array extended_register{
    Attribute{2, "value", "any"},
    Attribute{3, "scaler_unit", fields::scaler_unit},
    Attribute{4, "status", "any"},
    Attribute{5, "capture_time", "date-time"},
};

constexpr std::array demand_register{
    Attribute{2, "current_average_value", "any"},     Attribute{3, "last_average_value", "any"},
    Attribute{4, "scaler_unit", fields::scaler_unit}, Attribute{5, "status", "any"},
    Attribute{6, "capture_time", "date-time"},        Attribute{7, "start_time_current", "date-time"},
    Attribute{8, "period", "double-long-unsigned"},   Attribute{9, "number_of_periods", "long-unsigned"},
};
constexpr std::array demand_methods{Method{1, "reset", "integer"}, Method{2, "next_period", "integer"}};

constexpr std::array register_activation{
    Attribute{2, "register_assignment", "array(structure(class_id: long-unsigned, logical_name: logical-name))"},
    Attribute{3, "mask_list", "array(structure(mask_name: octet-string, index_list: array(unsigned)))"},
    Attribute{4, "active_mask", "octet-string"},
};
constexpr std::array activation_methods{
    Method{1, "add_register", "structure(class_id: long-unsigned, logical_name: logical-name)"},
    Method{2, "add_mask", "structure(mask_name: octet-string, index_list: array(unsigned))"},
    Method{3, "delete_mask", "octet-string"},
};

constexpr std::array sort_methods{Label{1, "fifo"},
                                  Label{2, "lifo"},
                                  Label{3, "largest"},
                                  Label{4, "smallest"},
                                  Label{5, "nearest_to_zero"},
                                  Label{6, "farthest_from_zero"}};
constexpr std::array profile_generic{
    Attribute{2, "buffer", "array(any)"},
    Attribute{3, "capture_objects", fields::object_list},
    Attribute{4, "capture_period", "double-long-unsigned"},
    Attribute{5, "sort_method", "enum", sort_methods},
    Attribute{6, "sort_object",
              "structure(class_id: long-unsigned, logical_name: logical-name, attribute_index: integer, data_index: "
              "long-unsigned)"},
    Attribute{7, "entries_in_use", "double-long-unsigned"},
    Attribute{8, "profile_entries", "double-long-unsigned"},
};
constexpr std::array profile_methods{Method{1, "reset", "integer"}, Method{2, "capture", "integer"}};

constexpr std::array register_monitor{
    Attribute{2, "thresholds", "array(any)"},
    Attribute{3, "monitored_value", fields::object},
    Attribute{4, "actions",
              "array(structure(action_up: structure(script_logical_name: logical-name, script_selector: "
              "long-unsigned), action_down: structure(script_logical_name: logical-name, script_selector: "
              "long-unsigned)))"},
};

constexpr std::array classes{
    InterfaceClass{1, 0, "data", "Data", data, {}},
    InterfaceClass{3, 0, "register", "Register", register_attributes, register_methods},
    InterfaceClass{4, 0, "extended_register", "Extended register", extended_register, register_methods},
    InterfaceClass{5, 0, "demand_register", "Demand register", demand_register, demand_methods},
    InterfaceClass{6, 0, "register_activation", "Register activation", register_activation, activation_methods,
                   "0-0:14.0.0.255"},
    InterfaceClass{7, 1, "profile_generic", "Profile generic", profile_generic, profile_methods},
    InterfaceClass{21, 0, "register_monitor", "Register monitor", register_monitor, {}, "0-0:16.1.0.255"},
};

} // namespace

std::span<const InterfaceClass> metering_classes() {
    return classes;
}

} // namespace meterctl::codecs::dlms

#include "codecs/dlms/classes_tables.hpp"

#include <array>

namespace meterctl::codecs::dlms {

namespace {

constexpr std::array clock_bases{Label{0, "not_defined"}, Label{1, "internal_crystal"},
                                 Label{2, "mains_50_hz"}, Label{3, "mains_60_hz"},
                                 Label{4, "gps"},         Label{5, "radio_controlled"}};
constexpr std::array clock_attributes{
    Attribute{2, "time", "date-time"},
    Attribute{3, "time_zone", "long"},
    Attribute{4, "status", "unsigned"},
    Attribute{5, "daylight_savings_begin", "date-time-pattern"},
    Attribute{6, "daylight_savings_end", "date-time-pattern"},
    Attribute{7, "daylight_savings_deviation", "integer"},
    Attribute{8, "daylight_savings_enabled", "boolean"},
    Attribute{9, "clock_base", "enum", clock_bases},
};
constexpr std::array clock_methods{
    Method{1, "adjust_to_quarter", "integer"},
    Method{2, "adjust_to_measuring_period", "integer"},
    Method{3, "adjust_to_minute", "integer"},
    Method{4, "adjust_to_preset_time", "integer"},
    Method{5, "preset_adjusting_time",
           "structure(preset_time: date-time, validity_interval_start: date-time, validity_interval_end: date-time)"},
    Method{6, "shift_time", "long"},
};

constexpr std::array script_table{
    Attribute{2, "scripts",
              "array(structure(script_identifier: long-unsigned, actions: array(structure(service_id: enum, class_id: "
              "long-unsigned, logical_name: logical-name, index: integer, parameter: any))))"},
};
constexpr std::array script_methods{Method{1, "execute", "long-unsigned"}};

constexpr std::string_view schedule_entry =
    "structure(index: long-unsigned, enable: boolean, script_logical_name: logical-name, script_selector: "
    "long-unsigned, switch_time: time, validity_window: long-unsigned, exec_weekdays: bit-string, exec_specdays: "
    "bit-string, begin_date: date, end_date: date)";
constexpr std::string_view schedule_entries =
    "array(structure(index: long-unsigned, enable: boolean, script_logical_name: logical-name, script_selector: "
    "long-unsigned, switch_time: time, validity_window: long-unsigned, exec_weekdays: bit-string, exec_specdays: "
    "bit-string, begin_date: date, end_date: date))";
constexpr std::array schedule{Attribute{2, "entries", schedule_entries}};
constexpr std::array schedule_methods{
    Method{1, "enable_disable",
           "structure(first_disable: long-unsigned, last_disable: long-unsigned, first_enable: long-unsigned, "
           "last_enable: long-unsigned)"},
    Method{2, "insert", schedule_entry},
    Method{3, "delete", "structure(first: long-unsigned, last: long-unsigned)"},
};

constexpr std::string_view special_day = "structure(index: long-unsigned, specialday_date: date, day_id: unsigned)";
constexpr std::array special_days{
    Attribute{2, "entries", "array(structure(index: long-unsigned, specialday_date: date, day_id: unsigned))"},
};
constexpr std::array special_days_methods{Method{1, "insert", special_day}, Method{2, "delete", "long-unsigned"}};

constexpr std::string_view seasons =
    "array(structure(season_profile_name: octet-string, season_start: date-time-pattern, week_name: octet-string))";
constexpr std::string_view weeks =
    "array(structure(week_profile_name: octet-string, monday: unsigned, tuesday: unsigned, wednesday: unsigned, "
    "thursday: unsigned, friday: unsigned, saturday: unsigned, sunday: unsigned))";
constexpr std::string_view days =
    "array(structure(day_id: unsigned, day_schedule: array(structure(start_time: time, script_logical_name: "
    "logical-name, script_selector: long-unsigned))))";
constexpr std::array activity_calendar{
    Attribute{2, "calendar_name_active", "octet-string"},
    Attribute{3, "season_profile_active", seasons},
    Attribute{4, "week_profile_table_active", weeks},
    Attribute{5, "day_profile_table_active", days},
    Attribute{6, "calendar_name_passive", "octet-string"},
    Attribute{7, "season_profile_passive", seasons},
    Attribute{8, "week_profile_table_passive", weeks},
    Attribute{9, "day_profile_table_passive", days},
    Attribute{10, "activate_passive_calendar_time", "date-time-pattern"},
};
constexpr std::array calendar_methods{Method{1, "activate_passive_calendar", "integer"}};

constexpr std::array schedule_types{Label{1, "times_equal_dates_may_differ"}, Label{2, "one_date_for_all_times"},
                                    Label{3, "one_date_for_all_times_ascending"}, Label{4, "times_and_dates_differ"},
                                    Label{5, "times_and_dates_differ_ascending"}};
constexpr std::array single_action_schedule{
    Attribute{2, "executed_script", "structure(script_logical_name: logical-name, script_selector: long-unsigned)"},
    Attribute{3, "type", "enum", schedule_types},
    Attribute{4, "execution_time", "array(structure(time: time, date: date))"},
};

constexpr std::array control_states{Label{0, "disconnected"}, Label{1, "connected"},
                                    Label{2, "ready_for_reconnection"}};
constexpr std::array control_modes{
    Label{0, "always_connected"},
    Label{1, "remote_manual_local_off_manual_on"},
    Label{2, "remote_manual_local_off_remote_manual_on"},
    Label{3, "remote_local_off_manual_on"},
    Label{4, "remote_local_off_remote_manual_on"},
    Label{5, "remote_manual_local_off_manual_local_on"},
    Label{6, "remote_local_off_manual_local_on"},
};
constexpr std::array disconnect_control{
    Attribute{2, "output_state", "boolean"},
    Attribute{3, "control_state", "enum", control_states},
    Attribute{4, "control_mode", "enum", control_modes},
};
constexpr std::array disconnect_methods{Method{1, "remote_disconnect", "integer"},
                                        Method{2, "remote_reconnect", "integer"}};

constexpr std::array limiter{
    Attribute{2, "monitored_value", fields::object},
    Attribute{3, "threshold_active", "any"},
    Attribute{4, "threshold_normal", "any"},
    Attribute{5, "threshold_emergency", "any"},
    Attribute{6, "min_over_threshold_duration", "double-long-unsigned"},
    Attribute{7, "min_under_threshold_duration", "double-long-unsigned"},
    Attribute{8, "emergency_profile",
              "structure(emergency_profile_id: long-unsigned, emergency_activation_time: date-time-pattern, "
              "emergency_duration: double-long-unsigned)"},
    Attribute{9, "emergency_profile_group_id_list", "array(long-unsigned)"},
    Attribute{10, "emergency_profile_active", "boolean"},
    Attribute{11, "actions",
              "structure(action_over_threshold: structure(script_logical_name: logical-name, script_selector: "
              "long-unsigned), action_under_threshold: structure(script_logical_name: logical-name, script_selector: "
              "long-unsigned))"},
};

constexpr std::array classes{
    InterfaceClass{8, 0, "clock", "Clock", clock_attributes, clock_methods, "0-0:1.0.0.255"},
    InterfaceClass{9, 0, "script_table", "Script table", script_table, script_methods},
    InterfaceClass{10, 0, "schedule", "Schedule", schedule, schedule_methods, "0-0:12.0.0.255"},
    InterfaceClass{11, 0, "special_days_table", "Special days table", special_days, special_days_methods,
                   "0-0:11.0.0.255"},
    InterfaceClass{20, 0, "activity_calendar", "Activity calendar", activity_calendar, calendar_methods,
                   "0-0:13.0.0.255"},
    InterfaceClass{
        22, 0, "single_action_schedule", "Single action schedule", single_action_schedule, {}, "0-0:15.0.0.255"},
    InterfaceClass{70, 0, "disconnect_control", "Disconnect control", disconnect_control, disconnect_methods,
                   "0-0:96.3.10.255"},
    InterfaceClass{71, 0, "limiter", "Limiter", limiter, {}, "0-0:17.0.0.255"},
};

} // namespace

std::span<const InterfaceClass> control_classes() {
    return classes;
}

} // namespace meterctl::codecs::dlms

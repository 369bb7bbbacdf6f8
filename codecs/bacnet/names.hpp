// The numbers of ASHRAE 135-2020 by name, as the standard spells them: "analog-input", "present-value",
// "kilowatt-hours". Enumerations of clause 21, bit names of its bit strings, services and network messages of clauses 6
// and 20.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace meterctl::codecs::bacnet::names {

struct Name {
    constexpr Name(std::uint32_t of, std::string_view name) : number(of), text(name) {}
    std::uint32_t number;
    std::string_view text;
};

/// In the order of the numbers.
using Table = std::span<const Name>;

/// The name; empty where the number has none.
std::string_view find(Table table, std::uint32_t number);
/// The name, or the number as text where it has none: "proprietary 512" from `proprietary` on, else "reserved 65".
std::string text(Table table, std::uint32_t number, std::uint32_t proprietary = UINT32_MAX);
/// The number of a name or of decimal digits; nullopt where it is neither.
std::optional<std::uint32_t> parse(Table table, std::string_view name);

inline constexpr std::uint32_t proprietary_object_types = 128;
inline constexpr std::uint32_t proprietary_properties = 512;

// Enumerations.
extern const Table properties;
extern const Table units;
extern const Table error_classes;
extern const Table error_codes;
extern const Table reject_reasons;
extern const Table abort_reasons;
extern const Table confirmed_services;
extern const Table unconfirmed_services;
extern const Table object_types;
extern const Table network_messages;
extern const Table reliabilities;
extern const Table event_states;
extern const Table event_types;
extern const Table notify_types;
extern const Table system_states;
extern const Table segmentations;
extern const Table reinitialized_states;
extern const Table communication_states;
extern const Table binary_values;
extern const Table polarities;
extern const Table logging_types;
extern const Table restart_reasons;
extern const Table node_types;
extern const Table program_states;
extern const Table program_requests;
extern const Table program_errors;
extern const Table file_access_methods;
extern const Table backup_states;
extern const Table actions;
extern const Table network_types;
extern const Table network_number_qualities;
extern const Table protocol_levels;
extern const Table network_port_commands;
extern const Table ip_modes;
extern const Table fault_types;
extern const Table shed_states;
extern const Table timer_states;
extern const Table timer_transitions;
extern const Table maintenance_states;
extern const Table life_safety_modes;
extern const Table life_safety_states;
extern const Table life_safety_operations;
extern const Table silenced_states;
extern const Table write_statuses;
extern const Table lock_statuses;
extern const Table door_statuses;
extern const Table door_alarm_states;
extern const Table lighting_operations;
extern const Table audit_levels;

// Bits of bit strings, the first one 0.
extern const Table status_flags;
extern const Table result_flags;
extern const Table log_status;
extern const Table event_transitions;
extern const Table limit_enable;
extern const Table days_of_week;
extern const Table services_supported;

} // namespace meterctl::codecs::bacnet::names

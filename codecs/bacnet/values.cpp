#include "codecs/bacnet/values.hpp"

#include "codecs/bacnet/records.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace meterctl::codecs::bacnet {
namespace {

struct PropertyNames {
    std::uint32_t property;
    const names::Table* table;
};

/// The enumerations that properties hold.
constexpr std::array enumerations{
    PropertyNames{2, &names::actions},
    PropertyNames{36, &names::event_states},
    PropertyNames{37, &names::event_types},
    PropertyNames{41, &names::file_access_methods},
    PropertyNames{72, &names::notify_types},
    PropertyNames{79, &names::object_types},
    PropertyNames{84, &names::polarities},
    PropertyNames{90, &names::program_requests},
    PropertyNames{92, &names::program_states},
    PropertyNames{100, &names::program_errors},
    PropertyNames{103, &names::reliabilities},
    PropertyNames{107, &names::segmentations},
    PropertyNames{112, &names::system_states},
    PropertyNames{117, &names::units},
    PropertyNames{158, &names::maintenance_states},
    PropertyNames{160, &names::life_safety_modes},
    PropertyNames{161, &names::life_safety_operations},
    PropertyNames{163, &names::silenced_states},
    PropertyNames{166, &names::life_safety_states},
    PropertyNames{196, &names::restart_reasons},
    PropertyNames{197, &names::logging_types},
    PropertyNames{217, &names::node_types},
    PropertyNames{226, &names::door_alarm_states},
    PropertyNames{231, &names::door_statuses},
    PropertyNames{233, &names::lock_statuses},
    PropertyNames{338, &names::backup_states},
    PropertyNames{359, &names::fault_types},
    PropertyNames{370, &names::write_statuses},
    PropertyNames{408, &names::ip_modes},
    PropertyNames{417, &names::network_port_commands},
    PropertyNames{426, &names::network_number_qualities},
    PropertyNames{427, &names::network_types},
    PropertyNames{482, &names::protocol_levels},
    PropertyNames{498, &names::audit_levels},
};

constexpr std::array bit_strings{
    PropertyNames{0, &names::event_transitions},   PropertyNames{35, &names::event_transitions},
    PropertyNames{52, &names::limit_enable},       PropertyNames{96, &names::object_types},
    PropertyNames{97, &names::services_supported}, PropertyNames{111, &names::status_flags},
};

template <std::size_t N>
names::Table table_for(const std::array<PropertyNames, N>& rows, std::uint32_t property) {
    const auto found = std::ranges::find(rows, property, &PropertyNames::property);
    return found == rows.end() ? names::Table() : *found->table;
}

constexpr std::uint32_t present_value = 85, relinquish_default = 104, alarm_value = 6;

bool is_binary(std::uint16_t object_type) {
    return object_type >= 3 && object_type <= 5;
}

ShownValue show_number(double value, Value as_it_is) {
    if (std::isnan(value)) { return {{}, {}, {"not_a_number"}}; }
    if (std::isinf(value)) { return {{}, value < 0 ? "-infinity" : "infinity", {"infinite"}}; }
    return {std::move(as_it_is), {}, {}};
}

struct Shower {
    ShownValue operator()(const Null&) const { return {{}, "null", {"not_available"}}; }
    ShownValue operator()(bool value) const { return {value, {}, {}}; }
    ShownValue operator()(std::uint64_t value) const { return {value, {}, {}}; }
    ShownValue operator()(std::int64_t value) const { return {value, {}, {}}; }
    ShownValue operator()(float value) const { return show_number(static_cast<double>(value), value); }
    ShownValue operator()(double value) const { return show_number(value, value); }
    ShownValue operator()(const Bytes& value) const { return {value, {}, {}}; }
    ShownValue operator()(const CharacterString& value) const {
        if (auto text = value.text()) { return {std::move(*text), {}, {}}; }
        return {value.octets, fmt::format("character set {}", value.character_set), {"not_text"}};
    }
    ShownValue operator()(const BitString& value) const { return {value.text(), {}, {}}; }
    ShownValue operator()(Enumerated value) const { return {std::uint64_t{value.value}, {}, {}}; }
    ShownValue operator()(const Date& value) const { return {value.text(), {}, {}}; }
    ShownValue operator()(const Time& value) const { return {value.text(), {}, {}}; }
    ShownValue operator()(ObjectId value) const { return {value.text(), {}, {}}; }
};

bool is_date_and_time(const std::vector<Primitive>& values) {
    return values.size() == 2 && std::holds_alternative<Date>(values[0]) && std::holds_alternative<Time>(values[1]);
}

ShownValue show_list(const std::vector<Primitive>& values, std::uint32_t property, std::uint16_t object_type) {
    List list;
    std::vector<std::string> flags;
    for (const auto& value : values) {
        auto shown = show(value, property, object_type);
        list.push_back(std::move(shown.value));
        if (std::holds_alternative<Null>(value)) { continue; } // of a Priority_Array: nobody commands at this one
        for (auto& flag : shown.flags) {
            if (std::ranges::find(flags, flag) == flags.end()) { flags.push_back(std::move(flag)); }
        }
    }
    return {std::move(list), {}, std::move(flags)};
}

} // namespace

names::Table enumeration_of(std::uint32_t property, std::uint16_t object_type) {
    const bool state = property == present_value || property == relinquish_default || property == alarm_value;
    if (state) { return is_binary(object_type) ? names::binary_values : names::Table(); }
    return table_for(enumerations, property);
}

names::Table bits_of(std::uint32_t property) {
    return table_for(bit_strings, property);
}

std::string bit_names(const BitString& bits, names::Table table) {
    std::string text;
    for (std::size_t bit = 0; bit < bits.bits.size(); ++bit) {
        if (!bits.bits[bit]) { continue; }
        if (!text.empty()) { text += ", "; }
        text += names::text(table, static_cast<std::uint32_t>(bit));
    }
    return text.empty() ? "none" : text;
}

ShownValue show(const Primitive& value) {
    return std::visit(Shower{}, value);
}

ShownValue show(const Primitive& value, std::uint32_t property, std::uint16_t object_type) {
    auto shown = show(value);
    if (const auto* const number = std::get_if<Enumerated>(&value)) {
        const auto table = enumeration_of(property, object_type);
        if (!table.empty()) { shown.text = names::text(table, number->value, 64); }
    }
    if (const auto* const bits = std::get_if<BitString>(&value)) {
        if (const auto table = bits_of(property); !table.empty()) { shown.text = bit_names(*bits, table); }
    }
    return shown;
}

Result<ShownValue> show_property(ByteView value, std::uint32_t property, std::uint16_t object_type) {
    const auto elements = all_elements(value);
    if (!elements) { return tl::unexpected(elements.error()); }
    std::vector<Primitive> values;
    values.reserve(elements->size());
    for (const auto& element : *elements) {
        auto one = decode_application(element);
        if (!one) { return ShownValue{Bytes(value.begin(), value.end()), "constructed", {}}; }
        values.push_back(std::move(*one));
    }
    if (values.size() == 1) { return show(values.front(), property, object_type); }
    if (is_date_and_time(values)) {
        const DateAndTime both{std::get<Date>(values[0]), std::get<Time>(values[1])};
        return ShownValue{date_time(both), {}, {"local_time"}};
    }
    return show_list(values, property, object_type);
}

} // namespace meterctl::codecs::bacnet

#include "codecs/iec62056_21/readings.hpp"
#include "codecs/iec62056_21/telegram.hpp"
#include "codecs/iec62056_21/times.hpp"
#include "codecs/iec62056_21/values.hpp"
#include "src/core/hex.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>

namespace meterctl::codecs::iec62056_21 {
namespace {

constexpr std::uint8_t channel_medium = 0; ///< A of the connected meters' codes; B counts them
constexpr std::uint8_t device_code = 24, identity_code = 96;

struct Device {
    unsigned type; ///< as in M-Bus
    std::string_view name;
};

constexpr std::array devices{
    Device{3, "gas_volume"},   Device{4, "heat_energy"},          Device{6, "hot_water_volume"},
    Device{7, "water_volume"}, Device{8, "heat_cost_units"},      Device{10, "cooling_energy"},
    Device{12, "heat_energy"}, Device{2, "active_energy_import"},
};

/// Ids whose values are characters in hex: equipment identifiers and messages.
bool carries_hex_text(const Obis& code) {
    constexpr std::uint8_t identities = 1, messages = 13;
    return code.a == 0 && code.c == identity_code && (code.d == identities || code.d == messages);
}

bool is_channel(const std::optional<Obis>& code) {
    return code && code->a == channel_medium && code->b != 0 && code->b <= 4;
}

std::optional<std::string> from_hex_text(std::string_view text) {
    const auto octets = text.size() % 2 == 0 && !text.empty() ? from_hex(text) : Result<Bytes>(Bytes{});
    const auto printable = [](std::uint8_t one) { return one >= ' ' && one <= '~'; };
    if (!octets || octets->empty() || !std::ranges::all_of(*octets, printable)) { return std::nullopt; }
    return std::string(octets->begin(), octets->end());
}

void turn_hex_text(Reading& reading) {
    const auto* const text = reading.value.get<std::string>();
    if (text == nullptr || !reading.obis || !carries_hex_text(*reading.obis)) { return; }
    if (auto plain = from_hex_text(*text)) { reading.value = std::move(*plain); }
}

/// Device types by channel: 0-n:24.1.0.
std::map<std::uint8_t, unsigned> device_types(const DataBlock& data) {
    std::map<std::uint8_t, unsigned> types;
    for (const DataSet& set : data.sets) {
        const auto id = parse_id(set.id);
        const bool type = is_channel(id.obis) && id.obis->c == device_code && id.obis->d == 1;
        const auto number = type && set.groups.size() == 1 ? parse_number(set.groups[0].value) : std::nullopt;
        const auto whole = number ? number->to_int64() : std::nullopt;
        if (whole && *whole >= 0 && *whole <= 255) { types[id.obis->b] = static_cast<unsigned>(*whole); }
    }
    return types;
}

std::string_view device_name(const std::map<std::uint8_t, unsigned>& types, std::uint8_t channel) {
    const auto type = types.find(channel);
    if (type == types.end()) { return {}; }
    const auto* const found = std::ranges::find(devices, type->second, &Device::type);
    return found == devices.end() ? std::string_view{} : found->name;
}

/// DSMR 2.2 and 3.0 send a profile of one row: `0-n:24.3.0(time)(status)(period)(1)(id)(unit)(value)`.
DataSet as_one_row(const DataSet& set, const std::vector<Group>& groups) {
    constexpr std::size_t time_at = 0, unit_at = 5, value_at = 6;
    DataSet out{set.id, {groups[time_at], groups[value_at]}, set.offset, set.length};
    out.groups[1].unit = groups[unit_at].value;
    out.groups[1].has_unit = true;
    return out;
}

/// Sets with what carries them on, and with rows of one value in the newer form.
std::vector<DataSet> joined(const DataBlock& data) {
    constexpr std::size_t row_groups = 7;
    std::vector<DataSet> sets;
    for (const DataSet& set : data.sets) {
        if (set.id.empty() && !sets.empty()) {
            sets.back().groups.insert(sets.back().groups.end(), set.groups.begin(), set.groups.end());
        } else {
            sets.push_back(set);
        }
    }
    for (DataSet& set : sets) {
        const auto id = parse_id(set.id);
        const bool row = is_channel(id.obis) && id.obis->c == device_code && id.obis->d == 3;
        if (row && set.groups.size() == row_groups) { set = as_one_row(set, set.groups); }
    }
    return sets;
}

} // namespace

std::vector<Reading> telegram_readings(const Telegram& telegram, const catalogue::Definition* meter) {
    const auto types = device_types(telegram.data);
    auto readings = to_readings(joined(telegram.data), meter);
    std::map<std::string, unsigned> used;
    for (Reading& reading : readings) {
        turn_hex_text(reading);
        const bool value = is_channel(reading.obis) && reading.obis->c == device_code &&
                           (reading.obis->d == 2 || reading.obis->d == 3) && reading.name == reading.address;
        const auto name = value ? device_name(types, reading.obis->b) : std::string_view{};
        if (!name.empty() && reading.unit != Unit::none && used[std::string(name)]++ == 0) { reading.name = name; }
    }
    return readings;
}

} // namespace meterctl::codecs::iec62056_21

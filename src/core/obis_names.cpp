#include "src/core/obis_names.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>

namespace meterctl {
namespace {

using Kind = ObisMeaning::Kind;
using enum Unit;

/// A code of its own.
struct Single {
    std::uint8_t a, c, d, e;
    std::string_view name;
    Kind kind;
    Unit base;
};

constexpr std::array singles{
    Single{1, 0, 0, 0, "device_id", Kind::text, none},
    Single{1, 0, 1, 0, "billing_periods", Kind::number, none},
    Single{1, 0, 1, 2, "billing_time", Kind::date_time, none},
    Single{1, 0, 2, 0, "software_version", Kind::text, none},
    Single{1, 0, 2, 1, "parameter_set", Kind::text, none},
    Single{1, 0, 4, 2, "ct_primary", Kind::number, ampere},
    Single{1, 0, 4, 3, "vt_primary", Kind::number, volt},
    Single{1, 0, 9, 1, "clock_time", Kind::time_of_day, none},
    Single{1, 0, 9, 2, "clock_date", Kind::date, none},
    Single{1, 0, 9, 4, "clock", Kind::date_time, none},
    Single{1, 1, 0, 0, "clock", Kind::date_time, none},
    Single{0, 1, 0, 0, "clock", Kind::date_time, none},
    Single{0, 96, 1, 0, "serial_number", Kind::text, none},
    Single{0, 96, 2, 0, "configuration_changes", Kind::number, none},
    Single{0, 96, 2, 1, "configuration_time", Kind::date_time, none},
    Single{0, 96, 5, 0, "operating_status", Kind::text, none},
    Single{0, 96, 6, 1, "battery_charge", Kind::text, none},
    Single{0, 96, 6, 3, "battery_voltage", Kind::number, volt},
    Single{0, 96, 7, 0, "power_down_counter", Kind::number, none},
    Single{0, 96, 7, 1, "power_down_counter_l1", Kind::number, none},
    Single{0, 96, 7, 2, "power_down_counter_l2", Kind::number, none},
    Single{0, 96, 7, 3, "power_down_counter_l3", Kind::number, none},
    Single{0, 96, 7, 9, "long_power_failures", Kind::number, none},
    Single{0, 96, 7, 21, "power_failures", Kind::number, none},
    Single{0, 96, 8, 0, "operating_time", Kind::text, none},
    Single{0, 96, 14, 0, "tariff", Kind::text, none},
    Single{0, 97, 97, 0, "error_code", Kind::text, none},
};

/// C: what is measured. Phases L1 to L3 stand 20, 40 and 60 above the sum.
struct Measured {
    std::uint8_t c;
    std::string_view quantity;  ///< "active", "voltage"
    std::string_view direction; ///< "import"; empty where energy and power have none
    Unit power, energy;         ///< base units; energy none where the quantity has none
    bool phases;
};

constexpr std::array measured{
    Measured{1, "active", "import", watt, watt_hour, true},
    Measured{2, "active", "export", watt, watt_hour, true},
    Measured{3, "reactive", "import", var, var_hour, true},
    Measured{4, "reactive", "export", var, var_hour, true},
    Measured{5, "reactive", "q1", var, var_hour, true},
    Measured{6, "reactive", "q2", var, var_hour, true},
    Measured{7, "reactive", "q3", var, var_hour, true},
    Measured{8, "reactive", "q4", var, var_hour, true},
    Measured{9, "apparent", "import", volt_ampere, volt_ampere_hour, true},
    Measured{10, "apparent", "export", volt_ampere, volt_ampere_hour, true},
    Measured{11, "current", "", ampere, none, true},
    Measured{12, "voltage", "", volt, none, true},
    Measured{13, "power_factor", "", none, none, true},
    Measured{14, "frequency", "", hertz, none, true},
    Measured{15, "active", "total", watt, watt_hour, true},
    Measured{16, "active", "net", watt, watt_hour, true},
    Measured{91, "current_n", "", ampere, none, false},
};

/// D: how it is measured.
struct Processing {
    std::uint8_t d;
    std::string_view prefix; ///< "max_"
    std::string_view word;   ///< "energy"; empty for quantities that are named by themselves
    bool energy;
};

constexpr std::array processings{
    Processing{2, "cumulative_max_", "demand", false},
    Processing{4, "", "demand", false},
    Processing{5, "last_", "demand", false},
    Processing{6, "max_", "demand", false},
    Processing{7, "", "power", false},
    Processing{8, "", "energy", true},
    Processing{9, "billing_period_", "energy", true},
};

constexpr std::uint8_t instantaneous = 7;
constexpr std::uint8_t sags = 32, swells = 36;
constexpr std::uint8_t voltage_code = 12;
constexpr std::uint8_t highest_tariff = 63;
constexpr std::uint8_t same_as_none = 255; ///< E = 255, as some meters send instead of 0

std::optional<ObisMeaning> single(const Obis& code) {
    if (code.a == 0 && code.b != 0) { return std::nullopt; }
    const auto* const found = std::ranges::find_if(singles, [&](const Single& one) {
        return one.a == code.a && one.c == code.c && one.d == code.d && one.e == code.e;
    });
    if (found == singles.end()) { return std::nullopt; }
    return ObisMeaning{std::string(found->name), found->kind, found->base};
}

const Measured* measured_of(std::uint8_t c, unsigned& phase) {
    phase = 0;
    for (const Measured& one : measured) {
        if (one.c == c) { return &one; }
        for (unsigned candidate = 1; one.phases && candidate <= 3; ++candidate) {
            if (one.c + 20 * candidate != c) { continue; }
            phase = candidate;
            return &one;
        }
    }
    return nullptr;
}

/// What has no direction has no energy or demand either: voltage, current, power factor, frequency.
std::optional<ObisMeaning> by_itself(const Measured& what, const Obis& code, std::string_view phase) {
    if (what.c == voltage_code && code.e == 0 && (code.d == sags || code.d == swells)) {
        const auto* const event = code.d == sags ? "sags" : "swells";
        return ObisMeaning{fmt::format("{}_{}{}", what.quantity, event, phase), Kind::number, none};
    }
    if (code.d != instantaneous || (code.e != 0 && code.e != same_as_none)) { return std::nullopt; }
    return ObisMeaning{fmt::format("{}{}", what.quantity, phase), Kind::number, what.power};
}

/// The net of all power, of all signs, is what people call the power; its energy is called net.
std::string directed(const Measured& what, const Processing& how) {
    const bool plain = what.direction == "net" && how.d == instantaneous;
    return fmt::format("{}{}_{}{}{}", how.prefix, what.quantity, how.word, plain ? "" : "_",
                       plain ? std::string_view() : what.direction);
}

std::optional<ObisMeaning> quantity(const Obis& code) {
    unsigned phase = 0;
    const auto* const what = code.a == 1 ? measured_of(code.c, phase) : nullptr;
    if (what == nullptr) { return std::nullopt; }
    const auto suffix = phase == 0 ? std::string() : fmt::format("_l{}", phase);
    if (what->direction.empty()) { return by_itself(*what, code, suffix); }
    const auto* const how = std::ranges::find(processings, code.d, &Processing::d);
    if (how == processings.end()) { return std::nullopt; }
    const bool whole = code.e == 0 || code.e == same_as_none;
    if (!whole && (code.e > highest_tariff || how->d == instantaneous)) { return std::nullopt; }
    const auto tariff = whole ? std::string() : fmt::format("_t{}", code.e);
    return ObisMeaning{directed(*what, *how) + suffix + tariff, Kind::number, how->energy ? what->energy : what->power};
}

/// Every name, found by asking for every code that can have one.
std::map<std::string, Obis, std::less<>> all_names() {
    std::map<std::string, Obis, std::less<>> names;
    const auto add = [&](Obis code) {
        if (auto name = name_of(code)) { names.try_emplace(std::move(*name), code); }
    };
    for (const Single& one : singles) { add(Obis{one.a, 0, one.c, one.d, one.e}); }
    for (std::uint8_t c = 1; c <= 91; ++c) {
        for (const std::uint8_t d : {std::uint8_t{2}, std::uint8_t{4}, std::uint8_t{5}, std::uint8_t{6},
                                     std::uint8_t{7}, std::uint8_t{8}, std::uint8_t{9}, sags, swells}) {
            for (std::uint8_t e = 0; e <= highest_tariff; ++e) { add(Obis{1, 0, c, d, e}); }
        }
    }
    return names;
}

} // namespace

std::optional<ObisMeaning> meaning_of(const Obis& code) {
    if (auto found = single(code)) { return found; }
    return quantity(code);
}

std::optional<std::string> name_of(const Obis& code) {
    auto found = meaning_of(code);
    return found ? std::optional(std::move(found->name)) : std::nullopt;
}

std::optional<Obis> obis_of(std::string_view name) {
    static const auto names = all_names();
    const auto found = names.find(name);
    return found == names.end() ? std::nullopt : std::optional(found->second);
}

} // namespace meterctl

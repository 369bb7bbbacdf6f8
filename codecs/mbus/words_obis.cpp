#include "codecs/mbus/identity.hpp"
#include "codecs/mbus/words.hpp"

#include <algorithm>

namespace meterctl::codecs::mbus {
namespace {

struct Coded {
    std::string_view base, direction;
    std::uint8_t code; ///< value group C
};

/// IEC 62056-61, electricity, of all phases.
constexpr std::array electric_codes{
    Coded{"active_energy", "import", 1},
    Coded{"active_energy", "export", 2},
    Coded{"reactive_energy", "import", 3},
    Coded{"reactive_energy", "export", 4},
    Coded{"reactive_energy", "q1", 5},
    Coded{"reactive_energy", "q2", 6},
    Coded{"reactive_energy", "q3", 7},
    Coded{"reactive_energy", "q4", 8},
    Coded{"apparent_energy", "import", 9},
    Coded{"apparent_energy", "export", 10},
    Coded{"active_energy", "total", 15},
    Coded{"active_energy", "net", 16},
    Coded{"active_power", "", 16},
    Coded{"frequency", "", 14},
    Coded{"voltage", "", 12},
    Coded{"current", "", 11},
};
constexpr std::array phase_steps{Coded{"l1", "", 20}, Coded{"l2", "", 40}, Coded{"l3", "", 60}, Coded{"n", "", 80}};

/// IEC 62056-62 and EN 13757-1: media other than electricity.
constexpr std::array heat_codes{
    Coded{"energy", "", 1},
    Coded{"volume", "", 2},
    Coded{"mass", "", 3},
    Coded{"power", "", 8},
    Coded{"volume_flow", "", 9},
    Coded{"flow_temperature", "", 10},
    Coded{"return_temperature", "", 11},
    Coded{"temperature_difference", "", 12},
    Coded{"pressure", "", 13},
};
constexpr std::array water_codes{Coded{"volume", "", 1}, Coded{"volume_flow", "", 2}};
constexpr std::array gas_codes{Coded{"volume", "", 3}};
constexpr std::array allocator_codes{Coded{"hca_units", "", 1}};

template <std::size_t Count>
std::uint8_t code_of(std::string_view base, std::string_view direction, const std::array<Coded, Count>& rows) {
    for (const auto& row : rows) {
        if (row.base == base && row.direction == direction) { return row.code; }
    }
    return 0;
}

std::optional<Obis> electric_obis(const Words& words, std::uint32_t tariff) {
    constexpr std::uint8_t time_integral = 8, instantaneous = 7, last_tariff = 63;
    const auto code = code_of(words.base, words.direction, electric_codes);
    const auto step = code_of(words.phase, "", phase_steps);
    if (code == 0 || tariff > last_tariff || (!words.phase.empty() && step == 0)) { return std::nullopt; }
    const bool of_a_phase = words.base == "voltage" || words.base == "current";
    if (of_a_phase && step == 0) { return std::nullopt; }
    const bool energy = !words.direction.empty();
    if (!energy && tariff != 0) { return std::nullopt; }
    return Obis{1,
                0,
                static_cast<std::uint8_t>(code + step),
                energy ? time_integral : instantaneous,
                static_cast<std::uint8_t>(tariff),
                255};
}

/// Value groups A and C of a medium's quantity.
std::optional<Obis> medium_obis(std::string_view base, std::uint8_t medium) {
    const auto obis = [&](std::uint8_t a, const auto& rows) {
        const auto code = code_of(base, "", rows);
        return code == 0 ? std::nullopt : std::optional(Obis{a, 0, code, 0, 0, 255});
    };
    switch (medium) {
    case 0x08:
        return obis(4, allocator_codes);
    case 0x0A:
    case 0x0B:
        return obis(5, heat_codes);
    case 0x04:
    case 0x0C:
    case 0x0D:
        return obis(6, heat_codes);
    case 0x03:
        return obis(7, gas_codes);
    case 0x07:
    case 0x16:
        return obis(8, water_codes);
    case 0x06:
    case 0x15:
        return obis(9, water_codes);
    default:
        return std::nullopt;
    }
}

} // namespace

std::optional<Obis> obis_of(const Record& record, const Words& words, std::uint8_t medium) {
    if (!is_current_value(record) || !words.others.empty() || !words.made.empty()) { return std::nullopt; }
    if (words.base == "clock") { return Obis{0, 0, 1, 0, 0, 255}; }
    if (medium == medium::electricity) { return electric_obis(words, record.dib.tariff); }
    const bool bare = record.dib.tariff == 0 && words.direction.empty() && words.phase.empty();
    return bare ? medium_obis(words.base, medium) : std::nullopt;
}

} // namespace meterctl::codecs::mbus

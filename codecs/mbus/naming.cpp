#include "codecs/mbus/naming.hpp"

#include "src/core/hex.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::mbus {
namespace {

constexpr std::array prefixes{std::string_view(""), std::string_view("max_"), std::string_view("min_"),
                              std::string_view("error_")};
constexpr std::array tables{std::string_view(""), std::string_view("fb"), std::string_view("fd"),
                            std::string_view("fdfd"), std::string_view("ef")};

struct Renamed {
    std::string_view from, to;
};
/// Words of the house for the standard's.
constexpr std::array of_electricity{
    Renamed{"energy", "active_energy"},
    Renamed{"power", "active_power"},
    Renamed{"cumulated_max_power", "cumulated_max_active_power"},
};
/// An accumulation by sign is a direction only where energy can flow both ways.
constexpr std::array without_direction{
    Renamed{"import", "positive"},
    Renamed{"export", "negative"},
};

template <std::size_t Count>
std::string_view renamed(std::string_view name, const std::array<Renamed, Count>& rows) {
    const auto row = std::ranges::find(rows, name, &Renamed::from);
    return row == rows.end() ? name : row->to;
}

/// "cust_id" of "cust. ID".
std::string snake_case(ByteView reversed) {
    std::string name;
    for (auto octet = reversed.rbegin(); octet != reversed.rend(); ++octet) {
        const auto one = static_cast<char>(*octet);
        const bool upper = one >= 'A' && one <= 'Z';
        const bool kept = upper || (one >= 'a' && one <= 'z') || (one >= '0' && one <= '9');
        if (kept) {
            name += upper ? static_cast<char>(one - 'A' + 'a') : one;
        } else if (!name.empty() && name.back() != '_') {
            name += '_';
        }
    }
    while (!name.empty() && name.back() == '_') { name.pop_back(); }
    return name;
}

bool is_energy(std::string_view base) {
    return base == "active_energy" || base == "reactive_energy" || base == "apparent_energy";
}

/// The quantity, without function, direction, tariff and storage.
std::string base_of(const Record& record, std::uint8_t medium) {
    const auto& vib = record.vib;
    if (record.kind == Record::Kind::manufacturer_data) { return "manufacturer_data"; }
    if (!vib.text.empty()) {
        auto name = snake_case(vib.text);
        if (!name.empty()) { return name; }
    }
    if (vib.row->name.empty()) {
        return fmt::format("vif_{}{:02x}", tables.at(static_cast<std::size_t>(vib.table)), vib.code);
    }
    const auto name = vib.row->name;
    return std::string(medium == medium::electricity ? renamed(name, of_electricity) : name);
}

/// What the VIFEs add to a name.
struct Parts {
    std::string direction, others, own;
    bool plain = true; ///< nothing but directions and phases
};

bool is_direction(std::string_view name) {
    constexpr std::array names{std::string_view("import"), std::string_view("export"), std::string_view("net"),
                               std::string_view("total"),  std::string_view("q1"),     std::string_view("q2"),
                               std::string_view("q3"),     std::string_view("q4")};
    return std::ranges::find(names, name) != names.end();
}

bool is_phase(std::string_view name) {
    return name == "l1" || name == "l2" || name == "l3" || name == "n" || name == "l1_l2" || name == "l2_l3" ||
           name == "l3_l1";
}

void add(Parts& parts, const VifeRow& row, bool electric) {
    // The name of an error is a flag of the reading.
    if (row.name.empty() || row.effect == Effect::error) { return; }
    const bool direction = electric && is_direction(row.name);
    parts.plain = parts.plain && (direction || is_phase(row.name));
    auto& part = direction ? parts.direction : parts.others;
    part += '_';
    part += electric ? row.name : renamed(row.name, without_direction);
}

Parts parts_of(const Vib& vib, bool electric) {
    Parts parts;
    for (const auto& vife : vib.extensions()) {
        if (vife.kind == Vife::Kind::combinable) { add(parts, vife_row(vife.code), electric); }
        if (vife.kind == Vife::Kind::extension) { add(parts, vife_extension_row(vife.code), electric); }
        if (vife.kind == Vife::Kind::manufacturer) {
            parts.plain = false;
            if (parts.own.empty()) { parts.own = "_m"; }
            fmt::format_to(std::back_inserter(parts.own), "{:02x}", vife.code);
        }
    }
    return parts;
}

bool current_value(const Record& record) {
    return record.kind == Record::Kind::data && record.dib.storage == 0 &&
           record.dib.function == Function::instantaneous && record.dib.subunit == 0;
}

struct Numbered {
    std::string_view name;
    std::uint8_t number;
};
template <std::size_t Count>
std::uint8_t number_of(std::string_view name, const std::array<Numbered, Count>& rows) {
    const auto row = std::ranges::find(rows, name, &Numbered::name);
    return row == rows.end() ? std::uint8_t{0} : row->number;
}

/// Value group C of IEC 62056-61 by name and direction, of all phases.
constexpr std::array electric_codes{
    Numbered{"active_energy_import", 1},
    Numbered{"active_energy_export", 2},
    Numbered{"reactive_energy_import", 3},
    Numbered{"reactive_energy_export", 4},
    Numbered{"reactive_energy_q1", 5},
    Numbered{"reactive_energy_q2", 6},
    Numbered{"reactive_energy_q3", 7},
    Numbered{"reactive_energy_q4", 8},
    Numbered{"apparent_energy_import", 9},
    Numbered{"apparent_energy_export", 10},
    Numbered{"active_energy_total", 15},
    Numbered{"active_energy_net", 16},
    Numbered{"active_power", 16},
    Numbered{"frequency", 14},
    Numbered{"voltage", 12},
    Numbered{"current", 11},
};
constexpr std::array phase_steps{Numbered{"_l1", 20}, Numbered{"_l2", 40}, Numbered{"_l3", 60}, Numbered{"_n", 80}};

std::optional<Obis> electric_obis(const std::string& quantity, const std::string& phase, std::uint32_t tariff) {
    constexpr std::uint8_t time_integral = 8, instantaneous = 7, last_tariff = 63;
    const auto code = number_of(quantity, electric_codes);
    const auto step = number_of(phase, phase_steps);
    const bool of_phase = quantity == "voltage" || quantity == "current";
    if (code == 0 || tariff > last_tariff || (!phase.empty() && step == 0) || (of_phase && step == 0)) {
        return std::nullopt;
    }
    const bool energy = quantity.find("_energy_") != std::string::npos;
    if (!energy && tariff != 0) { return std::nullopt; }
    const auto c = static_cast<std::uint8_t>(code + step);
    return Obis{1, 0, c, energy ? time_integral : instantaneous, static_cast<std::uint8_t>(tariff), 255};
}

constexpr std::array heat_codes{
    Numbered{"energy", 1},
    Numbered{"volume", 2},
    Numbered{"mass", 3},
    Numbered{"power", 8},
    Numbered{"volume_flow", 9},
    Numbered{"flow_temperature", 10},
    Numbered{"return_temperature", 11},
    Numbered{"temperature_difference", 12},
    Numbered{"pressure", 13},
};
constexpr std::array water_codes{Numbered{"volume", 1}, Numbered{"volume_flow", 2}};
constexpr std::array gas_codes{Numbered{"volume", 3}};
constexpr std::array allocator_codes{Numbered{"hca_units", 1}};

/// Value groups A and C of a medium's quantity.
std::optional<Obis> medium_obis(std::uint8_t medium, const std::string& quantity) {
    const auto obis = [](std::uint8_t a, std::uint8_t c) {
        return c == 0 ? std::nullopt : std::optional(Obis{a, 0, c, 0, 0, 255});
    };
    switch (medium) {
    case 0x08:
        return obis(4, number_of(quantity, allocator_codes));
    case 0x0A:
    case 0x0B:
        return obis(5, number_of(quantity, heat_codes));
    case 0x04:
    case 0x0C:
    case 0x0D:
        return obis(6, number_of(quantity, heat_codes));
    case 0x03:
        return obis(7, number_of(quantity, gas_codes));
    case 0x07:
    case 0x16:
        return obis(8, number_of(quantity, water_codes));
    case 0x06:
    case 0x15:
        return obis(9, number_of(quantity, water_codes));
    default:
        return std::nullopt;
    }
}

/// The part of a name that is the same in every storage number, and what OBIS is looked up by.
struct Name {
    std::string base;
    Parts parts;
};

Name name_of(const Record& record, std::uint8_t medium) {
    Name name{base_of(record, medium), {}};
    const bool electric = medium == medium::electricity || is_energy(name.base);
    name.parts = parts_of(record.vib, electric);
    if (is_energy(name.base) && name.parts.direction.empty()) { name.parts.direction = "_import"; }
    const bool clock = name.base == "date_time" && current_value(record) && record.dib.tariff == 0 &&
                       name.parts.others.empty() && name.parts.own.empty();
    if (clock) { name.base = "clock"; }
    return name;
}

std::string full_name(const Record& record, const Name& name) {
    std::string text(prefixes.at(static_cast<std::size_t>(record.dib.function)));
    text.append(name.base).append(name.parts.direction).append(name.parts.others).append(name.parts.own);
    const auto out = std::back_inserter(text);
    if (record.dib.subunit != 0) { fmt::format_to(out, "_u{}", record.dib.subunit); }
    if (record.dib.tariff != 0) { fmt::format_to(out, "_t{}", record.dib.tariff); }
    if (record.dib.storage != 0) { fmt::format_to(out, "@{}", record.dib.storage); }
    return text;
}

std::optional<Obis> obis_of(const Record& record, const Name& name, std::uint8_t medium) {
    if (!current_value(record) || !name.parts.plain) { return std::nullopt; }
    if (name.base == "clock") { return Obis{0, 0, 1, 0, 0, 255}; }
    if (medium == medium::electricity) {
        return electric_obis(name.base + name.parts.direction, name.parts.others, record.dib.tariff);
    }
    const bool bare = record.dib.tariff == 0 && name.parts.direction.empty() && name.parts.others.empty();
    return bare ? medium_obis(medium, name.base) : std::nullopt;
}

/// What a unit in plain text says, as the meter shows it.
std::string unit_text(ByteView reversed) {
    std::string text;
    for (auto octet = reversed.rbegin(); octet != reversed.rend(); ++octet) {
        if (*octet >= 0x80) { text += static_cast<char>(0xC0U | (*octet >> 6U)); }
        text += static_cast<char>(*octet >= 0x80 ? 0x80U | (*octet & 0x3FU) : *octet);
    }
    return text;
}

/// What a number stands for.
std::string label_of(const Record& record) {
    constexpr std::uint8_t medium_code = 0x09, manufacturer = 0x0A;
    if (!record.text.empty()) { return record.text; }
    if (!record.vib.text.empty()) { return unit_text(record.vib.text); }
    const auto* const number = record.value.get<std::uint64_t>();
    if (number == nullptr || record.vib.table != VifTable::fd) { return {}; }
    if (record.vib.code == medium_code && *number <= 0xFF) {
        return std::string(medium_name(static_cast<std::uint8_t>(*number)));
    }
    if (record.vib.code == manufacturer && *number <= 0xFFFF) {
        return manufacturer_text(static_cast<std::uint16_t>(*number));
    }
    return {};
}

} // namespace

Reading Namer::reading(const Record& record) {
    const auto name = name_of(record, medium_);
    Reading reading;
    reading.name = unique(full_name(record, name));
    reading.obis = obis_of(record, name, medium_);
    reading.value = record.value;
    reading.unit = record.unit;
    reading.flags = record.flags;
    reading.text = label_of(record);
    reading.address = "drh:" + to_hex(record.header, "");
    reading.raw.assign(record.data.begin(), record.data.end());
    return reading;
}

Reading Namer::reading(const FixedCounter& counter, unsigned number) {
    Reading reading;
    std::string name(medium_ == medium::electricity ? renamed(counter.name, of_electricity) : counter.name);
    if (is_energy(name)) { name += "_import"; }
    if (counter.historic) { name += "@1"; }
    reading.name = unique(std::move(name));
    reading.value = counter.value;
    reading.unit = counter.unit;
    reading.flags = counter.flags;
    reading.text = counter.text;
    reading.address = fmt::format("record:{}", number);
    reading.raw.assign(counter.data.begin(), counter.data.end());
    return reading;
}

std::string Namer::unique(std::string name) {
    for (auto& times = used_[name];;) {
        ++times;
        if (times == 1) { return name; }
        const auto storage = std::min(name.find('@'), name.size());
        auto numbered = name;
        numbered.insert(storage, fmt::format("_{}", times));
        if (used_.try_emplace(numbered, 1U).second) { return numbered; }
    }
}

std::string record_name(const Record& record, std::uint8_t medium) {
    return full_name(record, name_of(record, medium));
}

std::optional<Obis> record_obis(const Record& record, std::uint8_t medium) {
    return obis_of(record, name_of(record, medium), medium);
}

} // namespace meterctl::codecs::mbus

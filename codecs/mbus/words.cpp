#include "codecs/mbus/words.hpp"

#include "codecs/mbus/identity.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::mbus {
namespace {

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
constexpr std::array directions{std::string_view("import"), std::string_view("export"), std::string_view("net"),
                                std::string_view("total"),  std::string_view("q1"),     std::string_view("q2"),
                                std::string_view("q3"),     std::string_view("q4")};
constexpr std::array phases{std::string_view("l1"),   std::string_view("l2"),    std::string_view("l3"),
                            std::string_view("n"),    std::string_view("l1_l2"), std::string_view("l2_l3"),
                            std::string_view("l3_l1")};

template <std::size_t Count>
std::string_view renamed(std::string_view name, const std::array<Renamed, Count>& rows) {
    const auto* const row = std::ranges::find(rows, name, &Renamed::from);
    return row == rows.end() ? name : row->to;
}

template <std::size_t Count>
bool is_one_of(std::string_view name, const std::array<std::string_view, Count>& names) {
    return std::ranges::find(names, name) != names.end();
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

void set_base(Words& words, const Record& record, bool electric) {
    const auto& vib = record.vib;
    if (!vib.text.empty()) { words.made = snake_case(vib.text); }
    if (vib.row->name.empty()) {
        words.made = fmt::format("vif_{}{:02x}", tables.at(static_cast<std::size_t>(vib.table)), vib.code);
    }
    words.base = electric ? renamed(vib.row->name, of_electricity) : vib.row->name;
}

void add(Words& words, const VifeRow& row, bool electric) {
    // The name of an error is a flag of the reading.
    if (row.name.empty() || row.effect == Effect::error) { return; }
    if (electric && words.direction.empty() && is_one_of(row.name, directions)) {
        words.direction = row.name;
    } else if (words.phase.empty() && words.others.empty() && is_one_of(row.name, phases)) {
        words.phase = row.name;
    } else {
        words.others += '_';
        words.others += electric ? row.name : renamed(row.name, without_direction);
    }
}

void add_extensions(Words& words, const Vib& vib, bool electric) {
    bool own = false;
    for (const auto& vife : vib.extensions()) {
        if (vife.kind == Vife::Kind::combinable) { add(words, vife_row(vife.code), electric); }
        if (vife.kind == Vife::Kind::extension) { add(words, vife_extension_row(vife.code), electric); }
        if (vife.kind == Vife::Kind::manufacturer) {
            if (!own) { words.others += "_m"; }
            own = true;
            fmt::format_to(std::back_inserter(words.others), "{:02x}", vife.code);
        }
    }
}

} // namespace

bool is_current_value(const Record& record) {
    return record.kind == Record::Kind::data && record.dib.storage == 0 &&
           record.dib.function == Function::instantaneous && record.dib.subunit == 0;
}

Words words_of(const Record& record, std::uint8_t medium) {
    Words words;
    if (record.kind == Record::Kind::manufacturer_data) {
        words.base = "manufacturer_data";
        return words;
    }
    const bool electric_medium = medium == medium::electricity;
    set_base(words, record, electric_medium);
    const bool electric = electric_medium || is_energy(words.base);
    add_extensions(words, record.vib, electric);
    if (is_energy(words.base) && words.direction.empty()) { words.direction = "import"; }
    const bool clock = words.base == "date_time" && is_current_value(record) && record.dib.tariff == 0 &&
                       words.phase.empty() && words.others.empty();
    if (clock) { words.base = "clock"; }
    return words;
}

} // namespace meterctl::codecs::mbus

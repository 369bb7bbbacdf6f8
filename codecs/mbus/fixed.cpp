#include "codecs/mbus/fixed.hpp"

#include "codecs/mbus/data.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::mbus {
namespace {

constexpr std::size_t fixed_octets = 16;
constexpr std::uint8_t same_but_historic = 0x3E;
constexpr std::uint8_t first_mode_2_medium = 0x0A;

struct UnitRow {
    std::string_view name;
    Unit unit = Unit::none;
    int exponent = 0;
};

struct UnitRange {
    std::uint8_t first;
    UnitRow row;
};

/// Each stands for three codes, of which the second and third are ten and a hundred times the unit.
constexpr std::array decades{
    UnitRange{0x02, {"energy", Unit::watt_hour}},
    UnitRange{0x05, {"energy", Unit::kilowatt_hour}},
    UnitRange{0x08, {"energy", Unit::megawatt_hour}},
    UnitRange{0x0B, {"energy", Unit::kilojoule}},
    UnitRange{0x0E, {"energy", Unit::megajoule}},
    UnitRange{0x11, {"energy", Unit::gigajoule}},
    UnitRange{0x14, {"power", Unit::watt}},
    UnitRange{0x17, {"power", Unit::kilowatt}},
    UnitRange{0x1A, {"power", Unit::megawatt}},
    UnitRange{0x1D, {"power", Unit::kilojoule_per_hour}},
    UnitRange{0x20, {"power", Unit::kilojoule_per_hour, 3}},
    UnitRange{0x23, {"power", Unit::kilojoule_per_hour, 6}},
    UnitRange{0x26, {"volume", Unit::litre, -3}},
    UnitRange{0x29, {"volume", Unit::litre}},
    UnitRange{0x2C, {"volume", Unit::cubic_metre}},
    UnitRange{0x2F, {"volume_flow", Unit::litre_per_hour, -3}},
    UnitRange{0x32, {"volume_flow", Unit::litre_per_hour}},
    UnitRange{0x35, {"volume_flow", Unit::cubic_metre_per_hour}},
};

constexpr std::array<UnitRow, 64> unit_table = [] {
    std::array<UnitRow, 64> table{};
    for (const auto& range : decades) {
        for (unsigned index = 0; index < 3; ++index) {
            auto& row = table.at(range.first + index);
            row = range.row;
            row.exponent += static_cast<int>(index);
        }
    }
    table.at(0x00) = {"clock_time"};
    table.at(0x01) = {"date"};
    table.at(0x38) = {"temperature", Unit::degree_celsius, -3};
    table.at(0x39) = {"hca_units"};
    table.at(0x3F) = {"dimensionless"};
    return table;
}();

/// Media 0A to 0E are those of 03, 04, 06, 07 and 08 in mode 2.
std::uint8_t usual_medium(std::uint8_t medium) {
    constexpr std::array<std::uint8_t, 6> mode_1{0x03, 0x04, 0x06, 0x07, 0x08, 0x0F};
    return medium < first_mode_2_medium ? medium : mode_1.at(medium - first_mode_2_medium);
}

void fill(FixedCounter& counter, const UnitRow& row, bool binary, ByteOrder order) {
    counter.name = row.name.empty() ? "counter" : row.name;
    counter.unit = row.unit;
    if (row.name == "clock_time" || row.name == "date") {
        counter.value = bcd_digits(counter.data, order); // hours, minutes, seconds or day, month, year
        return;
    }
    const Meaning meaning{.content = Content::number, .unit = row.unit, .exponent = row.exponent};
    if (row.name.empty()) { counter.flags.emplace_back("unknown_unit"); }
    if (binary) { return fill_integer(counter.data, order, meaning, counter.value, counter.flags); }
    fill_bcd(counter.data, order, meaning, counter.value, counter.flags, counter.text);
}

} // namespace

Result<FixedData> decode_fixed(ByteView data, ByteOrder order) {
    if (data.size() != fixed_octets) {
        return fail(Category::untrusted, fmt::format("{} octets where fixed data have 16", data.size()), {}, {},
                    "mbus.length");
    }
    FixedData fixed;
    const auto medium = static_cast<std::uint8_t>((data[6] >> 6U) | ((data[7] >> 6U) << 2U));
    if (medium >= first_mode_2_medium && medium < 0x0F) { order = ByteOrder::high_first; }
    fixed.id = static_cast<std::uint32_t>(unsigned_of(data.first(4), order));
    fixed.access = data[4];
    fixed.status = data[5];
    fixed.medium = usual_medium(medium);
    const bool binary = (fixed.status & 1U) != 0;
    for (std::size_t index = 0; index < fixed.counters.size(); ++index) {
        auto& counter = fixed.counters.at(index);
        counter.unit_code = data[6 + index] & 0x3FU;
        counter.historic = index == 1 && counter.unit_code == same_but_historic;
        counter.data = data.subspan(8 + 4 * index, 4);
        const auto code = counter.historic ? fixed.counters[0].unit_code : counter.unit_code;
        fill(counter, unit_table.at(code), binary, order);
    }
    return fixed;
}

} // namespace meterctl::codecs::mbus

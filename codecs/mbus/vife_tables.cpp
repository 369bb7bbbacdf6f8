#include "codecs/mbus/vif.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace meterctl::codecs::mbus {
namespace {

using enum Effect;

constexpr std::size_t codes = 128;
using Table = std::array<VifeRow, codes>;

struct Entry {
    std::uint8_t code;
    VifeRow row;
};

constexpr std::array times{Unit::second, Unit::minute, Unit::hour, Unit::day};

/// Table 18: what a slave puts behind the VIF of a record that it cannot give. The names are flags of the reading.
constexpr std::array errors{
    Entry{0x01, {"too_many_difes", "error: too many DIFEs", error}},
    Entry{0x02, {"storage_not_implemented", "error: storage number not implemented", error}},
    Entry{0x03, {"subunit_not_implemented", "error: unit number not implemented", error}},
    Entry{0x04, {"tariff_not_implemented", "error: tariff number not implemented", error}},
    Entry{0x05, {"function_not_implemented", "error: function not implemented", error}},
    Entry{0x06, {"data_class_not_implemented", "error: data class not implemented", error}},
    Entry{0x07, {"data_size_not_implemented", "error: data size not implemented", error}},
    Entry{0x0B, {"too_many_vifes", "error: too many VIFEs", error}},
    Entry{0x0C, {"illegal_vif_group", "error: illegal VIF group", error}},
    Entry{0x0D, {"illegal_vif_exponent", "error: illegal VIF exponent", error}},
    Entry{0x0E, {"vif_dif_mismatch", "error: VIF and DIF do not match", error}},
    Entry{0x0F, {"action_not_implemented", "error: unimplemented action", error}},
    Entry{0x15, {"not_available", "error: no data available", error}},
    Entry{0x16, {"overflow", "error: data overflow", error}},
    Entry{0x17, {"underflow", "error: data underflow", error}},
    Entry{0x18, {"data_error", "error: data error", error}},
    Entry{0x1C, {"premature_end", "error: premature end of record", error}},
};

/// Table 15.
constexpr std::array singles{
    Entry{0x00, {"", "no error", none}},
    Entry{0x12, {"average", "average value", none}},
    Entry{0x13, {"inverse_profile", "inverse compact profile", profile}},
    Entry{0x14, {"deviation", "relative deviation", none}},
    Entry{0x1D, {"standard_content", "standard conform data content", profile}},
    Entry{0x1E, {"profile_registers", "compact profile with register numbers", profile}},
    Entry{0x1F, {"profile", "compact profile", profile}},
    Entry{0x20, {"per_second", "per second", none}},
    Entry{0x21, {"per_minute", "per minute", none}},
    Entry{0x22, {"per_hour", "per hour", none}},
    Entry{0x23, {"per_day", "per day", none}},
    Entry{0x24, {"per_week", "per week", none}},
    Entry{0x25, {"per_month", "per month", none}},
    Entry{0x26, {"per_year", "per year", none}},
    Entry{0x27, {"per_revolution", "per revolution or measurement", none}},
    Entry{0x28, {"per_input_pulse_0", "increment per input pulse on channel 0", none}},
    Entry{0x29, {"per_input_pulse_1", "increment per input pulse on channel 1", none}},
    Entry{0x2A, {"per_output_pulse_0", "increment per output pulse on channel 0", none}},
    Entry{0x2B, {"per_output_pulse_1", "increment per output pulse on channel 1", none}},
    Entry{0x2C, {"per_litre", "per litre", none}},
    Entry{0x2D, {"per_m3", "per m³", none}},
    Entry{0x2E, {"per_kg", "per kg", none}},
    Entry{0x2F, {"per_k", "per K", none}},
    Entry{0x30, {"per_kwh", "per kWh", none}},
    Entry{0x31, {"per_gj", "per GJ", none}},
    Entry{0x32, {"per_kw", "per kW", none}},
    Entry{0x33, {"per_k_l", "per K l", none}},
    Entry{0x34, {"per_v", "per V", none}},
    Entry{0x35, {"per_a", "per A", none}},
    Entry{0x36, {"times_s", "multiplied by s", none}},
    Entry{0x37, {"times_s_per_v", "multiplied by s/V", none}},
    Entry{0x38, {"times_s_per_a", "multiplied by s/A", none}},
    Entry{0x39, {"start", "start of", date}},
    Entry{0x3A, {"uncorrected", "uncorrected, at metering conditions", none}},
    Entry{0x3B, {"import", "accumulated only if positive", none}},
    Entry{0x3C, {"export", "accumulated only if negative", none}},
    Entry{0x3D, {"non_metric", "in the alternate non-metric unit system", none}},
    Entry{0x3E, {"base_conditions", "at base conditions", none}},
    Entry{0x3F, {"obis_declaration", "OBIS declaration", profile}},
    Entry{0x40, {"lower_limit", "lower limit", none}},
    Entry{0x48, {"upper_limit", "upper limit", none}},
    Entry{0x41, {"lower_limit_exceeds", "number of exceeds of the lower limit", count}},
    Entry{0x49, {"upper_limit_exceeds", "number of exceeds of the upper limit", count}},
    Entry{0x42, {"lower_limit_first_begin", "begin of the first exceed of the lower limit", date}},
    Entry{0x43, {"lower_limit_first_end", "end of the first exceed of the lower limit", date}},
    Entry{0x46, {"lower_limit_last_begin", "begin of the last exceed of the lower limit", date}},
    Entry{0x47, {"lower_limit_last_end", "end of the last exceed of the lower limit", date}},
    Entry{0x4A, {"upper_limit_first_begin", "begin of the first exceed of the upper limit", date}},
    Entry{0x4B, {"upper_limit_first_end", "end of the first exceed of the upper limit", date}},
    Entry{0x4E, {"upper_limit_last_begin", "begin of the last exceed of the upper limit", date}},
    Entry{0x4F, {"upper_limit_last_end", "end of the last exceed of the upper limit", date}},
    Entry{0x68, {"during_lower_limit", "value during the exceed of the lower limit", none}},
    Entry{0x69, {"leakage", "leakage value", none}},
    Entry{0x6A, {"first_begin", "begin of the first", date}},
    Entry{0x6B, {"first_end", "end of the first", date}},
    Entry{0x6C, {"during_upper_limit", "value during the exceed of the upper limit", none}},
    Entry{0x6D, {"overflow", "overflow value", none}},
    Entry{0x6E, {"last_begin", "begin of the last", date}},
    Entry{0x6F, {"last_end", "end of the last", date}},
    Entry{0x7C, {"", "extension of the combinable VIFEs", extension}},
    Entry{0x7D, {"", "x 10^3", factor, Unit::none, 3}},
    Entry{0x7E, {"future", "future value", none}},
    Entry{0x7F, {"", "manufacturer specific", manufacturer}},
};

/// Codes that count time, in the unit of their lowest two bits.
struct Durations {
    std::uint8_t first;
    std::string_view name, title;
};
constexpr std::array durations{
    Durations{0x50, "lower_limit_first_duration", "duration of the first exceed of the lower limit"},
    Durations{0x54, "lower_limit_last_duration", "duration of the last exceed of the lower limit"},
    Durations{0x58, "upper_limit_first_duration", "duration of the first exceed of the upper limit"},
    Durations{0x5C, "upper_limit_last_duration", "duration of the last exceed of the upper limit"},
    Durations{0x60, "first_duration", "duration of the first"},
    Durations{0x64, "last_duration", "duration of the last"},
};

constexpr std::array factor_titles{
    std::string_view("x 10^-6"), std::string_view("x 10^-5"), std::string_view("x 10^-4"), std::string_view("x 10^-3"),
    std::string_view("x 10^-2"), std::string_view("x 10^-1"), std::string_view("x 10^0"),  std::string_view("x 10^1"),
};
constexpr std::array constant_titles{
    std::string_view("plus 10^-3 of the unit"),
    std::string_view("plus 10^-2 of the unit"),
    std::string_view("plus 10^-1 of the unit"),
    std::string_view("plus 1 of the unit"),
};

constexpr Table make_table() {
    Table table{};
    for (const auto& entry : errors) { table.at(entry.code) = entry.row; }
    for (const auto& entry : singles) { table.at(entry.code) = entry.row; }
    for (const auto& range : durations) {
        for (unsigned unit = 0; unit < times.size(); ++unit) {
            table.at(range.first + unit) = {range.name, range.title, duration, times.at(unit)};
        }
    }
    for (unsigned index = 0; index < factor_titles.size(); ++index) {
        table.at(0x70 + index) = {"", factor_titles.at(index), factor, Unit::none, static_cast<int>(index) - 6};
    }
    for (unsigned index = 0; index < constant_titles.size(); ++index) {
        table.at(0x78 + index) = {"", constant_titles.at(index), constant, Unit::none, static_cast<int>(index) - 3};
    }
    return table;
}
constexpr Table combinable = make_table();

/// Table 16.
constexpr std::array extensions{
    Entry{0x01, {"l1", "at phase L1", none}},
    Entry{0x02, {"l2", "at phase L2", none}},
    Entry{0x03, {"l3", "at phase L3", none}},
    Entry{0x04, {"n", "at neutral", none}},
    Entry{0x05, {"l1_l2", "between phases L1 and L2", none}},
    Entry{0x06, {"l2_l3", "between phases L2 and L3", none}},
    Entry{0x07, {"l3_l1", "between phases L3 and L1", none}},
    Entry{0x08, {"q1", "at quadrant Q1", none}},
    Entry{0x09, {"q2", "at quadrant Q2", none}},
    Entry{0x0A, {"q3", "at quadrant Q3", none}},
    Entry{0x0B, {"q4", "at quadrant Q4", none}},
    Entry{0x0C, {"net", "import minus export", none}},
    Entry{0x10, {"total", "absolute values of positive and negative accumulated", none}},
    Entry{0x11, {"", "data of type C, unsigned", unsigned_type}},
    Entry{0x12, {"", "data of type D, bits", bits_type}},
    Entry{0x14, {"to_meter", "from the communication partner to the meter", none}},
    Entry{0x15, {"from_meter", "from the meter to the communication partner", none}},
};

constexpr Table extension_table = [] {
    Table table{};
    for (const auto& entry : extensions) { table.at(entry.code) = entry.row; }
    return table;
}();

/// Table 17.
constexpr std::array<std::string_view, 14> actions{
    "write",
    "add value",
    "subtract value",
    "OR (set bits)",
    "AND",
    "XOR (toggle bits)",
    "AND NOT (clear bits)",
    "clear",
    "add entry",
    "delete entry",
    "delayed action",
    "freeze data",
    "add to the readout list",
    "delete from the readout list",
};

} // namespace

const VifeRow& vife_row(std::uint8_t code) {
    return combinable[code & 0x7FU];
}

const VifeRow& vife_extension_row(std::uint8_t code) {
    return extension_table[code & 0x7FU];
}

std::string_view action_title(std::uint8_t code) {
    const std::size_t index = code & 0x7FU;
    return index < actions.size() ? actions.at(index) : std::string_view();
}

} // namespace meterctl::codecs::mbus

#include "codecs/mbus/vif.hpp"

#include <array>
#include <span>

namespace meterctl::codecs::mbus {
namespace {

using enum Content;

constexpr std::size_t codes = 128;
using Table = std::array<VifRow, codes>;

/// Codes that differ in nothing but what their lowest bits say.
struct Range {
    std::uint8_t first;
    std::uint8_t count;
    enum class Bits : std::uint8_t {
        exponent,  ///< of ten, counted up from `row.exponent`
        time,      ///< seconds, minutes, hours, days
        long_time, ///< hours, days, months, years
    } bits;
    VifRow row;
};

constexpr std::array times{Unit::second, Unit::minute, Unit::hour, Unit::day};
constexpr std::array long_times{Unit::hour, Unit::day, Unit::month, Unit::year};

constexpr VifRow row_of(const Range& range, unsigned index) {
    VifRow row = range.row;
    switch (range.bits) {
    case Range::Bits::exponent:
        row.exponent += static_cast<int>(index);
        break;
    case Range::Bits::time:
        row.unit = times.at(index);
        break;
    case Range::Bits::long_time:
        row.unit = long_times.at(index);
        break;
    }
    return row;
}

template <std::size_t Count>
constexpr Table table_of(const std::array<Range, Count>& ranges) {
    Table table{};
    for (const auto& range : ranges) {
        for (unsigned index = 0; index < range.count; ++index) { table.at(range.first + index) = row_of(range, index); }
    }
    return table;
}

constexpr Range scaled(std::uint8_t first, std::uint8_t count, std::string_view name, std::string_view title, Unit unit,
                       int exponent) {
    return {first, count, Range::Bits::exponent, {name, title, unit, exponent, number}};
}
constexpr Range duration(std::uint8_t first, std::string_view name, std::string_view title) {
    return {first, 4, Range::Bits::time, {name, title, Unit::second, 0, number}};
}
constexpr Range long_duration(std::uint8_t first, std::string_view name, std::string_view title) {
    return {first, 4, Range::Bits::long_time, {name, title, Unit::hour, 0, number}};
}
constexpr Range single(std::uint8_t code, std::string_view name, std::string_view title, Content content = number,
                       Unit unit = Unit::none) {
    return {code, 1, Range::Bits::exponent, {name, title, unit, 0, content}};
}

/// In steps of 1/4096, which is 244140625 x 10^-12.
constexpr Range of_4096(std::uint8_t code, std::string_view name, std::string_view title) {
    return {code, 1, Range::Bits::exponent, {name, title, Unit::none, -12, number, 244140625}};
}

constexpr Table main_table = table_of(std::array{
    scaled(0x00, 8, "energy", "energy", Unit::watt_hour, -3),
    scaled(0x08, 8, "energy", "energy", Unit::joule, 0),
    scaled(0x10, 8, "volume", "volume", Unit::cubic_metre, -6),
    scaled(0x18, 8, "mass", "mass", Unit::kilogram, -3),
    duration(0x20, "on_time", "on time"),
    duration(0x24, "operating_time", "operating time"),
    scaled(0x28, 8, "power", "power", Unit::watt, -3),
    scaled(0x30, 8, "power", "power", Unit::joule_per_hour, 0),
    scaled(0x38, 8, "volume_flow", "volume flow", Unit::cubic_metre_per_hour, -6),
    scaled(0x40, 8, "volume_flow", "volume flow", Unit::cubic_metre_per_minute, -7),
    scaled(0x48, 8, "volume_flow", "volume flow", Unit::cubic_metre_per_second, -9),
    scaled(0x50, 8, "mass_flow", "mass flow", Unit::kilogram_per_hour, -3),
    scaled(0x58, 4, "flow_temperature", "flow temperature", Unit::degree_celsius, -3),
    scaled(0x5C, 4, "return_temperature", "return temperature", Unit::degree_celsius, -3),
    scaled(0x60, 4, "temperature_difference", "temperature difference", Unit::kelvin, -3),
    scaled(0x64, 4, "external_temperature", "external temperature", Unit::degree_celsius, -3),
    scaled(0x68, 4, "pressure", "pressure", Unit::bar, -3),
    single(0x6C, "date", "date", date),
    single(0x6D, "date_time", "date and time", time),
    single(0x6E, "hca_units", "units of a heat cost allocator"),
    duration(0x70, "averaging_duration", "averaging duration"),
    duration(0x74, "actuality_duration", "actuality duration"),
    single(0x78, "fabrication_number", "fabrication number", digits),
    single(0x79, "identification", "enhanced identification", digits),
    single(0x7A, "bus_address", "address", unsigned_number),
    single(0x7C, "plain_text_unit", "a unit in plain text"),
    single(0x7E, "any", "any VIF", raw),
    single(0x7F, "manufacturer_specific", "manufacturer specific", raw),
});

/// Codes 22 to 27, 58 to 67 and 70 to 73 (gallons and Fahrenheit) are those of the first editions, still in the field.
constexpr Table fb_table = table_of(std::array{
    scaled(0x00, 2, "energy", "energy", Unit::watt_hour, 5),
    scaled(0x02, 2, "reactive_energy", "reactive energy", Unit::var_hour, 3),
    scaled(0x04, 2, "apparent_energy", "apparent energy", Unit::volt_ampere_hour, 3),
    scaled(0x08, 2, "energy", "energy", Unit::joule, 8),
    scaled(0x0C, 4, "energy", "energy", Unit::calorie, 5),
    scaled(0x10, 2, "volume", "volume", Unit::cubic_metre, 2),
    scaled(0x14, 4, "reactive_power", "reactive power", Unit::var, 0),
    scaled(0x18, 2, "mass", "mass", Unit::kilogram, 5),
    scaled(0x1A, 2, "relative_humidity", "relative humidity", Unit::percent, -1),
    scaled(0x20, 1, "volume", "volume", Unit::cubic_foot, 0),
    scaled(0x21, 1, "volume", "volume", Unit::cubic_foot, -1),
    scaled(0x22, 2, "volume", "volume", Unit::us_gallon, -1),
    scaled(0x24, 1, "volume_flow", "volume flow", Unit::us_gallon_per_minute, -3),
    scaled(0x25, 1, "volume_flow", "volume flow", Unit::us_gallon_per_minute, 0),
    scaled(0x26, 1, "volume_flow", "volume flow", Unit::us_gallon_per_hour, 0),
    scaled(0x28, 2, "power", "power", Unit::watt, 5),
    scaled(0x2A, 1, "phase_angle_voltage", "phase U-U (voltage to voltage)", Unit::degree, -1),
    scaled(0x2B, 1, "phase_angle", "phase U-I (voltage to current)", Unit::degree, -1),
    scaled(0x2C, 4, "frequency", "frequency", Unit::hertz, -3),
    scaled(0x30, 2, "power", "power", Unit::joule_per_hour, 8),
    scaled(0x34, 4, "apparent_power", "apparent power", Unit::volt_ampere, 0),
    scaled(0x58, 4, "flow_temperature", "flow temperature", Unit::degree_fahrenheit, -3),
    scaled(0x5C, 4, "return_temperature", "return temperature", Unit::degree_fahrenheit, -3),
    scaled(0x60, 4, "temperature_difference", "temperature difference", Unit::degree_fahrenheit, -3),
    scaled(0x64, 4, "external_temperature", "external temperature", Unit::degree_fahrenheit, -3),
    of_4096(0x68, "rating_factor", "resulting rating factor K"),
    single(0x69, "rating_factor_kq", "thermal output rating factor KQ", number, Unit::watt),
    of_4096(0x6A, "rating_factor_kc", "thermal coupling rating factor overall KC"),
    of_4096(0x6B, "rating_factor_kcr", "thermal coupling rating factor room side KCR"),
    of_4096(0x6C, "rating_factor_kch", "thermal coupling rating factor heater side KCH"),
    of_4096(0x6D, "rating_factor_kt", "low temperature rating factor KT"),
    of_4096(0x6E, "scaling_factor_kd", "display output scaling factor KD"),
    scaled(0x70, 4, "temperature_limit", "cold and warm temperature limit", Unit::degree_fahrenheit, -3),
    scaled(0x74, 4, "temperature_limit", "cold and warm temperature limit", Unit::degree_celsius, -3),
    scaled(0x78, 8, "cumulated_max_power", "cumulated count of maximum power", Unit::watt, -3),
});

constexpr Table fd_table = table_of(std::array{
    scaled(0x00, 4, "credit", "credit", Unit::currency, -3),
    scaled(0x04, 4, "debit", "debit", Unit::currency, -3),
    single(0x08, "access_number", "access number", unsigned_number),
    single(0x09, "medium", "medium", unsigned_number),
    single(0x0A, "manufacturer", "manufacturer", unsigned_number),
    single(0x0B, "parameter_set", "parameter set identification", digits),
    single(0x0C, "model_version", "model and version", unsigned_number),
    single(0x0D, "hardware_version", "hardware version", unsigned_number),
    single(0x0E, "firmware_version", "metrology firmware version", unsigned_number),
    single(0x0F, "software_version", "other software version", unsigned_number),
    single(0x10, "customer_location", "customer location", digits),
    single(0x11, "customer", "customer", digits),
    single(0x12, "access_code_user", "access code of the user", digits),
    single(0x13, "access_code_operator", "access code of the operator", digits),
    single(0x14, "access_code_system_operator", "access code of the system operator", digits),
    single(0x15, "access_code_developer", "access code of the developer", digits),
    single(0x16, "password", "password", digits),
    single(0x17, "error_flags", "error flags", bits),
    single(0x18, "error_mask", "error mask", bits),
    single(0x19, "security_key", "security key", raw),
    single(0x1A, "digital_output", "digital output", bits),
    single(0x1B, "digital_input", "digital input", bits),
    single(0x1C, "baud_rate", "baud rate", number, Unit::baud),
    single(0x1D, "response_delay", "response delay time", number, Unit::bit_time),
    single(0x1E, "retries", "retries"),
    single(0x1F, "remote_control", "remote control", bits),
    single(0x20, "first_storage_number", "first storage number of cyclic storage"),
    single(0x21, "last_storage_number", "last storage number of cyclic storage"),
    single(0x22, "storage_block_size", "size of the storage block"),
    single(0x23, "tariff_subunit_descriptor", "descriptor of tariff and subunit", raw),
    duration(0x24, "storage_interval", "storage interval"),
    single(0x28, "storage_interval", "storage interval", number, Unit::month),
    single(0x29, "storage_interval", "storage interval", number, Unit::year),
    single(0x2A, "operator_data", "operator specific data", raw),
    single(0x2B, "time_point_second", "second of a time point", number, Unit::second),
    duration(0x2C, "duration_since_readout", "duration since the last readout"),
    single(0x30, "tariff_start", "start of the tariff", time),
    single(0x31, "tariff_duration", "duration of the tariff", number, Unit::minute),
    single(0x32, "tariff_duration", "duration of the tariff", number, Unit::hour),
    single(0x33, "tariff_duration", "duration of the tariff", number, Unit::day),
    duration(0x34, "tariff_period", "period of the tariff"),
    single(0x38, "tariff_period", "period of the tariff", number, Unit::month),
    single(0x39, "tariff_period", "period of the tariff", number, Unit::year),
    single(0x3A, "dimensionless", "dimensionless"),
    single(0x3B, "wireless_container", "container of a wireless M-Bus telegram", raw),
    duration(0x3C, "transmission_period", "period of nominal data transmissions"),
    scaled(0x40, 16, "voltage", "voltage", Unit::volt, -9),
    scaled(0x50, 16, "current", "current", Unit::ampere, -12),
    single(0x60, "reset_counter", "reset counter"),
    single(0x61, "cumulation_counter", "cumulation counter"),
    single(0x62, "control_signal", "control signal"),
    single(0x63, "day_of_week", "day of the week"),
    single(0x64, "week_number", "week number"),
    single(0x65, "day_change_time", "time point of the day's change", time),
    single(0x66, "parameter_activation", "state of parameter activation"),
    single(0x67, "supplier_information", "special supplier information"),
    long_duration(0x68, "duration_since_cumulation", "duration since the last cumulation"),
    long_duration(0x6C, "battery_operating_time", "operating time of the battery"),
    single(0x70, "battery_change", "date and time of the battery's change", time),
    single(0x71, "rf_level", "RF level", number, Unit::decibel_milliwatt),
    single(0x72, "daylight_saving", "daylight saving: beginning, end, deviation", raw),
    single(0x73, "listening_window", "listening window management", raw),
    single(0x74, "remaining_battery_lifetime", "remaining battery life time", number, Unit::day),
    single(0x75, "stop_counter", "times the meter was stopped"),
    single(0x76, "manufacturer_container", "container of a manufacturer's protocol", raw),
});

constexpr Table fd_fd_table = table_of(std::array{
    single(0x00, "selected_application", "currently selected application", unsigned_number),
    single(0x02, "remaining_battery_lifetime", "remaining battery life time", number, Unit::month),
    single(0x03, "remaining_battery_lifetime", "remaining battery life time", number, Unit::year),
});

constexpr Table ef_table{};

} // namespace

const VifRow& vif_row(VifTable table, std::uint8_t code) {
    constexpr std::array tables{&main_table, &fb_table, &fd_table, &fd_fd_table, &ef_table};
    return (*tables.at(static_cast<std::size_t>(table)))[code & 0x7FU];
}

} // namespace meterctl::codecs::mbus

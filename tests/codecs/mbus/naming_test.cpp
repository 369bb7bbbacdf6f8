#include "codecs/mbus/naming.hpp"
#include "tests/codecs/mbus/vectors.hpp"

#include <doctest/doctest.h>

namespace {

namespace mbus = meterctl::codecs::mbus;
using mbus_vectors::octets;

struct Row {
    std::uint8_t medium;
    const char* header;
    const char* name;
    const char* obis;
};

/// Names are the house's; OBIS codes those of IEC 62056-61 and, for other media, EN 13757-1.
constexpr Row rows[] = {
    {mbus::medium::electricity, "0C04", "active_energy_import", "1-0:1.8.0"},
    {mbus::medium::electricity, "8C1004", "active_energy_import_t1", "1-0:1.8.1"},
    {mbus::medium::electricity, "4C04", "active_energy_import@1", ""},
    {mbus::medium::electricity, "8C4004", "active_energy_import_u1", ""},
    {mbus::medium::electricity, "04833C", "active_energy_export", "1-0:2.8.0"},
    {mbus::medium::electricity, "04833B", "active_energy_import", "1-0:1.8.0"},
    {mbus::medium::electricity, "0483FC0C", "active_energy_net", "1-0:16.8.0"},
    {mbus::medium::electricity, "0483FC10", "active_energy_total", "1-0:15.8.0"},
    {mbus::medium::electricity, "0483FC01", "active_energy_import_l1", "1-0:21.8.0"},
    {mbus::medium::electricity, "0483BCFC03", "active_energy_export_l3", "1-0:62.8.0"},
    {mbus::medium::electricity, "04FB82FC08", "reactive_energy_q1", "1-0:5.8.0"},
    {mbus::medium::electricity, "04FB02", "reactive_energy_import", "1-0:3.8.0"},
    {mbus::medium::electricity, "042B", "active_power", "1-0:16.7.0"},
    {mbus::medium::electricity, "04ABFC02", "active_power_l2", "1-0:56.7.0"},
    {mbus::medium::electricity, "142B", "max_active_power", ""},
    {mbus::medium::electricity, "02FDC8FC01", "voltage_l1", "1-0:32.7.0"},
    {mbus::medium::electricity, "02FDC8FC05", "voltage_l1_l2", ""},
    {mbus::medium::electricity, "02FD48", "voltage", ""},
    {mbus::medium::electricity, "02FDD9FC03", "current_l3", "1-0:71.7.0"},
    {mbus::medium::electricity, "02FDD9FC04", "current_n", "1-0:91.7.0"},
    {mbus::medium::electricity, "02FB2D", "frequency", "1-0:14.7.0"},
    {mbus::medium::electricity, "02ABFF8100", "active_power_m8100", ""},
    {mbus::medium::heat, "0C06", "energy", "6-0:1.0.0"},
    {mbus::medium::heat, "4C06", "energy@1", ""},
    {mbus::medium::heat, "04863C", "energy_negative", ""},
    {mbus::medium::heat, "0A5A", "flow_temperature", "6-0:10.0.0"},
    {mbus::medium::heat, "1B2D", "max_power", ""},
    {mbus::medium::heat, "9410AB6F", "max_power_last_end_t1", ""},
    {mbus::medium::heat, "046D", "clock", "0-0:1.0.0"},
    {mbus::medium::heat, "446D", "date_time@1", ""},
    {mbus::medium::heat, "44ED7E", "date_time_future@1", ""},
    {mbus::medium::water, "0413", "volume", "8-0:1.0.0"},
    {mbus::medium::warm_water, "0413", "volume", "9-0:1.0.0"},
    {mbus::medium::gas, "0413", "volume", "7-0:3.0.0"},
    {mbus::medium::gas, "04933E", "volume_base_conditions", ""},
    {mbus::medium::water, "049028", "volume_per_input_pulse_0", ""},
    {mbus::medium::water, "3422", "error_on_time", ""},
    {mbus::medium::water, "0C78", "fabrication_number", ""},
    {mbus::medium::other, "02FC0348522574", "rh", ""},
    {mbus::medium::other, "0D7C084449202E74737563", "cust_id", ""},
    {mbus::medium::other, "04FB40", "vif_fb40", ""},
    {mbus::medium::other, "04FF07", "manufacturer_specific_m07", ""},
};

TEST_CASE("a record is called in the words of the house, with its OBIS code where the standard has one") {
    for (const auto& row : rows) {
        CAPTURE(row.header);
        const auto header = octets(row.header);
        const auto record = mbus::decode_header(header);
        REQUIRE_MESSAGE(record.has_value(), (record ? "" : record.error().what));
        CHECK(mbus::record_name(*record, row.medium) == row.name);
        const auto obis = mbus::record_obis(*record, row.medium);
        CHECK((obis ? obis->to_string() : "") == row.obis);
    }
}

TEST_CASE("equal names are numbered, in front of the storage number") {
    mbus::Namer namer(mbus::medium::water);
    const auto bytes = octets("011301 011302 411303 411304 011305");
    const auto found = mbus::decode_records(bytes);
    std::vector<std::string> names;
    for (const auto& record : found.records) { names.push_back(namer.reading(record).name); }
    CHECK(names == std::vector<std::string>{"volume", "volume_2", "volume@1", "volume_2@1", "volume_3"});
}

TEST_CASE("a medium and a manufacturer are told in words, a plain-text unit as the meter shows it") {
    mbus::Namer namer(mbus::medium::other);
    const auto bytes = octets("01FD0907 02FD0ACD25 02FC03485225741527");
    const auto found = mbus::decode_records(bytes);
    REQUIRE(found.records.size() == 3);
    CHECK(namer.reading(found.records[0]).text == "water");
    CHECK(namer.reading(found.records[1]).text == "INM");
    CHECK(namer.reading(found.records[2]).text == "%RH");
}

} // namespace

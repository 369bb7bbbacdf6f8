#include "src/core/obis_names.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

using meterctl::Obis;
using Kind = meterctl::ObisMeaning::Kind;

namespace {

struct Row {
    const char* code;
    const char* name;
    meterctl::Unit base;
};

/// Blue Book, tables of the value groups C, D and E for electricity, and the abstract objects.
constexpr Row rows[] = {
    {"1-0:1.8.0", "active_energy_import", meterctl::Unit::watt_hour},
    {"1-0:2.8.2", "active_energy_export_t2", meterctl::Unit::watt_hour},
    {"1-0:15.8.0", "active_energy_total", meterctl::Unit::watt_hour},
    {"1-0:16.8.0", "active_energy_net", meterctl::Unit::watt_hour},
    {"1-0:21.8.0", "active_energy_import_l1", meterctl::Unit::watt_hour},
    {"1-0:62.8.0", "active_energy_export_l3", meterctl::Unit::watt_hour},
    {"1-0:3.8.1", "reactive_energy_import_t1", meterctl::Unit::var_hour},
    {"1-0:8.8.0", "reactive_energy_q4", meterctl::Unit::var_hour},
    {"1-0:9.8.0", "apparent_energy_import", meterctl::Unit::volt_ampere_hour},
    {"1-0:1.7.0", "active_power_import", meterctl::Unit::watt},
    {"1-0:16.7.0", "active_power", meterctl::Unit::watt},
    {"1-0:36.7.0", "active_power_l1", meterctl::Unit::watt},
    {"1-0:42.7.0", "active_power_export_l2", meterctl::Unit::watt},
    {"1-0:1.4.0", "active_demand_import", meterctl::Unit::watt},
    {"1-0:1.5.0", "last_active_demand_import", meterctl::Unit::watt},
    {"1-0:1.6.0", "max_active_demand_import", meterctl::Unit::watt},
    {"1-0:2.6.1", "max_active_demand_export_t1", meterctl::Unit::watt},
    {"1-0:1.2.0", "cumulative_max_active_demand_import", meterctl::Unit::watt},
    {"1-0:31.7.0", "current_l1", meterctl::Unit::ampere},
    {"1-0:91.7.0", "current_n", meterctl::Unit::ampere},
    {"1-0:32.7.0", "voltage_l1", meterctl::Unit::volt},
    {"1-0:72.32.0", "voltage_sags_l3", meterctl::Unit::none},
    {"1-0:13.7.0", "power_factor", meterctl::Unit::none},
    {"1-0:14.7.0", "frequency", meterctl::Unit::hertz},
    {"0-0:1.0.0", "clock", meterctl::Unit::none},
    {"0-0:96.1.0", "serial_number", meterctl::Unit::none},
    {"0-0:96.14.0", "tariff", meterctl::Unit::none},
    {"0-0:97.97.0", "error_code", meterctl::Unit::none},
};

} // namespace

TEST_CASE("codes have the common names and measure what the standard says, and names their codes") {
    for (const Row& row : rows) {
        CAPTURE(row.code);
        const auto code = Obis::parse(row.code);
        REQUIRE(code.has_value());
        const auto meaning = meterctl::meaning_of(*code);
        REQUIRE(meaning.has_value());
        CHECK(meaning->name == row.name);
        CHECK(meaning->base == row.base);
        const auto back = meterctl::obis_of(row.name);
        REQUIRE(back.has_value());
        CHECK(meterctl::name_of(*back) == std::string(row.name));
    }
}

TEST_CASE("codes that nobody agreed on, and those of other devices, have no name") {
    for (const char* const text : {"1-0:1.99.0", "1-0:99.1.0", "0-1:24.2.1", "0-1:96.1.0", "1-0:32.7.5", "7-0:3.0.0",
                                   "1-0:1.8.200", "1-0:16.7.3", "0-0:1.8.0"}) {
        CAPTURE(text);
        const auto code = Obis::parse(text);
        REQUIRE(code.has_value());
        CHECK(!meterctl::name_of(*code));
    }
    CHECK(!meterctl::obis_of("cos_phi"));
    CHECK(!meterctl::obis_of(""));
}

TEST_CASE("the names and codes of shipped definitions agree with the table where both are in it") {
    namespace fs = std::filesystem;
    unsigned compared = 0;
    for (const auto& file : fs::directory_iterator(METERCTL_SOURCE_DIR "/meters")) {
        if (file.path().filename() == "schema.json") { continue; }
        std::ifstream in(file.path());
        const auto meter = nlohmann::json::parse(in);
        for (const auto& point : meter.value("points", nlohmann::json::array())) {
            if (!point.contains("obis")) { continue; }
            const auto name = point.at("name").get<std::string>();
            CAPTURE(file.path().filename().string());
            CAPTURE(name);
            const auto code = Obis::parse(point.at("obis").get<std::string>());
            REQUIRE(code.has_value());
            const auto known = meterctl::name_of(*code);
            if (!known || code->f != 255) { continue; } // names of billing periods are the meter's own
            CHECK(*known == name);
            ++compared;
        }
    }
    CHECK(compared > 30);
}

#include "codecs/iec62056_21/readings.hpp"

#include "codecs/iec62056_21/profile.hpp"
#include "codecs/iec62056_21/times.hpp"

#include <algorithm>
#include <doctest/doctest.h>

namespace iec = meterctl::codecs::iec62056_21;
using meterctl::Reading;
using meterctl::Unit;

namespace {

std::vector<Reading> readings(std::string_view block, const meterctl::catalogue::Definition* meter = nullptr) {
    const auto parsed = iec::parse_block(block);
    return iec::to_readings(parsed.sets, meter);
}

struct Row {
    const char* sent;
    const char* name;
    const char* value; ///< nullptr: null
    Unit unit;
    const char* obis; ///< "": none
    const char* time = "";
    std::vector<std::string> flags = {};
};

const std::vector<Row> rows{
    {"1.8.0(000123.45*kWh)", "active_energy_import", "123.45", Unit::kilowatt_hour, "1-0:1.8.0"},
    {"1-0:1.8.0*255(000001.2963)", "active_energy_import", "1.2963", Unit::none, "1-0:1.8.0"},
    {"1.8.1*01(000100.00*kWh)", "active_energy_import_t1@1", "100.00", Unit::kilowatt_hour, "1-0:1.8.1*1"},
    {"1.8.1&01(5*kWh)", "active_energy_import_t1@1", "5", Unit::kilowatt_hour, "1-0:1.8.1*1", "", {"manual_reset"}},
    {"1.8.0*63(7*kWh)", "active_energy_import@63", "7", Unit::kilowatt_hour, "1-0:1.8.0*63"},
    {"2.7.0(-000073.69*W)", "active_power_export", "-73.69", Unit::watt, "1-0:2.7.0"},
    {"1-0:41.7.0*255(+00026*W)", "active_power_import_l2", "26", Unit::watt, "1-0:41.7.0"},
    {"1-0:21.7.255*255(-000073.69*W)", "active_power_import_l1", "-73.69", Unit::watt, "1-0:21.7.255"},
    {"1.6.0(02.468*kW)(2611210930)",
     "max_active_demand_import",
     "2.468",
     Unit::kilowatt,
     "1-0:1.6.0",
     "2026-11-21T09:30:00",
     {"local_time"}},
    {"1.6.1(12.345*kW)(24-05-01 12:15)",
     "max_active_demand_import_t1",
     "12.345",
     Unit::kilowatt,
     "1-0:1.6.1",
     "2024-05-01T12:15:00",
     {"local_time"}},
    {"F.F(00000000)", "error_code", "00000000", Unit::none, "0-0:97.97.0"},
    {"C.1.0(00012345)", "serial_number", "00012345", Unit::none, "0-0:96.1.0"},
    {"C.1(00012345)", "serial_number", "00012345", Unit::none, "0-0:96.1.0"},
    {"0-0:C.1.0*255(00012345)", "serial_number", "00012345", Unit::none, "0-0:96.1.0"},
    {"0.0.0(02538883)", "device_id", "02538883", Unit::none, "1-0:0.0.0"},
    {"0.9.1(120005)", "clock_time", "*-*-*T12:00:05", Unit::none, "1-0:0.9.1", "", {"local_time"}},
    {"0.9.2(261121)", "clock_date", "2026-11-21", Unit::none, "1-0:0.9.2", "", {"local_time"}},
    {"0.1.0(33)", "billing_periods", "33", Unit::none, "1-0:0.1.0"},
    {"0.1.2*01(1703010000)", "billing_time@1", "2017-03-01T00:00:00", Unit::none, "1-0:0.1.2*1", "", {"local_time"}},
    {"C.7.0(0003)", "power_down_counter", "3", Unit::none, "0-0:96.7.0"},
    {"32.7.0(228.38*V)", "voltage_l1", "228.38", Unit::volt, "1-0:32.7.0"},
    {"14.7.0(50.0*Hz)", "frequency", "50.0", Unit::hertz, "1-0:14.7.0"},
    {"3.8.0(1*kvarh)", "reactive_energy_import", "1", Unit::kilovar_hour, "1-0:3.8.0"},
    {"9.8.0(1*kVAh)", "apparent_energy_import", "1", Unit::kilovolt_ampere_hour, "1-0:9.8.0"},
    // What the maker means by these we do not know: digits stay text, for their leading zeros.
    {"96.5.5(80)", "96.5.5", "80", Unit::none, "0-0:96.5.5"},
    {"1-0:96.50.0*7(00)", "1-0:96.50.0*7", "00", Unit::none, "1-0:96.50.0*7"},
    {"X.1(007)", "X.1", "007", Unit::none, ""},
    {"X.2(-1.5)", "X.2", "-1.5", Unit::none, ""},
    {"7.77.7(12*furlong)", "7.77.7", "12", Unit::none, "1-0:7.77.7", "", {"unknown_unit"}},
    // A heat meter counts its own way: 6.8 is not reactive energy in MWh.
    {"6.8(0029.055*MWh)", "6.8", "29.055", Unit::megawatt_hour, ""},
    {"6.26(01589.28*m3)", "6.26", "1589.28", Unit::cubic_metre, ""},
    {"6.33(001.476*m3ph)", "6.33", "1.476", Unit::cubic_metre_per_hour, ""},
    {"9.7(20000)", "9.7", "20000", Unit::none, ""},
    {"3.8.0(1*kWh)", "3.8.0", "1", Unit::kilowatt_hour, "1-0:3.8.0"},
    {"1.5(0.123*kW)", "last_active_demand_import", "0.123", Unit::kilowatt, "1-0:1.5.0"},
    // Nothing, and what is no number.
    {"1.8.0()", "active_energy_import", nullptr, Unit::none, "1-0:1.8.0", "", {"not_available"}},
    {"1.8.0(------*kWh)", "active_energy_import", nullptr, Unit::none, "1-0:1.8.0", "", {"not_available"}},
    {"1.8.0(00X123.45*kWh)", "active_energy_import", nullptr, Unit::kilowatt_hour, "1-0:1.8.0", "", {"not_a_number"}},
    {"0.9.4(2613211200)", "clock", "2613211200", Unit::none, "1-0:0.9.4"},
    {"(230.1*V)", "value", "230.1", Unit::volt, ""},
};

} // namespace

TEST_CASE("a data set becomes a reading with its common name, exact value, unit, code and time") {
    for (const Row& row : rows) {
        CAPTURE(row.sent);
        const auto found = readings(row.sent);
        REQUIRE(found.size() == 1);
        const Reading& reading = found.front();
        CHECK(reading.name == row.name);
        CHECK(reading.value.is_null() == (row.value == nullptr));
        if (row.value != nullptr) { CHECK(reading.value.to_string() == row.value); }
        CHECK(reading.unit == row.unit);
        CHECK((reading.obis ? reading.obis->to_string() : "") == row.obis);
        CHECK((reading.time ? reading.time->to_string() : "") == row.time);
        CHECK(reading.flags == row.flags);
        CHECK(std::string(row.sent).starts_with(reading.address));
    }
}

TEST_CASE("numbers keep their decimals, texts their zeros") {
    const auto found = readings("1.8.0(000581.160*kWh)\r\nC.1.0(0001)\r\n");
    REQUIRE(found.size() == 2);
    const auto* const number = found[0].value.get<meterctl::Decimal>();
    REQUIRE(number != nullptr);
    CHECK(number->mantissa == 581160);
    CHECK(number->exponent == -3);
    CHECK(found[1].value.get<std::string>() != nullptr);
}

TEST_CASE("two data sets of one name keep apart") {
    const auto found = readings("1-0:1.8.0(1*kWh)\r\n1-1:1.8.0(2*kWh)\r\n");
    REQUIRE(found.size() == 2);
    CHECK(found[0].name == "active_energy_import");
    CHECK(found[1].name == "1-1:1.8.0");
}

TEST_CASE("groups that are no value with its time are a list of what was sent") {
    const auto found =
        readings("1-0:99.97.0(2)(0-0:96.7.19)(101208152415W)(0000000240*s)\r\n(101208151004W)\r\n(301*s)");
    REQUIRE(found.size() == 1);
    const auto* const list = found.front().value.get<meterctl::List>();
    REQUIRE(list != nullptr);
    REQUIRE(list->size() == 6);
    CHECK(list->at(3).to_string() == "0000000240*s");
    CHECK(list->at(5).to_string() == "301*s");
}

TEST_CASE("a definition's points name and type the data sets they address") {
    meterctl::catalogue::Definition meter;
    meterctl::catalogue::Point point;
    point.name = "transformer_factor";
    point.address = "0.4.0";
    point.type = "integer";
    meter.points.push_back(point);
    const auto found = readings("1-0:0.4.0*255(00040)\r\n1.8.0(1*kWh)", &meter);
    REQUIRE(found.size() == 2);
    CHECK(found[0].name == "transformer_factor");
    CHECK(found[0].value == meterctl::Value(std::int64_t{40}));
    CHECK(found[1].name == "active_energy_import");
    const auto wrong = readings("0.4.0(forty)", &meter);
    REQUIRE(wrong.size() == 1);
    CHECK(wrong[0].value.is_null());
    CHECK(wrong[0].flags == std::vector<std::string>{"not_decodable"});
}

TEST_CASE("time stamps in the forms meters send") {
    struct Stamp {
        const char* text;
        const char* time; ///< "": none
    };
    for (const Stamp& stamp : std::vector<Stamp>{
             {"2611210930", "2026-11-21T09:30:00"},
             {"261121093015", "2026-11-21T09:30:15"},
             {"0261121093015", "2026-11-21T09:30:15"},
             {"1260721093015", "2026-07-21T09:30:15"},
             {"2261121093015", "2026-11-21T09:30:15Z"},
             {"02611210930", "2026-11-21T09:30:00"},
             {"26-11-21 09:30:15", "2026-11-21T09:30:15"},
             {"26-11-21 09:30", "2026-11-21T09:30:00"},
             {"2017-01-18&01:36:47", "2017-01-18T01:36:47"},
             {"261121101500W", "2026-11-21T10:15:00+01:00"},
             {"260721101500S", "2026-07-21T10:15:00+02:00"},
             {"3261121093015", ""},
             {"2613210930", ""},
             {"2602300930", ""},
             {"2611212430", ""},
             {"261121", ""},
             {"", ""},
             {"26-11-21 09:30:1", ""},
             {"26112109301", ""},
             {"ABCDEFGHIJ", ""},
             {"26-11-21", ""},
         }) {
        CAPTURE(stamp.text);
        const auto time = iec::parse_time(stamp.text);
        CHECK((time ? time->to_string() : "") == stamp.time);
    }
    CHECK(iec::time_digits(*iec::parse_time("261121093015")) == "261121093015");
    CHECK(iec::time_digits(*iec::parse_time("261121093015"), '1') == "1261121093015");
}

TEST_CASE("a load profile is columns and rows, its times counted on from each header") {
    const auto parsed = iec::parse_block("P.01(1261121001500)(08)(15)(2)(1.5)(kW)(2.5)(kW)\r\n(0.123)(0.000)\r\n"
                                         "(0.125)(-)\r\nP.01(1261121010000)(00)(15)(2)(1.5)(kW)(2.5)(kW)\r\n"
                                         "(0.200)(0.000)(0.201)(0.001)\r\n1.8.0(1*kWh)\r\n");
    std::size_t taken = 0;
    const auto profile = iec::parse_profile(parsed.sets, taken);
    CHECK(taken == 5);
    CHECK(profile.errors.empty());
    CHECK(profile.period_min == 15);
    REQUIRE(profile.columns.size() == 2);
    CHECK(profile.columns[0].id == "1.5");
    CHECK(profile.columns[1].unit == Unit::kilowatt);
    REQUIRE(profile.rows.size() == 4);
    const std::vector<std::string> times{"2026-11-21T00:15:00", "2026-11-21T00:30:00", "2026-11-21T01:00:00",
                                         "2026-11-21T01:15:00"};
    for (std::size_t i = 0; i < times.size(); ++i) { CHECK(profile.rows[i].time->to_string() == times[i]); }
    CHECK(profile.rows[0].status == "08");
    CHECK(profile.rows[1].status.empty());
    CHECK(profile.rows[2].status == "00");
    CHECK(profile.rows[0].values[0].to_string() == "0.123");
    CHECK(profile.rows[1].values[1].is_null());
    CHECK(profile.rows[3].values[1].to_string() == "0.001");
    CHECK(iec::to_readings(parsed.sets).size() == 2);
}

TEST_CASE("a log book has its events' times, status and values") {
    const auto parsed = iec::parse_block("P.98(0261121093000)(00000020)()(2)(0.9.1)()(0.9.2)()(093000)(261121)\r\n"
                                         "P.98(0261121094500)(00000040)()(2)(0.9.1)()(0.9.2)()(094500)(261121)\r\n");
    std::size_t taken = 0;
    const auto book = iec::parse_profile(parsed.sets, taken);
    CHECK(taken == 2);
    CHECK(!book.period_min);
    REQUIRE(book.rows.size() == 2);
    CHECK(book.rows[1].time->to_string() == "2026-11-21T09:45:00");
    CHECK(book.rows[1].status == "00000040");
    CHECK(book.rows[1].values[0].to_string() == "94500");
}

TEST_CASE("a row of the wrong width is named, and the rows around it stay") {
    const auto parsed =
        iec::parse_block("P.01(0261121001500)(00)(15)(2)(1.5)(kW)(2.5)(kW)\r\n(1)(2)\r\n(3)\r\n(4)(5)\r\n");
    std::size_t taken = 0;
    const auto profile = iec::parse_profile(parsed.sets, taken);
    REQUIRE(profile.rows.size() == 2);
    CHECK(profile.rows[1].time->to_string() == "2026-11-21T00:45:00");
    REQUIRE(profile.errors.size() == 1);
    CHECK(profile.errors[0].what == "1 values in a row of 2 channels");
    CHECK(profile.errors[0].where.find("offset") != std::string::npos);
    const auto found = iec::to_readings(parsed.sets);
    REQUIRE(found.size() == 1);
    CHECK(std::ranges::find(found[0].flags, "incomplete") != found[0].flags.end());
}

TEST_CASE("a profile whose header lies is shown as it was sent") {
    for (const char* const header : {"P.01(0261121001500)(00)(15)(9)(1.5)(kW)\r\n(1)\r\n", "P.01(1)(2)(3)(x)(5)\r\n",
                                     "P.01(0261121001500)(00)(15)(99999999999999999999)(1.5)(kW)\r\n"}) {
        CAPTURE(header);
        const auto found = readings(header);
        REQUIRE(found.size() == 1);
        CHECK(found[0].value.get<meterctl::List>() != nullptr);
    }
}

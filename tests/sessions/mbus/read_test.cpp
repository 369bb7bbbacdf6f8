#include "tests/sessions/mbus/simulated_mbus.hpp"

#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::sessions;
using namespace meterctl::tests;
using namespace std::chrono_literals;

namespace {

std::vector<catalogue::Point> points(const std::vector<std::string_view>& names) {
    std::vector<catalogue::Point> found;
    for (const auto name : names) { found.push_back(mbus_point(name)); }
    return found;
}

std::vector<catalogue::Point> readable() {
    std::vector<catalogue::Point> found;
    for (const catalogue::Point& point : meter("pro380-mb").points) {
        if (point.access != catalogue::Access::write) { found.push_back(point); }
    }
    return found;
}

catalogue::Point ad_hoc(std::string_view text) {
    auto parsed = mbus_protocol().parse_point(text);
    REQUIRE_MESSAGE(parsed.has_value(), std::string(text));
    return *parsed;
}

ReadOutcome read(SimulatedMbus& bus, Session& session, const std::vector<catalogue::Point>& wanted) {
    auto outcome = bus.run(session.read(wanted));
    REQUIRE_MESSAGE(outcome.has_value(), (outcome ? std::string() : describe(outcome.error())));
    return std::move(*outcome);
}

double number(const Reading& reading) {
    const auto value = reading.value.number();
    REQUIRE_MESSAGE(value.has_value(), reading.name);
    return value->to_double();
}

const Reading& named(const ReadOutcome& outcome, std::string_view name) {
    const auto found = std::ranges::find(outcome.readings, name, &Reading::name);
    REQUIRE_MESSAGE(found != outcome.readings.end(), std::string(name));
    return *found;
}

} // namespace

TEST_CASE("M-Bus: points are read in the order asked, as the load has them") {
    SimulatedMbus bus;
    const auto session = bus.session();
    const auto outcome =
        read(bus, *session, points({"active_energy_import", "voltage_l1", "serial_number", "address"}));
    REQUIRE(outcome.readings.size() == 4);
    CHECK(number(outcome.readings[0]) == doctest::Approx(std::floor(load_of("active_energy_import") / 10) / 100));
    CHECK(number(outcome.readings[1]) == doctest::Approx(load_of("voltage_l1")).epsilon(1e-4));
    CHECK(outcome.readings[2].value == Value(std::string("24110380")));
    CHECK(outcome.readings[3].value.number() == Decimal{1, 0});
    CHECK(outcome.readings[0].unit == Unit::kilowatt_hour);
    CHECK(outcome.failures.empty());
}

TEST_CASE("M-Bus: energies take one readout; all takes two, and the usual one is selected again behind it") {
    SimulatedMbus bus;
    const auto session = bus.session();
    read(bus, *session, points({"active_energy_import", "active_energy_export_t2"}));
    CHECK(session->statistics().requests == 2); // SND_NKE, REQ_UD2
    const auto outcome = read(bus, *session, readable());
    CHECK(outcome.failures.empty());
    CHECK(session->statistics().requests == 2 + 1 + 3); // energies; B4, REQ_UD2, B1
    read(bus, *session, points({"active_energy_import"}));
    CHECK(session->statistics().requests == 7);
}

TEST_CASE("M-Bus: a meter whose other readout is selected is read all the same") {
    SimulatedMbus bus;
    const auto first = bus.session("mbus", "1");
    CHECK(read(bus, *first, {}).readings.size() == 5 + 12); // what the header says, and the energies
    const auto session = bus.session();
    const auto selected = bus.run(session->read(points({"voltage_l1"})));
    REQUIRE(selected.has_value());
    CHECK(read(bus, *session, points({"active_energy_import"})).failures.empty());
}

TEST_CASE("M-Bus: a PRO380-Mb that is still at address 0 is found there, unless an address is named") {
    SimulatedMbus bus(frozen(), {{"0", "pro380-mb"}});
    const auto session = bus.session();
    CHECK(read(bus, *session, points({"active_energy_import"})).failures.empty());
    const auto named = bus.session("pro380-mb", "1");
    const auto outcome = bus.run(named->read(points({"active_energy_import"})));
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::timeout);
}

TEST_CASE("M-Bus: by secondary address, with and without wildcards, the same is read") {
    SimulatedMbus bus(unaligned(), {{"1", "pro380-mb"}, {"1", "pro380-mb"}, {"2", "mbus"}}); // two at one address
    for (const char* address : {"24110380", "2411FF80", "24110380-INM-01-02", "FFFFFF80-INM-*-*"}) {
        const auto session = bus.session("pro380-mb", address);
        const auto outcome = read(bus, *session, points({"serial_number", "active_energy_import"}));
        CHECK(outcome.readings[0].value == Value(std::string("24110380")));
    }
    const auto both = bus.session("pro380-mb", "1");
    const auto collided = bus.run(both->read(points({"serial_number"})));
    REQUIRE_FALSE(collided.has_value());
    CHECK(collided.error().code == "mbus.collision");
    const auto nobody = bus.session("pro380-mb", "11111111");
    const auto silent = bus.run(nobody->read(points({"serial_number"})));
    REQUIRE_FALSE(silent.has_value());
    CHECK(silent.error().category == Category::timeout);
}

TEST_CASE("M-Bus: any meter reads without a definition, over several telegrams, and names its records by itself") {
    SimulatedMbus bus(frozen(), {{"3", "mbus"}});
    const auto session = bus.session("", "254");
    const auto outcome = read(bus, *session, {});
    CHECK(outcome.failures.empty());
    CHECK(named(outcome, "medium").text == "heat");
    CHECK(named(outcome, "energy").unit == Unit::watt_hour);
    CHECK(named(outcome, "flow_temperature").value.number() == Decimal{684, -1});
    CHECK(named(outcome, "volume@18").address == "drh:8C0914"); // of the second telegram
    catalogue::Point energy;
    energy.name = "energy";
    const auto by_name = read(bus, *session, {energy});
    CHECK(by_name.readings.size() == 1);
}

TEST_CASE("M-Bus: records no definition names are read by their header or their place") {
    SimulatedMbus bus;
    const auto session = bus.session("", "1");
    const auto outcome = read(bus, *session, {ad_hoc("drh:0C04"), ad_hoc("record:1"), ad_hoc("header:manufacturer")});
    REQUIRE(outcome.readings.size() == 3);
    const double watt_hours = std::floor(load_of("active_energy_import") / 10) * 10;
    CHECK(number(outcome.readings[1]) == doctest::Approx(watt_hours));
    CHECK(outcome.readings[2].value == Value(std::string("INM")));
    const auto none = bus.run(session->read(std::vector{ad_hoc("drh:0C13"), ad_hoc("record:1")}));
    REQUIRE(none.has_value());
    REQUIRE(none->failures.size() == 1);
    CHECK(none->failures[0].error.code == "mbus.no_record");
}

TEST_CASE("M-Bus points: what is none is a usage error with hints") {
    for (const char* text : {"", "drh:", "drh:0", "drh:0C", "drh:0C0404", "record:0", "record:x", "header:serial",
                             "link:parity", "0C04", "holding:1"}) {
        const auto point = mbus_protocol().parse_point(text);
        REQUIRE_MESSAGE(!point.has_value(), text);
        CHECK(point.error().category == Category::usage);
    }
}

TEST_CASE("M-Bus: address 255 is all meters, and cannot be read") {
    SimulatedMbus bus;
    const auto session = bus.session("pro380-mb", "255");
    const auto outcome = bus.run(session->read(points({"voltage_l1"})));
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::usage);
}

TEST_CASE("M-Bus: at 300 baud and at 9600 the line is waited for as long as it takes, and hardly longer") {
    for (const unsigned baud : {300U, 2400U, 9600U}) {
        simulators::Options options = frozen();
        options.baud = baud;
        SimulatedMbus bus(options);
        const auto session = bus.session();
        const auto begin = bus.loop->now();
        CHECK(read(bus, *session, points({"active_energy_import"})).failures.empty());
        const std::chrono::duration<double> taken = bus.loop->now() - begin;
        const double octets = 5 + 1 + 5 + 0x5F + 6; // SND_NKE, ack, REQ_UD2, answer
        CHECK(taken.count() <= (octets + 4) * 11 / baud + 2 * 0.020 + 0.05);
    }
}

TEST_CASE("M-Bus: a thousand readings over a bad line give no wrong value") {
    struct Case {
        const char* name;
        void (*spoil)(simulators::Options&);
    };
    const Case cases[] = {
        {"drop and corrupt", [](simulators::Options& o) { o.drop = o.corrupt = 0.1; }},
        {"late", [](simulators::Options& o) { o.late = 0.1; }},
        {"late and duplicate", [](simulators::Options& o) { o.late = o.duplicate = 0.1; }},
        {"cut and duplicate", [](simulators::Options& o) { o.cut = o.duplicate = 0.1; }},
        {"echo", [](simulators::Options& o) { o.echo = true; }},
        {"everything",
         [](simulators::Options& o) {
             o.drop = o.corrupt = o.late = o.duplicate = o.cut = 0.1;
             o.echo = true;
         }},
        {"everything, paced",
         [](simulators::Options& o) {
             o.drop = o.corrupt = o.late = o.duplicate = o.cut = 0.1;
             o.baud = 9600;
         }},
    };
    const std::vector<std::string_view> names{"active_energy_import", "voltage_l2",      "active_energy_export",
                                              "current_l1",           "active_power_l1", "serial_number"};
    std::vector<Value> right;
    {
        SimulatedMbus bus;
        const auto session = bus.session();
        for (const Reading& reading : read(bus, *session, points(names)).readings) { right.push_back(reading.value); }
    }
    for (const Case& one : cases) {
        simulators::Options options = frozen();
        one.spoil(options);
        SimulatedMbus bus(options);
        const auto session = bus.session();
        std::size_t good = 0, wrong = 0, undocumented = 0;
        for (std::size_t i = 0; i < 1000; ++i) {
            const auto outcome = bus.run(session->read(points({names[i % names.size()]})));
            if (!outcome) {
                const Category category = outcome.error().category;
                undocumented += category == Category::timeout || category == Category::untrusted ? 0U : 1U;
            } else if (!outcome->failures.empty()) {
                ++undocumented;
            } else {
                ++(outcome->readings[0].value == right[i % names.size()] ? good : wrong);
            }
        }
        CHECK_MESSAGE(wrong == 0, one.name);
        CHECK_MESSAGE(undocumented == 0, one.name);
        CHECK_MESSAGE(good >= 800, one.name);
    }
}

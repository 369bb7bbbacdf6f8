#include "tests/sessions/simulated_bus.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::sessions;
using namespace meterctl::tests;
using namespace std::chrono_literals;

namespace {

std::vector<catalogue::Point> points(const std::vector<std::string_view>& names) {
    std::vector<catalogue::Point> found;
    for (const auto name : names) { found.push_back(point(name)); }
    return found;
}

catalogue::Point ad_hoc(std::string_view text) {
    auto parsed = modbus_protocol().parse_point(text);
    REQUIRE_MESSAGE(parsed.has_value(), std::string(text));
    return *parsed;
}

ReadOutcome read(SimulatedBus& bus, Session& session, const std::vector<catalogue::Point>& wanted) {
    auto outcome = bus.run(session.read(wanted));
    REQUIRE_MESSAGE(outcome.has_value(), (outcome ? std::string() : describe(outcome.error())));
    return std::move(*outcome);
}

double number(const Reading& reading) {
    const auto value = reading.value.number();
    REQUIRE_MESSAGE(value.has_value(), reading.name);
    return value->to_double();
}

} // namespace

TEST_CASE("points are read in the order asked, as the load has them") {
    SimulatedBus bus;
    const auto session = bus.session();
    const auto outcome = read(bus, *session, points({"active_energy_import", "voltage_l1", "active_power_l3"}));
    REQUIRE(outcome.readings.size() == 3);
    CHECK(outcome.readings[0].name == "active_energy_import");
    CHECK(number(outcome.readings[0]) == doctest::Approx(load_of("active_energy_import") / 1000).epsilon(1e-6));
    CHECK(number(outcome.readings[1]) == doctest::Approx(load_of("voltage_l1")).epsilon(1e-6));
    CHECK(number(outcome.readings[2]) == doctest::Approx(load_of("active_power_l3") / 1000).epsilon(1e-6));
    CHECK(outcome.readings[1].unit == Unit::volt);
    CHECK(outcome.failures.empty());
}

TEST_CASE("the whole map of a PRO380 takes three requests") {
    SimulatedBus bus;
    const auto session = bus.session();
    const auto outcome = read(bus, *session, meter("pro380-mod").points);
    CHECK(outcome.failures.empty());
    CHECK(outcome.readings.size() == meter("pro380-mod").points.size());
    CHECK(session->statistics().requests == 3);
}

TEST_CASE("over a line of 9600 baud the whole map takes the least time possible, and little more") {
    simulators::Options options = frozen();
    options.baud = 9600;
    options.latency = 0ms;
    SimulatedBus bus(options);
    const auto session = bus.session();
    const auto begin = bus.loop->now();
    read(bus, *session, meter("pro380-mod").points);
    const std::chrono::duration<double> taken = bus.loop->now() - begin;
    double least = 0;
    for (const double registers : {32, 50, 75}) { least += (13 + 2 * registers + 7) * 11 / 9600; } // 7: twice t3.5
    CHECK(taken.count() >= least * 0.9);
    CHECK(taken.count() <= least * 1.1);
}

TEST_CASE("what the meter refuses is a failure of its point alone") {
    SimulatedBus bus;
    SessionOptions options;
    options.address = "1"; // without a definition no block is known
    const auto session = bus.session(std::move(options));
    const std::vector<catalogue::Point> wanted{ad_hoc("holding:0x5002:float32"), ad_hoc("holding:0x5040:float32"),
                                               ad_hoc("holding:0x5004:float32"), ad_hoc("input:1")};
    const auto outcome = read(bus, *session, wanted);
    REQUIRE(outcome.readings.size() == 2);
    CHECK(number(outcome.readings[1]) == doctest::Approx(load_of("voltage_l2")).epsilon(1e-6));
    REQUIRE(outcome.failures.size() == 2);
    CHECK(outcome.failures[0].point == wanted[1].name);
    for (const PointFailure& failure : outcome.failures) {
        CHECK(failure.error.category == Category::refused);
        CHECK(failure.error.code == "modbus.exception.2");
    }
}

TEST_CASE("a gap that the meter refuses is learnt: the next reading asks around it at once") {
    SimulatedBus bus;
    SessionOptions options;
    options.address = "1";
    const auto session = bus.session(std::move(options));
    const std::vector<catalogue::Point> wanted{ad_hoc("holding:0x401F"), ad_hoc("holding:0x4000:hex32")};
    read(bus, *session, wanted);
    const auto first = session->statistics().requests;
    read(bus, *session, wanted);
    CHECK(session->statistics().requests - first <= 2);
}

TEST_CASE("a meter that is not there is a time-out, and not asked for each point") {
    SimulatedBus bus;
    const auto session = bus.session("pro380-mod", "9");
    const auto outcome = bus.run(session->read(meter("pro380-mod").points));
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::timeout);
    CHECK(session->statistics().requests == 3);
}

TEST_CASE("texts of the device identification are points like others") {
    SimulatedBus bus(frozen(), {{"100", "dts307-modbus"}});
    const auto session = bus.session("dts307-modbus");
    const auto outcome = read(bus, *session, meter("dts307-modbus").points);
    CHECK(outcome.failures.empty());
    REQUIRE(outcome.readings.size() >= 2);
    CHECK(outcome.readings[0].value == Value(std::string("Measurlogic")));
}

TEST_CASE("address 0 is all meters, and cannot be read") {
    SimulatedBus bus;
    const auto session = bus.session("pro380-mod", "0");
    const auto outcome = bus.run(session->read(points({"voltage_l1"})));
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::usage);
}

TEST_CASE("addresses and framings that are none are usage errors") {
    SimulatedBus bus;
    for (const char* address : {"256", "-1", "one", "1x"}) {
        SessionOptions options;
        options.address = address;
        CHECK_FALSE(modbus_protocol().open(*bus.transport, options).has_value());
    }
    SessionOptions options;
    options.settings["framing"] = "morse";
    const auto opened = modbus_protocol().open(*bus.transport, options);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().category == Category::usage);
}

TEST_CASE("every framing reads the same") {
    for (const char* framing : {"rtu", "ascii", "tcp"}) {
        simulators::Options options = frozen();
        options.framing = framing;
        SimulatedBus bus(options);
        SessionOptions session_options;
        session_options.meter = &meter("pro380-mod");
        session_options.settings["framing"] = framing;
        const auto session = bus.session(std::move(session_options));
        const auto outcome = read(bus, *session, points({"voltage_l1"}));
        REQUIRE(outcome.readings.size() == 1);
        CHECK_MESSAGE(number(outcome.readings[0]) == doctest::Approx(load_of("voltage_l1")).epsilon(1e-6), framing);
    }
}

TEST_CASE("a thousand readings over a bad line give no wrong value") {
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
    // All of one shape, so that an answer to one could pass for that to another.
    const std::vector<std::string_view> names{"voltage_l1",      "voltage_l2",      "voltage_l3", "current_l1",
                                              "active_power_l1", "active_power_l2", "frequency"};
    std::vector<double> right;
    for (const auto name : names) {
        const bool kilo = name.starts_with("active");
        right.push_back(load_of(name) / (kilo ? 1000 : 1));
    }
    for (const char* framing : {"rtu", "ascii", "tcp"}) {
        for (const Case& one : cases) {
            simulators::Options options = frozen();
            options.framing = framing;
            one.spoil(options);
            if (options.framing == "tcp") { options.echo = false; }
            SimulatedBus bus(options);
            SessionOptions session_options;
            session_options.meter = &meter("pro380-mod");
            session_options.settings["framing"] = framing;
            const auto session = bus.session(std::move(session_options));
            std::size_t good = 0, wrong = 0, undocumented = 0;
            for (std::size_t i = 0; i < 1000; ++i) {
                const auto outcome = bus.run(session->read(points({names[i % names.size()]})));
                if (!outcome) {
                    const Category category = outcome.error().category;
                    undocumented += category == Category::timeout || category == Category::untrusted ? 0U : 1U;
                } else if (outcome->readings.size() != 1) {
                    ++undocumented;
                } else {
                    const double value = number(outcome->readings[0]), expected = right[i % names.size()];
                    ++(value == doctest::Approx(expected).epsilon(1e-3) ? good : wrong);
                }
            }
            const std::string name = std::string(framing) + ": " + one.name;
            CHECK_MESSAGE(wrong == 0, name);
            CHECK_MESSAGE(undocumented == 0, name);
            CHECK_MESSAGE(good >= 850, name); // three tries, of which two in five fail at worst
        }
    }
}

#include "tests/sessions/mbus/frames.hpp"
#include "tests/sessions/mbus/simulated_mbus.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::sessions;
using namespace meterctl::tests;

namespace {

WriteOutcome write(SimulatedMbus& bus, Session& session, const catalogue::Point& point, const Value& value) {
    auto outcome = bus.run(session.write(point, value));
    REQUIRE_MESSAGE(outcome.has_value(), (outcome ? std::string() : describe(outcome.error())));
    return std::move(*outcome);
}

Error refused(SimulatedMbus& bus, Session& session, const catalogue::Point& point, const Value& value) {
    const auto outcome = bus.run(session.write(point, value));
    REQUIRE_FALSE(outcome.has_value());
    return outcome.error();
}

bool reads(SimulatedMbus& bus, std::string address, std::string_view model = "pro380-mb") {
    const auto session = bus.session(model, std::move(address));
    const std::vector<catalogue::Point> points{mbus_point("serial_number")};
    return bus.run(session->read(points)).has_value();
}

const Value seven(std::uint64_t{7});

catalogue::Point ad_hoc(std::string_view text) {
    auto parsed = mbus_protocol().parse_point(text);
    REQUIRE_MESSAGE(parsed.has_value(), std::string(text));
    return *parsed;
}

} // namespace

TEST_CASE("M-Bus: a meter moves to the address it is given, and answers there from then on") {
    SimulatedMbus bus;
    const auto session = bus.session();
    const auto outcome = write(bus, *session, mbus_point("address"), seven);
    CHECK(outcome.verified);
    CHECK(outcome.before == Value(std::uint64_t{1}));
    REQUIRE(outcome.read_back.has_value());
    CHECK(outcome.read_back->value == seven);
    CHECK(reads(bus, "7"));
    CHECK_FALSE(reads(bus, "1"));
    const auto still = bus.run(session->read(std::vector{mbus_point("active_energy_import")}));
    CHECK(still.has_value()); // the session has moved along
}

TEST_CASE("M-Bus: one of two meters at one address is moved by its secondary address") {
    SimulatedMbus bus(unaligned(), {{"0", "pro380-mb"}, {"0", "pro380-mb"}});
    CHECK_FALSE(reads(bus, "0"));
    const auto session = bus.session("pro380-mb", "24110381");
    CHECK(write(bus, *session, mbus_point("address"), seven).verified);
    CHECK(reads(bus, "7"));
    CHECK(reads(bus, "0"));
}

TEST_CASE("M-Bus: an address at which another meter answers is not given away twice") {
    SimulatedMbus bus(frozen(), {{"1", "pro380-mb"}, {"7", "pro380-mb"}});
    const auto session = bus.session("pro380-mb", "1");
    const Error error = refused(bus, *session, mbus_point("address"), seven);
    CHECK(error.category == Category::rejected);
    CHECK(error.code == "mbus.address_taken");
    CHECK(reads(bus, "1"));
    const auto same = bus.session("pro380-mb", "7");
    CHECK(write(bus, *same, mbus_point("address"), seven).verified); // its own is no other's
}

TEST_CASE("M-Bus: a meter changes its baud rate, and the line follows") {
    SimulatedMbus bus;
    const auto session = bus.session();
    const auto outcome = write(bus, *session, mbus_point("baud_rate"), Value(std::uint64_t{2400}));
    CHECK(outcome.verified);
    CHECK(bus.transport->line()->baud == 2400);
    CHECK(reads(bus, "1"));
}

TEST_CASE("M-Bus: a baud rate that the meter refuses is its refusal, and the line is as before") {
    SimulatedMbus bus;
    const auto session = bus.session();
    const Error error = refused(bus, *session, mbus_point("baud_rate"), Value(std::uint64_t{38400}));
    CHECK(error.category == Category::refused);
    CHECK(bus.transport->line()->baud == 9600);
    CHECK(reads(bus, "1"));
}

TEST_CASE("M-Bus: where nothing answers at the new baud rate, the line goes back to the old one") {
    const std::string data = mbus_answer("0C 04 56 34 12 00");
    Scripted line({mbus_ack(), answer(data), mbus_ack(), // SND_NKE, REQ_UD2, the rate
                   nothing(), nothing(), nothing(), nothing(), mbus_ack(), answer(data)});
    line.settings = transports::parse_frame("8E1", 9600).value();
    SessionOptions options;
    options.address = "1";
    auto session = mbus_protocol().open(line, std::move(options));
    REQUIRE(session.has_value());
    const auto outcome =
        transports::run(line.loop(), (*session)->write(ad_hoc("link:baud"), Value(std::uint64_t{2400})));
    REQUIRE_MESSAGE(outcome.has_value(), (outcome ? std::string() : describe(outcome.error())));
    CHECK_FALSE(outcome->verified);
    CHECK(outcome->read_back->value == Value(std::uint64_t{9600}));
    CHECK(line.settings->baud == 9600);
    CHECK(line.written[2] == hex("68 03 03 68 53 01 BB 0F 16"));
}

TEST_CASE("M-Bus: the baud rate behind a socket cannot follow, so nothing is sent") {
    Scripted line({});
    line.settings.reset();
    auto session = mbus_protocol().open(line, SessionOptions());
    REQUIRE(session.has_value());
    const auto outcome =
        transports::run(line.loop(), (*session)->write(ad_hoc("link:baud"), Value(std::uint64_t{2400})));
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::rejected);
    CHECK(line.written.empty());
}

TEST_CASE("M-Bus: the clock is set to the minute, and read back") {
    SimulatedMbus bus(frozen(), {{"1", "mbus"}});
    const auto session = bus.session("mbus", "1");
    const auto time = DateTime::parse("2026-11-21T11:30:00");
    REQUIRE(time.has_value());
    const auto outcome = write(bus, *session, ad_hoc("drh:046D"), Value(*time));
    CHECK(outcome.verified);
    REQUIRE(outcome.read_back.has_value());
    CHECK(outcome.read_back->value.to_string().starts_with("2026-11-21T11:30"));
}

TEST_CASE("M-Bus: a new identification number is the meter's secondary address from then on") {
    SimulatedMbus bus;
    const auto session = bus.session("pro380-mb", "24110380");
    write(bus, *session, mbus_point("identification_number"), Value(std::uint64_t{12345678}));
    CHECK(reads(bus, "12345678"));
    CHECK_FALSE(reads(bus, "24110380"));
}

TEST_CASE("M-Bus: what the meter does not take is refused in its words") {
    SimulatedMbus bus;
    const auto session = bus.session();
    const Error error = refused(bus, *session, ad_hoc("drh:0C13"), Value(std::uint64_t{5}));
    CHECK(error.category == Category::refused);
}

TEST_CASE("M-Bus methods: records are selected for readout, and an application reset ends that") {
    SimulatedMbus bus;
    const auto session = bus.session("mbus", "1");
    REQUIRE(bus.run(session->invoke("select_records", Value(std::string("0C04, drh:2C04")))).has_value());
    auto outcome = bus.run(session->read({}));
    REQUIRE(outcome.has_value());
    CHECK(outcome->readings.size() == 5 + 2);
    REQUIRE(bus.run(session->invoke("application_reset", Value())).has_value());
    outcome = bus.run(session->read({}));
    REQUIRE(outcome.has_value());
    CHECK(outcome->readings.size() == 5 + 12);
    CHECK(bus.run(session->invoke("initialise", Value())).has_value());
    CHECK(bus.run(session->invoke("request_alarm", Value())) == Result<Value>(Value("no alarm")));
    const auto unknown = bus.run(session->invoke("dance", Value()));
    REQUIRE_FALSE(unknown.has_value());
    CHECK(unknown.error().category == Category::usage);
}

TEST_CASE("M-Bus: a dry run shows the frames of the M-Bus documentation, the selection first") {
    SimulatedMbus bus;
    struct Case {
        const char* address;
        const char* point;
        Value value;
        std::vector<std::string> frames;
    };
    const Case cases[] = {
        {"254", "link:address", Value(std::uint64_t{8}), {"68 06 06 68 53 FE 51 01 7A 08 25 16"}},
        {"254", "drh:0C79", Value(std::uint64_t{1020304}), {"68 09 09 68 53 FE 51 0C 79 04 03 02 01 31 16"}},
        {"1", "link:baud", Value(std::uint64_t{9600}), {"68 03 03 68 53 01 BD 11 16"}},
        {"1", "initialise", Value(), {"10 40 01 41 16"}},
        {"12345678-INM-01-02",
         "read_all_records",
         Value(),
         {"68 0B 0B 68 53 FD 52 78 56 34 12 CD 25 01 02 AB 16", "68 04 04 68 53 FD 51 7F 20 16"}},
    };
    for (const Case& one : cases) {
        const auto session = bus.session("", one.address);
        const auto frames = session->plan_write(ad_hoc(one.point), one.value);
        REQUIRE_MESSAGE(frames.has_value(), one.point);
        std::vector<std::string> shown;
        for (const PlannedFrame& frame : *frames) { shown.push_back(to_hex(frame.octets)); }
        CHECK(shown == one.frames);
        CHECK_FALSE(frames->back().summary.empty());
    }
}

TEST_CASE("M-Bus: addresses above 250 are never sent") {
    SimulatedMbus bus;
    const auto session = bus.session();
    const Error error = refused(bus, *session, mbus_point("address"), Value(std::uint64_t{251}));
    CHECK((error.category == Category::usage || error.category == Category::rejected));
    CHECK(session->statistics().requests == 0);
}

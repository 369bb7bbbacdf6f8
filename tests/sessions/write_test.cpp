#include "src/core/hex.hpp"
#include "tests/sessions/scripted.hpp"
#include "tests/sessions/simulated_bus.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::sessions;
using namespace meterctl::tests;

namespace {

Value value_of(const catalogue::Point& point, std::string_view text) {
    auto value = parse_write_value(point, text);
    REQUIRE_MESSAGE(value.has_value(), std::string(text));
    return *value;
}

Result<WriteOutcome> write(SimulatedBus& bus, Session& session, std::string_view name, std::string_view text) {
    return bus.run(session.write(point(name), value_of(point(name), text)));
}

WriteOutcome written(SimulatedBus& bus, Session& session, std::string_view name, std::string_view text) {
    auto outcome = write(bus, session, name, text);
    REQUIRE_MESSAGE(outcome.has_value(), (outcome ? std::string() : describe(outcome.error())));
    return std::move(*outcome);
}

} // namespace

TEST_CASE("a dry run gives the frames that the manual prints, and sends nothing") {
    struct Case {
        const char* point;
        const char* value;
        const char* pdu; ///< as in the manual, without address and checksum
    };
    SimulatedBus bus;
    const auto session = bus.session();
    for (const Case& one :
         {Case{"modbus_id", "10", "06 40 03 00 0A"}, Case{"baud_rate", "9600", "06 40 04 25 80"},
          Case{"s0_output_rate", "10", "10 40 0D 00 02 04 41 20 00 00"}, Case{"combined_code", "10", "06 40 0F 00 0A"},
          Case{"lcd_cycle_time", "25", "06 40 10 00 25"}, Case{"parity", "none", "06 40 11 00 02"},
          Case{"tariff", "2", "06 60 48 00 02"}}) {
        const auto planned = session->plan_write(point(one.point), value_of(point(one.point), one.value));
        REQUIRE_MESSAGE(planned.has_value(), one.point);
        REQUIRE(planned->size() == 1);
        const Bytes& frame = planned->front().octets;
        REQUIRE(frame.size() > 3);
        CHECK(frame.front() == 1);
        CHECK_MESSAGE(to_hex(ByteView(frame).subspan(1, frame.size() - 3)) == one.pdu, one.point);
        CHECK_FALSE(planned->front().summary.empty());
    }
    const auto first = session->plan_write(point("modbus_id"), value_of(point("modbus_id"), "10"));
    CHECK(to_hex(first->front().octets) == "01 06 40 03 00 0A EC 0D");
    CHECK(session->statistics().requests == 0);
}

TEST_CASE("a write is read back, and tells what was there before") {
    SimulatedBus bus;
    const auto session = bus.session();
    const auto outcome = written(bus, *session, "lcd_cycle_time", "25");
    CHECK(outcome.verified);
    CHECK(*outcome.before.number() == Decimal{10, 0});
    REQUIRE(outcome.read_back.has_value());
    CHECK(*outcome.read_back->value.number() == Decimal{25, 0});
    CHECK(written(bus, *session, "s0_output_rate", "0.1").verified);
}

TEST_CASE("what the meter refuses is refused, and what cannot be written is rejected before it is sent") {
    SimulatedBus bus;
    const auto session = bus.session();
    const auto refused = bus.run(session->write(point("lcd_cycle_time"), Value(std::int64_t{31})));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().category == Category::refused);
    catalogue::Point input = point("lcd_cycle_time");
    input.address = "input:0x4010";
    input.write_with.clear();
    const auto requests = session->statistics().requests;
    const auto rejected = bus.run(session->write(input, Value(std::int64_t{3})));
    REQUIRE_FALSE(rejected.has_value());
    CHECK(rejected.error().category == Category::rejected);
    CHECK(session->statistics().requests == requests);
}

TEST_CASE("the session follows the meter to its new address, baud rate and parity") {
    SimulatedBus bus;
    const auto session = bus.session();
    CHECK(written(bus, *session, "modbus_id", "17").verified);
    CHECK(written(bus, *session, "baud_rate", "4800").verified);
    CHECK(bus.transport->line()->baud == 4800);
    CHECK(written(bus, *session, "parity", "none").verified);
    CHECK(bus.transport->line()->frame() == "8N1");
    const auto outcome = bus.run(session->read(std::vector<catalogue::Point>(1, point("modbus_id"))));
    REQUIRE(outcome.has_value());
    REQUIRE(outcome->readings.size() == 1);
    CHECK(*outcome->readings[0].value.number() == Decimal{17, 0});
}

TEST_CASE("a write whose answer is lost counts as done where reading back says so") {
    // CT ratio 100: read 0, written (answer lost), refused on repetition because it is set, read back 100.
    struct Case {
        const char* name;
        std::vector<Reaction> reactions;
    };
    const Reaction before = answer("01 03 02 00 00 B8 44"), after = answer("01 03 02 01 00 B9 D4"),
                   refused = answer("01 86 03 02 61");
    for (const Case& one : {Case{"refused when repeated", {before, nothing(), refused, after}},
                            Case{"never answered", {before, nothing(), nothing(), nothing(), after}}}) {
        Scripted line(one.reactions);
        SessionOptions options;
        options.meter = &meter("pro380-mod");
        const auto session = modbus_protocol().open(line, options);
        REQUIRE(session.has_value());
        const auto outcome =
            transports::run(line.loop(), (*session)->write(point("ct_primary"), Value(std::int64_t{100})));
        REQUIRE_MESSAGE(outcome.has_value(), one.name);
        CHECK_MESSAGE(outcome->verified, one.name);
    }
    Scripted line({before, refused});
    SessionOptions options;
    options.meter = &meter("pro380-mod");
    const auto session = modbus_protocol().open(line, options);
    REQUIRE(session.has_value());
    const auto outcome = transports::run(line.loop(), (*session)->write(point("ct_primary"), Value(std::int64_t{100})));
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::refused);
}

TEST_CASE("what reads back otherwise is not verified") {
    const Reaction before = answer("01 03 02 00 10 B9 88"), done = answer("01 06 40 10 00 25 5C 14");
    Scripted line({before, done, before});
    SessionOptions options;
    options.meter = &meter("pro380-mod");
    const auto session = modbus_protocol().open(line, options);
    REQUIRE(session.has_value());
    const auto outcome =
        transports::run(line.loop(), (*session)->write(point("lcd_cycle_time"), Value(std::int64_t{25})));
    REQUIRE(outcome.has_value());
    CHECK_FALSE(outcome->verified);
    REQUIRE(outcome->read_back.has_value());
    CHECK(*outcome->read_back->value.number() == Decimal{10, 0});
}

TEST_CASE("a write to address 0 reaches every meter") {
    SimulatedBus bus(frozen(), {{"1", "pro380-mod"}, {"2", "pro380-mod"}});
    const auto all = bus.session("pro380-mod", "0");
    const auto outcome = written(bus, *all, "lcd_cycle_time", "12");
    CHECK_FALSE(outcome.verified);
    for (const char* address : {"1", "2"}) {
        const auto one = bus.session("pro380-mod", address);
        const auto read = bus.run(one->read(std::vector<catalogue::Point>(1, point("lcd_cycle_time"))));
        REQUIRE(read.has_value());
        CHECK(*read->readings.at(0).value.number() == Decimal{12, 0});
    }
}

TEST_CASE("coils are written with function 5, several with function 15") {
    SimulatedBus bus;
    const auto session = bus.session();
    const auto coil = modbus_protocol().parse_point("coil:0x10");
    REQUIRE(coil.has_value());
    const auto planned = session->plan_write(*coil, Value(true));
    REQUIRE_MESSAGE(planned.has_value(), (planned ? std::string() : describe(planned.error())));
    CHECK(to_hex(planned->front().octets).starts_with("01 05 00 10 FF 00"));
}

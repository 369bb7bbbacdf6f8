#include "simulators/load_model.hpp"
#include "simulators/modbus_bus.hpp"
#include "src/catalogue/catalogue.hpp"
#include "src/core/crc.hpp"
#include "src/core/hex.hpp"

#include <bit>
#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::simulators;
using namespace std::chrono_literals;

namespace {

const catalogue::Definition& meter(std::string_view model) {
    static const catalogue::Catalogue catalogue;
    const auto found = catalogue.find(model);
    REQUIRE_MESSAGE(found.has_value(), (found ? std::string() : describe(found.error())));
    return **found;
}

/// A bus of the usual two meters, frozen in time, and a clock to ask it by.
struct Fixture {
    explicit Fixture(std::string framing = "rtu") {
        Options options;
        options.speed = 0;
        options.framing = std::move(framing);
        std::vector<simulators::Unit> units(2);
        units[0].meter = &meter("pro380-mod");
        units[1].meter = &meter("dts307-modbus");
        auto made = make_modbus_bus(units, options);
        REQUIRE_MESSAGE(made.has_value(), (made ? std::string() : describe(made.error())));
        bus = std::move(*made);
    }

    Bytes ask(ByteView request) { return ask(*bus, request); }
    Bytes ask(Bus& line, ByteView request) {
        now += 1s;
        line.receive(request, now);
        now += 1s;
        Bytes answer;
        for (const Transmission& part : line.transmit(now)) {
            answer.insert(answer.end(), part.octets.begin(), part.octets.end());
        }
        return answer;
    }
    /// RTU: adds the checksum, and takes it off where it is right.
    std::string ask_rtu(std::string_view text) { return ask_rtu(*bus, text); }
    std::string ask_rtu(Bus& line, std::string_view text) {
        Bytes answer = ask(line, with_crc(text));
        if (answer.empty()) { return "silence"; }
        if (crc16_modbus(answer) != 0) { return "wrong checksum"; }
        answer.resize(answer.size() - 2);
        return to_hex(answer);
    }
    static Bytes with_crc(std::string_view text) {
        auto octets = from_hex(text);
        REQUIRE(octets.has_value());
        const std::uint16_t crc = crc16_modbus(*octets);
        octets->push_back(static_cast<std::uint8_t>(crc & 0xFFU));
        octets->push_back(static_cast<std::uint8_t>(crc >> 8U));
        return *octets;
    }

    std::unique_ptr<Bus> bus;
    TimePoint now{};
};

} // namespace

TEST_CASE("a virtual meter reads and writes as the PRO380's manual says") {
    struct Case {
        const char* what;
        const char* request;
        const char* answer;
    };
    const Case cases[] = {
        {"its address", "01 03 40 03 00 01", "01 03 02 00 01"},
        {"its baud rate", "01 03 40 04 00 01", "01 03 02 25 80"},
        {"protocol version 3.2", "01 03 40 05 00 02", "01 03 04 40 4C CC CD"},
        {"a display time of 25 s is written in decimal digits", "01 06 40 10 00 25", "01 06 40 10 00 25"},
        {"and is there when read back", "01 03 40 10 00 01", "01 03 02 00 25"},
        {"31 s is out of range", "01 06 40 10 00 31", "01 86 03"},
        {"an S0 rate of 10 imp/kWh", "01 10 40 0D 00 02 04 41 20 00 00", "01 10 40 0D 00 02"},
        {"a rate that is none of the eight", "01 10 40 0D 00 02 04 41 30 00 00", "01 90 03"},
        {"a measurement cannot be written", "01 06 50 02 00 00", "01 86 02"},
        {"half a float cannot be written", "01 06 40 0D 41 20", "01 86 03"},
        {"a block that the meter answers whole", "01 03 40 1F 00 01", "01 03 02 00 05"},
        {"beyond a block it refuses", "01 03 40 1F 00 02", "01 83 02"},
        {"registers that are none", "01 03 00 00 00 01", "01 83 02"},
        {"more registers than it allows", "01 03 60 00 00 4C", "01 83 03"},
        {"other tables are empty", "01 04 50 02 00 02", "01 84 02"},
        {"a function it does not know", "01 07", "01 87 01"},
        {"a mask write of the display time: 25 to 05", "01 16 40 10 00 0F 00 00", "01 16 40 10 00 0F 00 00"},
        {"and is there when read back", "01 03 40 10 00 01", "01 03 02 00 05"},
        {"another address is not its own", "02 03 40 03 00 01", "silence"},
        {"device identification is unknown to it", "01 2B 0E 01 00", "01 AB 01"},
        {"the other meter has it: Measurlogic, DTS 307, 1.0", "64 2B 0E 01 00",
         "64 2B 0E 01 81 00 00 03 00 0B 4D 65 61 73 75 72 6C 6F 67 69 63 01 07 44 54 53 20 33 30 37 02 03 31 2E 30"},
        {"one object of it", "64 2B 0E 04 01", "64 2B 0E 04 81 00 00 01 01 07 44 54 53 20 33 30 37"},
        {"an object that it has not", "64 2B 0E 04 05", "64 AB 02"},
        {"its server id, running", "64 11", "64 11 08 44 54 53 20 33 30 37 FF"},
    };
    Fixture f;
    for (const Case& one : cases) { CHECK_MESSAGE(f.ask_rtu(one.request) == one.answer, one.what); }
}

TEST_CASE("what can be set once or never left stays as it is") {
    Fixture f;
    CHECK(f.ask_rtu("01 06 40 0C 01 00") == "01 06 40 0C 01 00"); // CT ratio 100:5
    CHECK(f.ask_rtu("01 06 40 0C 02 00") == "01 86 03");
    CHECK(f.ask_rtu("01 03 40 0C 00 01") == "01 03 02 01 00");
    CHECK(f.ask_rtu("01 06 40 0F 00 0A") == "01 06 40 0F 00 0A"); // combined code 10
    CHECK(f.ask_rtu("01 06 40 0F 00 01") == "01 86 03");
}

TEST_CASE("a broadcast is obeyed and not answered") {
    Fixture f;
    CHECK(f.ask_rtu("00 06 40 10 00 12") == "silence");
    CHECK(f.ask_rtu("01 03 40 10 00 01") == "01 03 02 00 12");
}

TEST_CASE("a meter moves to its new address after the answer") {
    Fixture f;
    CHECK(f.ask_rtu("01 06 40 03 00 0A") == "01 06 40 03 00 0A");
    CHECK(f.ask_rtu("01 03 40 03 00 01") == "silence");
    CHECK(f.ask_rtu("0A 03 40 03 00 01") == "0A 03 02 00 0A");
}

TEST_CASE("a meter at another baud rate or parity than the line is deaf") {
    Fixture f;
    f.bus->line_changed(9600, "8E1");
    CHECK(f.ask_rtu("01 06 40 04 12 C0") == "01 06 40 04 12 C0"); // 4800 baud
    CHECK(f.ask_rtu("01 03 40 04 00 01") == "silence");
    f.bus->line_changed(4800, "8E1");
    CHECK(f.ask_rtu("01 03 40 04 00 01") == "01 03 02 12 C0");
    f.bus->line_changed(4800, "8N1");
    CHECK(f.ask_rtu("01 03 40 04 00 01") == "silence");
}

TEST_CASE("its measurements are those of the load") {
    Fixture f;
    Options options;
    options.speed = 0;
    LoadModel load(options);
    load.advance_to(TimePoint{});
    struct Case {
        const char* request;
        const char* quantity;
        double unit;
    };
    for (const Case& one :
         {Case{"01 03 50 02 00 02", "voltage_l1", 1}, Case{"01 03 50 18 00 02", "active_power_l3", 1000},
          Case{"01 03 60 0C 00 02", "active_energy_import", 1000}}) {
        const auto answer = from_hex(f.ask_rtu(one.request));
        REQUIRE(answer.has_value());
        REQUIRE(answer->size() == 7);
        ByteReader reader(ByteView(*answer).subspan(3));
        const auto shown = std::bit_cast<float>(reader.u32be());
        CHECK_MESSAGE(static_cast<double>(shown) ==
                          doctest::Approx(load.value(*find_quantity(one.quantity)) / one.unit).epsilon(1e-6),
                      one.quantity);
    }
}

TEST_CASE("requests are taken octet by octet, glued together, and out of noise") {
    Fixture f;
    const Bytes request = Fixture::with_crc("01 03 40 03 00 01"), answer = Fixture::with_crc("01 03 02 00 01");
    for (const std::uint8_t octet : request) { f.bus->receive(Bytes(1, octet), f.now += 1ms); }
    CHECK(f.bus->transmit(f.now + 1s).size() == 1);
    Bytes noisy{0x00, 0xFF};
    noisy.insert(noisy.end(), request.begin(), request.end());
    CHECK(f.ask(noisy) == answer);
    Bytes two = request;
    two.insert(two.end(), request.begin(), request.end());
    CHECK(f.ask(two).size() == 2 * answer.size());
    CHECK(f.ask(Bytes{0x01, 0x03, 0x40}).empty());
    CHECK(f.ask(request) == answer);
}

TEST_CASE("over TCP the answer has the request's transaction and unit") {
    Fixture f("tcp");
    const auto ask = [&f](std::string_view request) { return to_hex(f.ask(*from_hex(request))); };
    CHECK(ask("12 34 00 00 00 06 01 03 40 03 00 01") == "12 34 00 00 00 05 01 03 02 00 01");
    CHECK(ask("12 35 00 00 00 02 64 11") == "12 35 00 00 00 0B 64 11 08 44 54 53 20 33 30 37 FF");
    CHECK(ask("12 36 00 00 00 06 07 03 40 03 00 01") == "12 36 00 00 00 03 07 83 0B");
}

TEST_CASE("in ASCII framing the same meters answer") {
    Fixture f("ascii");
    const std::string request = ":010340030001B8\r\n";
    const Bytes answer = f.ask(Bytes(request.begin(), request.end()));
    CHECK(std::string(answer.begin(), answer.end()) == ":0103020001F9\r\n");
}

TEST_CASE("a further line reaches the same meters, in its own framing") {
    Fixture f;
    const auto second = f.bus->connect("tcp");
    CHECK(f.ask_rtu("01 06 40 10 00 25") == "01 06 40 10 00 25");
    CHECK(to_hex(f.ask(*second, *from_hex("00 01 00 00 00 06 01 03 40 10 00 01"))) ==
          "00 01 00 00 00 05 01 03 02 00 25");
}

TEST_CASE("a bus that cannot be is a usage error that says why") {
    std::vector<simulators::Unit> units(2);
    units[0].meter = units[1].meter = &meter("pro380-mod");
    const auto twice = make_modbus_bus(units, Options());
    REQUIRE_FALSE(twice.has_value());
    CHECK(twice.error().category == Category::usage);
    units[1].address = "300";
    CHECK_FALSE(make_modbus_bus(units, Options()).has_value());
    units[1].address = "2";
    CHECK(make_modbus_bus(units, Options()).has_value());
    Options options;
    options.framing = "morse";
    CHECK_FALSE(make_modbus_bus(units, options).has_value());
}

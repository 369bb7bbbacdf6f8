#include "tests/simulators/mbus_slaves.hpp"

#include "simulators/mbus_record.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::tests;

namespace {

constexpr const char* nke_1 = "10 40 01 41 16";
constexpr const char* req_1_fcb = "10 7B 01 7C 16";
constexpr const char* req_1 = "10 5B 01 5C 16";
constexpr const char* nothing = "";
constexpr const char* ack = "E5";
// Frames of a master as the M-Bus documentation (4.8, chapters 6 and 7) has them, with the addresses of these slaves.
constexpr const char* move_to_8 = "68 06 06 68 53 FE 51 01 7A 08 25 16";
constexpr const char* select_all = "68 0B 0B 68 53 FD 52 FF FF FF FF FF FF FF FF 9A 16";
constexpr const char* select_pro380 = "68 0B 0B 68 53 FD 52 80 03 11 24 CD 25 01 02 4F 16";
constexpr const char* req_selected = "10 7B FD 78 16";

/// A long frame with its checksum: what is given is C, A, CI and data.
std::string frame(std::string_view content) {
    const Bytes octets = from_hex(content).value();
    unsigned sum = 0;
    for (const std::uint8_t octet : octets) { sum += octet; }
    const auto length = static_cast<std::uint8_t>(octets.size());
    const Bytes head{0x68, length, length, 0x68};
    return to_hex(head) + " " + to_hex(octets) + " " + to_hex(Bytes{static_cast<std::uint8_t>(sum)}) + " 16";
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("an M-Bus slave answers at its address, and at no other") {
    Slaves bus({SlavePlace{"1", "pro380-mb"}});
    CHECK(bus.ask(nke_1) == ack);
    CHECK(bus.ask("10 40 02 42 16") == nothing);
    CHECK(bus.ask("10 40 01 42 16") == nothing); // a wrong checksum
    CHECK(bus.ask("10 40 FE 3E 16") == ack);     // 254: all answer
    CHECK(bus.ask("10 40 FF 3F 16") == nothing); // 255: none answers
    CHECK(bus.ask("10 40 FD 3D 16") == nothing); // 253: not selected
}

TEST_CASE("the PRO380-Mb sends its energies, and its momentary values once CI B4 has selected them") {
    Slaves bus({SlavePlace{"1", "pro380-mb"}});
    const std::string energies = bus.ask(req_1_fcb);
    CHECK(energies.starts_with("68 5F 5F 68 08 01 72 80 03 11 24 CD 25 01 02"));
    for (const char* header :
         {" 0C 04 ", " 4C 04 ", " 8C 01 04 ", " CC 01 04 ", " 2C 04 ", " 6C 04 ", " AC 01 04 ", " EC 01 04 "}) {
        CHECK_MESSAGE(contains(energies, header), header);
    }
    CHECK_FALSE(contains(energies, " FD 47 "));
    CHECK(bus.ask(frame("53 01 B4")) == ack);
    const std::string momentary = bus.ask(req_1);
    for (const char* header : {" 4B FD 47 ", " 8B 01 FD 47 ", " CB 01 FD 47 ", " 4B FD 59 ", " 8B 01 FD 59 ",
                               " CB 01 FD 59 ", " 4C 2A ", " 8C 01 2A ", " CC 01 2A ", " 0C 2A "}) {
        CHECK_MESSAGE(contains(momentary, header), header);
    }
    CHECK_FALSE(contains(momentary, " 0C 04 "));
    CHECK(bus.ask(frame("53 01 B1")) == ack);
    CHECK(contains(bus.ask(req_1), " 0C 04 "));
}

TEST_CASE("the frames that a real PRO380-Mb at address 0 was read with are answered") {
    Slaves bus({SlavePlace{"0", "pro380-mb"}});
    CHECK(bus.ask("68 03 03 68 53 00 B4 07 16") == ack);
    CHECK(contains(bus.ask("10 5B 00 5B 16"), " 4B FD 47 "));
    CHECK(bus.ask("68 03 03 68 53 00 B1 04 16") == ack);
    CHECK(contains(bus.ask("10 5B 00 5B 16"), " 0C 04 "));
}

TEST_CASE("an M-Bus slave repeats its last answer while the frame count bit stays, and goes on when it toggles") {
    Slaves bus({SlavePlace{"1", "pro380-mb"}});
    bus.ask(nke_1);
    const std::string first = bus.ask(req_1_fcb);
    CHECK(bus.ask(req_1_fcb) == first);
    const std::string second = bus.ask(req_1);
    CHECK(second != first); // the access number counts on
    CHECK(bus.ask(req_1) == second);
    bus.ask(nke_1);
    CHECK(bus.ask(req_1) != second);
}

TEST_CASE("a readout that one telegram does not hold comes in several, all but the last ending in DIF 1F") {
    Slaves bus({SlavePlace{"1", "mbus"}}); // the first made-up meter is a heat meter
    bus.ask(nke_1);
    const std::string first = bus.ask(req_1_fcb);
    CHECK(contains(first, " 1F "));
    CHECK(first.substr(first.size() - 9, 3) == " 1F");
    const std::string second = bus.ask(req_1);
    CHECK(second.substr(second.size() - 9, 3) != " 1F");
    const std::string again = bus.ask(req_1_fcb);
    CHECK(again.substr(60).substr(0, 30) == first.substr(60).substr(0, 30)); // the first telegram once more
    bus.ask(nke_1);
    CHECK(bus.ask(req_1_fcb).substr(60, 30) == first.substr(60, 30));
}

TEST_CASE("an M-Bus slave takes a new primary address and answers there") {
    Slaves bus({SlavePlace{"1", "pro380-mb"}});
    CHECK(bus.ask(move_to_8) == ack);
    CHECK(bus.ask(nke_1) == nothing);
    CHECK(bus.ask("10 40 08 48 16") == ack);
    CHECK(bus.ask("10 7B 08 83 16").starts_with("68 5F 5F 68 08 08 72"));
}

TEST_CASE("a selection is taken by the M-Bus slave it fits, and ends the others'") {
    Slaves bus({SlavePlace{"1", "pro380-mb"}, SlavePlace{"2", "pro380-mb"}}); // 24110380 and 24110381
    CHECK(bus.ask(select_pro380) == ack);
    CHECK(bus.ask(req_selected).starts_with("68 5F 5F 68 08 01 72 80 03 11 24"));
    CHECK(bus.ask(frame("53 FD 52 81 03 11 24 FF FF FF FF")) == ack);
    CHECK(bus.ask(req_selected).starts_with("68 5F 5F 68 08 02 72 81 03 11 24"));
    CHECK(bus.ask(frame("53 FD 52 82 03 11 24 FF FF FF FF")) == nothing);
    CHECK(bus.ask(req_selected) == nothing);
    CHECK(bus.ask(frame("53 FD 52 F1 FF 11 24 CD 25 01 02")) == ack); // wildcards anywhere
    CHECK(bus.ask("10 40 FD 3D 16") == ack);                          // SND_NKE ends the selection
    CHECK(bus.ask(req_selected) == nothing);
}

TEST_CASE("a selection may name the fabrication number too") {
    Slaves bus({SlavePlace{"1", "mbus"}});
    CHECK(bus.ask(frame("53 FD 52 FF FF FF FF FF FF FF FF 0C 78 FF FF FF FF")) == ack);
    CHECK(bus.ask(frame("53 FD 52 FF FF FF FF FF FF FF FF 0C 78 00 00 00 00")) == nothing);
    Slaves without({SlavePlace{"1", "pro380-mb"}});
    CHECK(without.ask(frame("53 FD 52 FF FF FF FF FF FF FF FF 0C 78 FF FF FF FF")) == nothing);
}

TEST_CASE("several M-Bus slaves that answer at once are heard over each other, their acks as one or as noise") {
    Slaves bus({}, 12);
    CHECK_FALSE(bus.ask(select_all).empty());
    const auto octets = from_hex(bus.ask(req_selected)).value();
    CHECK_FALSE(octets.empty());
    CHECK_FALSE(codecs::mbus::decode(octets).has_value());
}

TEST_CASE("what an M-Bus slave does not know it says at the next request, once") {
    struct Case {
        const char* command;
        const char* error; ///< EN 13757-7, application errors
    };
    for (const Case& one : {Case{"53 01 B5", "70 01"},             // unknown CI
                            Case{"53 01 BF", "70 01"},             // 38400 baud
                            Case{"53 01 51 0C", "70 04"},          // ends early
                            Case{"53 01 51 0C 78 01 02", "70 04"}, // ends in the data
                            Case{"53 01 51 8C 80 80 80 80 80 80 80 80 80 80 80 00 78 01 02 03 04", "70 05"},
                            Case{"53 01 51 01 FF 80 80 80 80 80 80 80 80 80 80 80 00 05", "70 06"},
                            Case{"53 01 51 04 13 01 02 03 04", "70 00"}}) { // not writable
        CAPTURE(one.command);
        Slaves bus({SlavePlace{"1", "pro380-mb"}});
        CHECK(bus.ask(frame(one.command)) == ack);
        CHECK(contains(bus.ask(req_1_fcb), one.error));
        CHECK(contains(bus.ask(req_1), " 72 80 03 11 24"));
    }
}

TEST_CASE("records can be selected for readout, until an application reset or a global readout") {
    for (const char* end : {"53 01 50", "53 01 51 7F", "53 01 51 C8 3F 7E"}) {
        CAPTURE(end);
        Slaves bus({SlavePlace{"1", "pro380-mb"}});
        CHECK(bus.ask(frame("53 01 51 08 04 28 04")) == ack); // forward and reverse total
        const std::string chosen = bus.ask(req_1_fcb);
        CHECK(chosen.starts_with("68 1B 1B 68"));
        CHECK(contains(chosen, " 0C 04 "));
        CHECK(contains(chosen, " 2C 04 "));
        CHECK(bus.ask(frame(end)) == ack);
        CHECK(bus.ask(req_1).starts_with("68 5F 5F 68"));
    }
}

TEST_CASE("an M-Bus slave changes its baud rate after its ack, and goes back where nobody speaks to it there") {
    Slaves bus({SlavePlace{"1", "pro380-mb"}});
    CHECK(bus.ask(frame("53 01 BB")) == ack); // 2400
    CHECK(bus.ask(nke_1) == nothing);
    bus.now += std::chrono::minutes(3);
    CHECK(bus.ask(nke_1) == ack);
    CHECK(bus.ask(frame("53 01 BB")) == ack);
    bus.bus->line_changed(2400, "8E1");
    CHECK(bus.ask(nke_1) == ack);
    bus.now += std::chrono::minutes(30);
    CHECK(bus.ask(nke_1) == ack);
    bus.bus->line_changed(2400, "8N1");
    CHECK(bus.ask(nke_1) == nothing);
}

TEST_CASE("an M-Bus slave's clock can be set") {
    Slaves bus({SlavePlace{"1", "mbus"}});
    CHECK(bus.ask(frame("53 01 51 04 6D 1E 0B 55 3B")) == ack); // 2026-11-21 11:30
    CHECK(contains(bus.ask(req_1_fcb), " 04 6D 1E 0B 55 3B "));
}

TEST_CASE("values of M-Bus records are rounded down where they count, and said to be missing where they do not fit") {
    using simulators::encode_value;
    const auto encoded = [](std::string_view header, double value) {
        return to_hex(encode_value(from_hex(header).value(), value));
    };
    CHECK(encoded("0C 04", 1'234'569) == "56 34 12 00"); // 10 Wh
    CHECK(encoded("4C 2A", -235.04) == "50 23 00 F0");   // 0.1 W, a minus sign in the highest digit
    CHECK(encoded("4B FD 47", 230.126) == "13 30 02");   // 0.01 V
    CHECK(encoded("02 5A", 21.34) == "D5 00");           // 0.1 degree C
    CHECK(encoded("02 5A", -1.0) == "F6 FF");
    CHECK(encoded("0A 5A", 12345.6) == "FF FF");
    CHECK(encoded("01 5A", 100.0) == "80");
    CHECK(encoded("05 2E", 1500.0) == "00 00 C0 3F"); // 1.5 kW as a real
}

TEST_CASE("addresses of virtual M-Bus meters go from 0 to 250") {
    for (const char* address : {"251", "-1", "x"}) {
        simulators::Unit unit;
        unit.address = address;
        unit.meter = &mbus_meter("pro380-mb");
        const auto bus = simulators::make_mbus_bus(std::span(&unit, 1), simulators::Options());
        REQUIRE_FALSE(bus.has_value());
        CHECK(bus.error().category == Category::usage);
    }
}

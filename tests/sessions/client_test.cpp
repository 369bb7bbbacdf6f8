#include "sessions/modbus/client.hpp"
#include "tests/sessions/scripted.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::sessions::modbus;
using namespace meterctl::tests;
namespace pdu = meterctl::codecs::modbus;

namespace {

constexpr const char* voltage_request = "01 03 50 02 00 02 74 CB";
constexpr const char* voltage_answer = "01 03 04 43 66 80 00 6E 68"; // 230.5
constexpr const char* other_answer = "01 03 04 43 65 00 00 FF A8";   // 229.0
const std::vector<std::uint16_t> voltage{0x4366, 0x8000};

pdu::Request read_holding(std::uint16_t address, std::uint16_t count = 2) {
    pdu::ReadRequest read;
    read.address = address;
    read.count = count;
    return read;
}

ClientOptions with(Framing framing, unsigned retries = 2) {
    ClientOptions options;
    options.framing = framing;
    options.retries = retries;
    return options;
}

Result<pdu::Response> ask(Client& client, const pdu::Request& request) {
    return transports::run(client.transport().loop(), client.ask(request));
}

std::vector<std::uint16_t> registers(const Result<pdu::Response>& answer) {
    REQUIRE_MESSAGE(answer.has_value(), (answer ? std::string() : describe(answer.error())));
    const auto* read = std::get_if<pdu::ReadRegistersAnswer>(&*answer);
    REQUIRE(read != nullptr);
    return read->registers;
}

bool mentions(const Error& error, std::string_view text) {
    return describe(error).find(text) != std::string::npos;
}

} // namespace

TEST_CASE("a request goes out as its frame, and its answer comes back") {
    Scripted line({answer(voltage_answer)});
    Client client(line, with(Framing::rtu));
    CHECK(registers(ask(client, read_holding(0x5002))) == voltage);
    CHECK(line.written == std::vector<Bytes>{hex(voltage_request)});
    CHECK(client.statistics().answers == 1);
}

TEST_CASE("an answer that comes octet by octet is the same answer") {
    Reaction slow;
    for (const std::uint8_t octet : hex(voltage_answer)) {
        slow.push_back({20ms + slow.size() * 1ms, Bytes(1, octet), {}});
    }
    Scripted line({slow});
    Client client(line, with(Framing::rtu));
    CHECK(registers(ask(client, read_holding(0x5002))) == voltage);
}

TEST_CASE("silence is a time-out that says what was sent, how long was waited and what to check") {
    Scripted line({});
    Client client(line, with(Framing::rtu));
    const auto answer = ask(client, read_holding(0x5002));
    REQUIRE_FALSE(answer.has_value());
    const Error& error = answer.error();
    CHECK(error.category == Category::timeout);
    CHECK(line.written.size() == 3);
    for (const char* text : {voltage_request, "1008 ms", "sent 3 times", "--address: 1", "9600 8N1", "parity",
                             "wires A and B", "termination"}) {
        CHECK_MESSAGE(mentions(error, text), text);
    }
    CHECK(client.statistics().timeouts == 3);
}

TEST_CASE("a damaged answer is asked for again") {
    Scripted line({answer("01 03 04 43 66 80 01 6E 68"), answer(voltage_answer)});
    Client client(line, with(Framing::rtu));
    CHECK(registers(ask(client, read_holding(0x5002))) == voltage);
    CHECK(client.statistics().crc_errors == 1);
    CHECK(client.statistics().retries == 1);
    CHECK(line.loop().now() < transports::TimePoint(500ms)); // not after the whole time-out
}

TEST_CASE("a lost answer is asked for again") {
    Scripted line({nothing(), answer(voltage_answer)});
    Client client(line, with(Framing::rtu));
    CHECK(registers(ask(client, read_holding(0x5002))) == voltage);
}

TEST_CASE("frames of other meters, of other lengths and noise are dropped, and waiting goes on") {
    Reaction mixed = answer("00 FF", 5ms);                               // noise of the turn-round
    mixed.push_back(answer("02 03 04 43 66 80 00 5D 68", 10ms).front()); // another address
    mixed.push_back(answer("01 03 02 12 34 B5 33", 15ms).front());       // one register, asked two
    mixed.push_back(answer(voltage_answer, 30ms).front());
    Scripted line({mixed});
    Client client(line, with(Framing::rtu));
    CHECK(registers(ask(client, read_holding(0x5002))) == voltage);
    CHECK(line.written.size() == 1);
}

TEST_CASE("a line that hears itself is noticed, and no echo is taken for an answer") {
    const char* write = "01 06 40 10 00 25 5C 14";
    Reaction read = answer(voltage_request, 1ms);
    read.push_back(answer(voltage_answer, 20ms).front());
    Reaction refused = answer(write, 1ms);
    refused.push_back(answer("01 86 03 02 61", 20ms).front());
    Scripted line({read, refused});
    Client client(line, with(Framing::rtu));
    CHECK(registers(ask(client, read_holding(0x5002))) == voltage);
    CHECK(client.statistics().echoes == 1);
    const pdu::Request request = pdu::WriteRegister{0x4010, 0x0025};
    const auto outcome = ask(client, request);
    CHECK(line.written.back() == hex(write));
    REQUIRE_FALSE(outcome.has_value()); // the echo alone would have passed for success
    CHECK(outcome.error().code == "modbus.exception.3");
}

TEST_CASE("on a serial line a late answer is never taken for the answer to another request") {
    Scripted line({answer(other_answer, 1500ms), answer(voltage_answer, 20ms)});
    Client client(line, with(Framing::rtu, 0));
    CHECK_FALSE(ask(client, read_holding(0x5004)).has_value());
    CHECK(registers(ask(client, read_holding(0x5002))) == voltage);
    CHECK(client.statistics().dropped_late == 1);
}

TEST_CASE("a late answer is remembered over a time-out of another shape") {
    // 0x5004 is answered after 2.5 s; until then two registers, three registers and again two are asked.
    Scripted line({answer(other_answer, 2500ms), nothing(), answer(voltage_answer, 600ms)});
    Client client(line, with(Framing::rtu, 0));
    CHECK_FALSE(ask(client, read_holding(0x5004)).has_value());
    CHECK_FALSE(ask(client, read_holding(0x5000, 3)).has_value());
    CHECK(registers(ask(client, read_holding(0x5002))) == voltage);
}

TEST_CASE("a late answer to the same request is its answer, and the next request still gets its own") {
    Reaction second = answer(other_answer, 1500ms);
    Scripted line({answer(other_answer, 1500ms), second, answer(voltage_answer)});
    Client client(line, with(Framing::rtu));
    CHECK(registers(ask(client, read_holding(0x5004))) == std::vector<std::uint16_t>{0x4365, 0x0000});
    CHECK(registers(ask(client, read_holding(0x5002))) == voltage);
}

TEST_CASE("a duplicated answer is dropped before the next request") {
    Reaction twice = answer(std::string(other_answer) + other_answer);
    Reaction apart = answer(other_answer);
    apart.push_back(answer(other_answer, 23ms).front());
    for (const Reaction& first : {twice, apart}) {
        Scripted line({first, answer(voltage_answer)});
        Client client(line, with(Framing::rtu));
        CHECK(registers(ask(client, read_holding(0x5004))) == std::vector<std::uint16_t>{0x4365, 0x0000});
        CHECK(registers(ask(client, read_holding(0x5002))) == voltage);
    }
}

TEST_CASE("over TCP answers are told by their transaction, and late ones are dropped") {
    Reaction late = answer("00 01 00 00 00 07 01 03 04 43 65 00 00", 5ms);
    late.push_back(answer("00 02 00 00 00 07 01 03 04 43 66 80 00", 20ms).front());
    Scripted line({nothing(), late});
    line.settings.reset();
    Client client(line, with(Framing::tcp, 0));
    CHECK_FALSE(ask(client, read_holding(0x5004)).has_value());
    CHECK(registers(ask(client, read_holding(0x5002))) == voltage);
    CHECK(line.written.back() == hex("00 02 00 00 00 06 01 03 50 02 00 02"));
}

TEST_CASE("a stream without frames is opened anew and asked again") {
    Scripted line({answer("FF FF FF FF FF FF FF FF FF FF"), answer("00 02 00 00 00 07 01 03 04 43 66 80 00")});
    line.settings.reset();
    Client client(line, with(Framing::tcp));
    CHECK(registers(ask(client, read_holding(0x5002))) == voltage);
    CHECK(line.reopened == 1);
}

TEST_CASE("serial frames over a socket: it is opened anew after a silence") {
    Scripted line({answer(other_answer, 5s), answer(voltage_answer)});
    line.settings.reset();
    Client client(line, with(Framing::rtu));
    CHECK(registers(ask(client, read_holding(0x5002))) == voltage);
    CHECK(line.reopened == 1);
}

TEST_CASE("exceptions: 5 and 6 are waited out, 4 is asked once more, the others are final") {
    struct Case {
        std::uint8_t code;
        std::size_t requests; ///< when the meter always says so
    };
    for (const Case& one : {Case{1, 1}, Case{2, 1}, Case{3, 1}, Case{4, 2}, Case{5, 6}, Case{6, 6}}) {
        Bytes exception{0x01, 0x83, one.code};
        const std::map<std::uint8_t, const char*> frames{{1, "80 F0"}, {2, "C0 F1"}, {3, "01 31"},
                                                         {4, "40 F3"}, {5, "81 33"}, {6, "C1 32"}};
        const Bytes crc = hex(frames.at(one.code));
        exception.insert(exception.end(), crc.begin(), crc.end());
        Coming coming;
        coming.after = 20ms;
        coming.octets = exception;
        Scripted line(std::vector<Reaction>(20, Reaction(1, coming)));
        Client client(line, with(Framing::rtu));
        const auto outcome = ask(client, read_holding(0x5002));
        REQUIRE_FALSE(outcome.has_value());
        CHECK(outcome.error().category == Category::refused);
        CHECK(outcome.error().code == "modbus.exception." + std::to_string(one.code));
        CHECK_MESSAGE(line.written.size() == one.requests, int{one.code});
    }
}

TEST_CASE("a busy meter is asked again until it answers") {
    const char* busy = "01 83 06 C1 32";
    Scripted line({answer(busy), answer(busy), answer(voltage_answer)});
    Client client(line, with(Framing::rtu, 0));
    CHECK(registers(ask(client, read_holding(0x5002))) == voltage);
}

TEST_CASE("a broadcast awaits no answer and leaves the meters time to act") {
    Scripted line({});
    Client client(line, with(Framing::rtu));
    const pdu::Request request = pdu::WriteRegister{0x6048, 2};
    CHECK(transports::run(line.loop(), client.tell_all(request)).has_value());
    REQUIRE(line.written.size() == 1);
    CHECK(line.written[0].front() == 0);
    CHECK(line.loop().now() >= transports::TimePoint(100ms));
}

TEST_CASE("ASCII framing asks and answers") {
    // The example of the serial line guide: unit 1 reads two registers.
    Scripted line({answer(to_hex(
        Bytes{':', '0', '1', '0', '3', '0', '4', '4', '3', '6', '6', '8', '0', '0', '0', 'C', 'F', '\r', '\n'}))});
    Client client(line, with(Framing::ascii));
    CHECK(registers(ask(client, read_holding(0x5002))) == voltage);
    CHECK(std::string(line.written[0].begin(), line.written[0].end()) == ":010350020002A8\r\n");
}

TEST_CASE("octets that are no answer end untrusted, with a guess at the cause") {
    struct Case {
        const char* octets;
        std::size_t faults;
        Framing framing;
        std::string_view code;
    };
    const Case cases[] = {
        {"01 03 50 02 00 02 74 CB", 0, Framing::rtu, "modbus.echo"},
        {"01 03 04 43 66 80 01 6E 68", 0, Framing::rtu, "modbus.crc"},
        {"02 03 04 43 66 80 00 5D 68", 0, Framing::rtu, "modbus.foreign"},
        {"01 03 04 43", 0, Framing::rtu, "modbus.incomplete"},
        {"00 00 00 00", 0, Framing::rtu, "modbus.noise"},
        {"E6 1E 98 F8 06", 0, Framing::rtu, "modbus.noise"},
        {"81 03 84 C3 66 80 80", 3, Framing::rtu, "modbus.parity"},
        {"E6 1E 98 F8 06 60", 6, Framing::rtu, "modbus.baud"},
        {"00 01 00 00 00 07 01 03 04 43 66 80 00", 0, Framing::rtu, "modbus.framing"},
        {"01 03 04 43 66 80 00 6E 68", 0, Framing::tcp, "modbus.framing"},
        {"3A 30 31 30 33 30 34", 0, Framing::rtu, "modbus.framing"},
    };
    for (const Case& one : cases) {
        Reaction reaction = answer(one.octets);
        for (std::size_t i = 0; i < one.faults; ++i) {
            transports::LineFault fault;
            fault.index = i;
            reaction[0].faults.push_back(fault);
        }
        Scripted line({reaction});
        if (one.framing == Framing::tcp) { line.settings.reset(); }
        Client client(line, with(one.framing, 0));
        const auto outcome = ask(client, read_holding(0x5002));
        REQUIRE_MESSAGE(!outcome.has_value(), one.octets);
        CHECK_MESSAGE(outcome.error().category == Category::untrusted, one.octets);
        CHECK_MESSAGE(outcome.error().code == one.code, one.octets);
        CHECK_FALSE(outcome.error().hints.empty());
    }
}

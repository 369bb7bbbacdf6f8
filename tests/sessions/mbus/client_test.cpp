#include "sessions/mbus/readout.hpp"
#include "tests/sessions/mbus/frames.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::sessions::mbus;
using namespace meterctl::tests;

namespace {

constexpr const char* energy_record = "0C 04 56 34 12 00"; // 1234560 Wh
constexpr const char* power_record = "0C 2A 50 33 00 00";  // 335 W
constexpr const char* nke = "10 40 01 41 16";
constexpr const char* req_fcb = "10 7B 01 7C 16";
constexpr const char* req = "10 5B 01 5C 16";

/// A slave at the end of a scripted line of 2400 8E1.
struct Master {
    explicit Master(std::vector<Reaction> reactions, std::string_view address = "1", unsigned retries = 2)
        : line(std::move(reactions)), client(line, options(retries)), station(client, parse_address(address).value()) {
        line.settings = transports::parse_frame("8E1", 2400).value();
    }

    static ClientOptions options(unsigned retries) {
        ClientOptions made;
        made.retries = retries;
        return made;
    }
    template <class T>
    T run(Task<T> task) {
        return transports::run(line.loop(), std::move(task));
    }
    Result<Readout> read() { return run(read_out(station)); }

    Scripted line;
    Client client;
    Station station;
};

std::vector<std::string> headers(const Result<Readout>& readout) {
    REQUIRE_MESSAGE(readout.has_value(), (readout ? std::string() : describe(readout.error())));
    std::vector<std::string> found;
    for (const auto* record : readout->records()) { found.push_back(to_hex(record->header)); }
    return found;
}

std::vector<std::string> written(const Master& master) {
    std::vector<std::string> frames;
    for (const Bytes& octets : master.line.written) { frames.push_back(to_hex(octets)); }
    return frames;
}

bool mentions(const Error& error, std::string_view text) {
    return describe(error).find(text) != std::string::npos;
}

using Strings = std::vector<std::string>;

} // namespace

TEST_CASE("M-Bus: a readout begins with SND_NKE and asks with the frame count bit set") {
    Master master({mbus_ack(), answer(mbus_answer(energy_record))});
    const auto readout = master.read();
    CHECK(headers(readout) == Strings{"0C 04"});
    CHECK(written(master) == Strings{nke, req_fcb});
    CHECK(readout->header()->identity.id == 0x12345678);
    CHECK(readout->primary == 1);
}

TEST_CASE("M-Bus: telegrams are asked for until none is announced, the frame count bit toggled") {
    Master master({mbus_ack(), answer(mbus_answer(std::string(energy_record) + " 1F")),
                   answer(mbus_answer(power_record)), answer(mbus_answer(energy_record))});
    CHECK(headers(master.read()) == Strings{"0C 04", "0C 2A"});
    CHECK(headers(master.read()) == Strings{"0C 04"}); // the next readout needs no SND_NKE
    CHECK(written(master) == Strings{nke, req_fcb, req, req_fcb});
}

TEST_CASE("M-Bus: a lost or damaged answer is asked for again with the same frame count bit") {
    const std::string good = mbus_answer(energy_record);
    std::string damaged = good;
    damaged[30] = damaged[30] == '0' ? '1' : '0';
    const std::string cut = good.substr(0, 30);
    for (const Reaction& first : {nothing(), answer(damaged), answer(cut)}) {
        Master master({mbus_ack(), first, answer(good)});
        CHECK(headers(master.read()) == Strings{"0C 04"});
        CHECK(written(master) == Strings{nke, req_fcb, req_fcb});
        CHECK(master.client.statistics().retries == 1);
    }
}

TEST_CASE("M-Bus: an answer that comes octet by octet is the same answer") {
    Reaction slow;
    for (const std::uint8_t octet : hex(mbus_answer(energy_record))) {
        slow.push_back({60ms + slow.size() * 5ms, Bytes(1, octet), {}});
    }
    Master master({mbus_ack(), slow});
    CHECK(headers(master.read()) == Strings{"0C 04"});
}

TEST_CASE("M-Bus: silence is a time-out that says what was sent, how long was waited and what to check") {
    Master master({});
    const auto readout = master.read();
    REQUIRE_FALSE(readout.has_value());
    const Error& error = readout.error();
    CHECK(error.category == Category::timeout);
    CHECK(master.line.written.size() == 4); // SND_NKE once, the request three times
    // 330 bit times at 2400 baud, 50 ms, and what adapters add.
    for (const char* text : {req_fcb, "sent 3 times", "--address: 1", "2400 8E1", "--secondary", "level converter"}) {
        CHECK_MESSAGE(mentions(error, text), text);
    }
    CHECK(master.line.loop().now() >= transports::TimePoint(4 * 187ms));
    CHECK(master.line.loop().now() <= transports::TimePoint(4 * 260ms));
}

TEST_CASE("M-Bus: frames of other slaves, another master's and noise are dropped, and waiting goes on") {
    Reaction mixed = answer("FF", 5ms);
    mixed.push_back(answer(mbus_answer(power_record, "02"), 10ms).front());
    mixed.push_back(answer("10 7B 09 84 16", 90ms).front());
    mixed.push_back(answer(mbus_answer(energy_record), 150ms).front());
    mixed.erase(mixed.begin()); // noise ends the wait soon, so it stands alone below
    Master master({mbus_ack(), mixed});
    CHECK(headers(master.read()) == Strings{"0C 04"});
    CHECK(master.client.statistics().dropped_foreign == 2);
    Reaction noisy = answer("00 FF", 15ms);
    noisy.push_back(answer(mbus_answer(energy_record), 30ms).front());
    Master other({mbus_ack(), noisy});
    CHECK(headers(other.read()) == Strings{"0C 04"});
    CHECK(other.line.written.size() == 2);
}

TEST_CASE("M-Bus: a converter that hears itself is noticed, and no echo is taken for an answer") {
    Reaction acked = answer(nke, 1ms);
    acked.push_back(answer("E5", 30ms).front());
    Reaction answered = answer(req_fcb, 1ms);
    answered.push_back(answer(mbus_answer(energy_record), 60ms).front());
    Master master({acked, answered});
    CHECK(headers(master.read()) == Strings{"0C 04"});
    CHECK(master.client.statistics().echoes == 2);
    const Reaction echo_alone = answer(nke, 1ms), request_alone = answer(req_fcb, 1ms);
    Master silent({echo_alone, request_alone, request_alone, request_alone});
    const auto readout = silent.read();
    REQUIRE_FALSE(readout.has_value());
    CHECK(readout.error().code == "mbus.echo");
}

TEST_CASE("M-Bus: two meters at one address are said to be there") {
    // Two aligned answers, combined by AND: the identification numbers differ, and so does the checksum.
    Bytes both = hex(mbus_answer(energy_record, "01", "78 56 34 12"));
    const Bytes second = hex(mbus_answer(energy_record, "01", "79 56 34 21"));
    for (std::size_t i = 0; i < both.size(); ++i) { both[i] &= second[i]; }
    const Reaction collision = answer(to_hex(both), 60ms);
    Master master({mbus_ack(), collision, collision, collision});
    const auto readout = master.read();
    REQUIRE_FALSE(readout.has_value());
    CHECK(readout.error().category == Category::untrusted);
    CHECK(readout.error().code == "mbus.collision");
    CHECK(mentions(readout.error(), "two meters at one address"));
    CHECK(mentions(readout.error(), "scan --secondary"));
}

TEST_CASE("M-Bus: several meters that answer at 254 are told apart from a bad line") {
    const Reaction noise = answer("68 10 10 68 08 01 72 00 00 11 00 00 00", 60ms);
    Master master({mbus_ack(), noise, noise, noise}, "254");
    const auto readout = master.read();
    REQUIRE_FALSE(readout.has_value());
    CHECK(mentions(readout.error(), "several meters answered at once"));
}

TEST_CASE("M-Bus: octets with parity errors point to the baud rate") {
    Coming garbled;
    garbled.after = 60ms;
    garbled.octets = hex("80 F8 00 F8");
    for (std::size_t i = 0; i < 4; ++i) {
        garbled.faults.push_back({i, transports::LineFault::Kind::parity_or_framing});
    }
    const Reaction noise(1, garbled);
    Master master({noise, noise, noise, noise});
    const auto readout = master.read();
    REQUIRE_FALSE(readout.has_value());
    CHECK(readout.error().code == "mbus.baud");
}

TEST_CASE("M-Bus: a late ack is never taken for the ack of another command") {
    // The application reset is acked after the master gave up; the next command is not acked at all.
    Master master({answer("E5", 900ms), nothing(), answer(mbus_answer(energy_record))}, "1", 0);
    const auto reset = master.run(master.station.send(codecs::mbus::reset_application()));
    CHECK_FALSE(reset.has_value());
    const auto global = master.run(master.station.send(codecs::mbus::global_readout()));
    CHECK_FALSE(global.has_value());
    CHECK(master.client.statistics().dropped_late == 1);
}

TEST_CASE("M-Bus: a telegram that comes late is not taken for the next one") {
    const std::string first = mbus_answer(std::string(energy_record) + " 1F"), second = mbus_answer(power_record);
    Master master({mbus_ack(), answer(first, 400ms), answer(first, 60ms), answer(second, 60ms)});
    CHECK(headers(master.read()) == Strings{"0C 04", "0C 2A"});
}

TEST_CASE("M-Bus: a telegram twice over is asked for anew, and a slave that does not count frames ends the readout") {
    const std::string first = mbus_answer(std::string(energy_record) + " 1F"), second = mbus_answer(power_record);
    Master master({mbus_ack(), answer(first), answer(first), answer(second)});
    CHECK(headers(master.read()) == Strings{"0C 04", "0C 2A"});
    CHECK(written(master) == Strings{nke, req_fcb, req, req});
    Master stubborn({mbus_ack(), answer(first), answer(first), answer(first)});
    CHECK(headers(stubborn.read()) == Strings{"0C 04"});
}

TEST_CASE("M-Bus: E5 where data were asked for is no data") {
    Master master({mbus_ack(), mbus_ack(), mbus_ack(), mbus_ack()});
    const auto readout = master.read();
    REQUIRE_FALSE(readout.has_value());
    CHECK(mentions(readout.error(), "E5 instead of data"));
}

TEST_CASE("M-Bus: a slave is selected by its secondary address and asked at 253; another's answer is not its own") {
    const std::string own = mbus_answer(energy_record, "05"), other = mbus_answer(power_record, "06", "79 56 34 12");
    Reaction both = answer(other, 20ms);
    both.push_back(answer(own, 150ms).front());
    Master master({mbus_ack(), both}, "1234567F");
    CHECK(headers(master.read()).size() == 1);
    Master definite({mbus_ack(), both}, "12345678-INM");
    const auto readout = definite.read();
    CHECK(headers(readout) == Strings{"0C 04"});
    CHECK(readout->primary == 5);
    CHECK(written(definite) == Strings{"68 0B 0B 68 53 FD 52 78 56 34 12 CD 25 FF FF A6 16", "10 7B FD 78 16"});
}

TEST_CASE("M-Bus: a selection that nobody takes is a time-out") {
    Master master({}, "12345678");
    const auto readout = master.read();
    REQUIRE_FALSE(readout.has_value());
    CHECK(readout.error().category == Category::timeout);
    CHECK(master.line.written.size() == 3);
}

TEST_CASE("M-Bus: an application error is the meter's refusal, in its own words") {
    Master master({mbus_ack(), answer(mbus_frame("08 01 70 08"))});
    const auto readout = master.read();
    REQUIRE_FALSE(readout.has_value());
    CHECK(readout.error().category == Category::refused);
    CHECK(mentions(readout.error(), "busy"));
}

TEST_CASE("M-Bus: the records before a damaged one are kept, and the rest is named with its offset") {
    Master master({mbus_ack(), answer(mbus_answer(std::string(energy_record) + " 0C 2A 50"))});
    const auto readout = master.read();
    CHECK(headers(readout) == Strings{"0C 04"});
    REQUIRE(readout->damages.size() == 1);
    CHECK(mentions(readout->damages.front(), "18")); // behind the header of 12 octets and a record of six
}

TEST_CASE("M-Bus: on a socket, whose rate nothing says, the slowest line is waited for") {
    Master master({mbus_ack(), answer(mbus_answer(energy_record), 1100ms)});
    master.line.settings.reset();
    CHECK(headers(master.read()) == Strings{"0C 04"});
}

TEST_CASE("M-Bus addresses: primary ones, the only slave, and secondary ones with wildcards") {
    for (const char* text : {"0", "7", "250", "253", "254", "255"}) {
        const auto address = parse_address(text);
        REQUIRE(address.has_value());
        CHECK(address->to_string() == text);
        CHECK_FALSE(address->secondary.has_value());
    }
    for (const char* text :
         {"12345678", "1234FFFF", "12345678-INM-01-02", "sec:12345678", "12345678.INM.01.02", "12345678CD250102"}) {
        const auto address = parse_address(text);
        REQUIRE_MESSAGE(address.has_value(), text);
        CHECK(address->primary == 253);
        CHECK(address->secondary.has_value());
    }
    CHECK(parse_address("12345678.INM.01.02")->to_string() == "12345678-INM-01-02");
    for (const char* text : {"", "251", "252", "256", "-1", "1234", "123456789", "1234567G", "12345678-INMX"}) {
        const auto address = parse_address(text);
        REQUIRE_MESSAGE(!address.has_value(), text);
        CHECK(address.error().category == Category::usage);
    }
}

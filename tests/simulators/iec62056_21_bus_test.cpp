// A virtual IEC 62056-21 meter as the standard has it: octets, rates and times, asked octet by octet.
#include "simulators/iec62056_21_bus.hpp"

#include "src/catalogue/catalogue.hpp"
#include "src/core/hex.hpp"

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

using Words = std::map<std::string, std::string>;

/// One PRO380 whose time stands still, and a client's line in front of it.
struct Port {
    explicit Port(const Words& extras = Words(), unsigned rate = 300) {
        Options options;
        options.speed = 0;
        options.bits_per_octet = 10;
        options.extras = extras;
        simulators::Unit unit;
        unit.meter = &meter("pro380-ir");
        auto made = make_iec62056_21_bus(std::span(&unit, 1), options);
        REQUIRE_MESSAGE(made.has_value(), (made ? std::string() : describe(made.error())));
        bus = std::move(*made);
        set_baud(rate);
    }

    void set_baud(unsigned to) {
        baud = to;
        bus->line_changed(to, "7E1");
    }

    void send(std::string_view text) {
        const Bytes octets(text.begin(), text.end());
        bus->receive(octets, now);
        now += std::chrono::nanoseconds(static_cast<std::int64_t>(octets.size()) * 10'000'000'000 / baud);
        sent_at = now;
    }

    /// What comes until `time` from now; `first` and `last` say when, from the end of what was sent.
    std::string hear(TimePoint::duration time) {
        const TimePoint until = now + time;
        std::string heard;
        first = last = TimePoint::duration();
        while (true) {
            const auto due = bus->next_deadline();
            if (!due || *due > until) { break; }
            now = std::max(now, *due);
            for (const Transmission& part : bus->transmit(now)) {
                if (heard.empty()) { first = part.due - sent_at; }
                last = part.due - sent_at;
                heard.append(part.octets.begin(), part.octets.end());
            }
        }
        now = until;
        return heard;
    }

    /// To programming mode at 9600, unlocked where a password is given.
    void open_programming(const std::string& password) {
        send("/?!\r\n");
        hear(1s);
        send("\x06"
             "051\r\n");
        set_baud(9600);
        CHECK(hear(1s) == std::string("\x01P0\x02(12345678)\x03") + bcc("P0\x02(12345678)\x03"));
        if (!password.empty()) { CHECK(command("P1", "(" + password + ")") == "\x06"); }
    }
    std::string command(const std::string& head, const std::string& data) {
        const std::string body = head + "\x02" + data + "\x03";
        send("\x01" + body + bcc(body));
        return hear(2s);
    }

    static std::string bcc(std::string_view body) {
        char sum = 0;
        for (const char c : body) { sum = static_cast<char>(sum ^ c); }
        return std::string(1, sum);
    }
    static std::string data(const std::string& block) { return "\x02" + block + "\x03" + bcc(block + "\x03"); }

    std::unique_ptr<Bus> bus;
    unsigned baud = 0;
    TimePoint now{1h}, sent_at{};
    TimePoint::duration first{}, last{};
};

constexpr std::string_view choice_9600 = "\x06"
                                         "050\r\n";

} // namespace

TEST_CASE("a sign-on is answered 200 ms later, at 300 baud") {
    Port port;
    port.send("/?!\r\n");
    CHECK(port.hear(1500ms) == "/INM5PRO380\r\n");
    const auto character = 10'000'000'000ns / 300;
    CHECK(port.first >= 200ms + character - 1us);
    CHECK(port.first <= 200ms + character + 1us);
    CHECK(port.last - port.first >= 12 * character - 1us);
}

TEST_CASE("the meter is called by its serial number, and by no other address") {
    Port port;
    port.send("/?24110380!\r\n");
    CHECK(port.hear(1s) == "/INM5PRO380\r\n");
    Port other;
    other.send("/?24110381!\r\n");
    CHECK(other.hear(1s).empty());
}

TEST_CASE("a sign-on at another rate is noise") {
    Port port(Words(), 9600);
    port.send("/?!\r\n");
    CHECK(port.hear(5s).empty());
}

TEST_CASE("the readout comes at the rate that was chosen, and its block check is right") {
    Port port;
    port.send("/?!\r\n");
    port.hear(1s);
    port.send(choice_9600);
    port.set_baud(9600);
    const std::string message = port.hear(3s);
    REQUIRE(message.size() > 100);
    CHECK(message.front() == '\x02');
    CHECK(message.substr(message.size() - 5, 4) == "!\r\n\x03");
    CHECK(message.substr(message.size() - 1) == Port::bcc(message.substr(1, message.size() - 2)));
    CHECK(port.first >= 200ms);
    CHECK(port.first <= 205ms);
    const auto line_time = std::chrono::nanoseconds(static_cast<std::int64_t>(message.size()) * 10'000'000'000 / 9600);
    CHECK(port.last >= 200ms + line_time - 1us);
    CHECK(port.last <= 200ms + line_time + 1us);
}

TEST_CASE("who does not follow the switch hears noise") {
    Port port;
    port.send("/?!\r\n");
    port.hear(1s);
    port.send(choice_9600);
    const std::string message = port.hear(3s);
    CHECK(message.size() > 100);
    CHECK(message.find("1.8.0") == std::string::npos);
}

TEST_CASE("without a choice the data comes at the rate of the sign-on, 1.5 to 2.2 s later") {
    Port port;
    port.send("/?!\r\n");
    port.hear(1s);
    const auto identified = port.last;
    const std::string message = port.hear(60s);
    CHECK(message.find("1.8.0(") != std::string::npos);
    const auto character = 10'000'000'000ns / 300;
    CHECK(port.first - character - identified >= 1500ms);
    CHECK(port.first - character - identified <= 2200ms);
}

TEST_CASE("NAK asks for the readout again") {
    Port port;
    port.send("/?!\r\n");
    port.hear(1s);
    port.send(choice_9600);
    port.set_baud(9600);
    std::string message;
    for (int i = 0; i < 100 && message.find('\x03') == std::string::npos; ++i) { message += port.hear(50ms); }
    message += port.hear(50ms);
    port.send("\x15");
    CHECK(port.hear(3s) == message);
    port.set_baud(300);
    port.hear(2s);
    port.send("/?!\r\n");
    CHECK(port.hear(1s) == "/INM5PRO380\r\n");
}

TEST_CASE("programming mode reads, writes with the password alone, and names its errors") {
    Port port;
    port.open_programming("");
    CHECK(port.command("R1", "400D()") == Port::data("400D(1000*imp/kWh)"));
    CHECK(port.command("W1", "400D(100)") == Port::data("(ER04)"));
    CHECK(port.command("P1", "(1234)") == Port::data("(ER01)"));
    CHECK(port.command("P1", "(00000000)") == "\x06");
    CHECK(port.command("W1", "400D(100)") == "\x06");
    CHECK(port.command("R1", "400D()") == Port::data("400D(100*imp/kWh)"));
    CHECK(port.command("W1", "400D(77)") == Port::data("(ER03)"));
    CHECK(port.command("W1", "FFFF(1)") == Port::data("(ER02)"));
    CHECK(port.command("R1", "FFFF()") == Port::data("(ER02)"));
    port.send("\x01"
              "B0\x03q");
    CHECK(port.hear(1s).empty());
    port.set_baud(300);
    port.send("/?!\r\n");
    CHECK(port.hear(1s) == "/INM5PRO380\r\n");
}

TEST_CASE("a third wrong password ends programming mode") {
    Port port;
    port.open_programming("");
    CHECK(port.command("P1", "(1)") == Port::data("(ER01)"));
    CHECK(port.command("P1", "(2)") == Port::data("(ER01)"));
    CHECK(port.command("P1", "(3)") == "\x01"
                                       "B0\x03q");
    CHECK(port.command("R1", "400D()").empty());
}

TEST_CASE("a command with a wrong block check is answered by NAK") {
    Port port;
    port.open_programming("00000000");
    port.send("\x01R1\x02"
              "400D()\x03#");
    CHECK(port.hear(1s) == "\x15");
}

TEST_CASE("programming mode that is left alone ends by itself") {
    Port port;
    port.open_programming("00000000");
    port.hear(120s);
    port.set_baud(300);
    port.send("/?!\r\n");
    CHECK(port.hear(1s) == "/INM5PRO380\r\n");
}

TEST_CASE("the other modes identify themselves as what they are") {
    struct Row {
        std::string mode, identification;
    };
    for (const Row& row : {Row{"a", "/INM PRO380\r\n"}, Row{"b", "/INMEPRO380\r\n"}, Row{"c", "/INM5PRO380\r\n"},
                           Row{"e", "/INM5\\2PRO380\r\n"}}) {
        Port port(Words{{"mode", row.mode}});
        port.send("/?!\r\n");
        CHECK(port.hear(800ms).starts_with(row.identification));
    }
}

TEST_CASE("a meter of mode D sends by itself, and answers nothing") {
    Port port(Words{{"mode", "d"}}, 2400);
    const std::string telegram = port.hear(6s);
    CHECK(telegram.starts_with("/INM3PRO380\r\n\r\nF.F("));
    CHECK(telegram.ends_with("!\r\n"));
    port.send("/?!\r\n");
    CHECK(port.hear(1s).empty());
}

TEST_CASE("mode E confirms the choice at the new rate") {
    Port port(Words{{"mode", "e"}});
    port.send("/?!\r\n");
    port.hear(1s);
    port.send("\x06"
              "252\r\n");
    port.set_baud(9600);
    CHECK(port.hear(1s) == "\x06"
                           "252\r\n");
}

TEST_CASE("a word that no meter knows is refused") {
    for (const Words& extras : {Words{{"mode", "x"}}, Words{{"misbehave", "now and then"}}, Words{{"wakeup", "2"}}}) {
        Options options;
        options.extras = extras;
        simulators::Unit unit;
        unit.meter = &meter("pro380-ir");
        const auto made = make_iec62056_21_bus(std::span(&unit, 1), options);
        REQUIRE_FALSE(made.has_value());
        CHECK(made.error().category == Category::usage);
    }
}

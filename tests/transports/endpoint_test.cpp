#include "transports/endpoint.hpp"
#include "transports/options.hpp"

#include <doctest/doctest.h>
#include <string>
#include <vector>

using namespace meterctl;
using namespace meterctl::transports;

namespace {

struct Good {
    const char* text;
    Scheme scheme;
    const char* host;
    std::uint16_t port;
    const char* path;
    std::vector<std::pair<std::string, std::string>> query;
};

struct Bad {
    const char* text;
    const char* what; ///< names the part that is wrong
    const char* hint; ///< the first one; nullptr: none asked for
};

} // namespace

TEST_CASE("an endpoint is taken apart") {
    const std::vector<Good> cases{
        {"/dev/ttyUSB0", Scheme::serial, "", 0, "/dev/ttyUSB0", {}},
        {"./meter0", Scheme::serial, "", 0, "./meter0", {}},
        {"serial:/dev/ttyS1", Scheme::serial, "", 0, "/dev/ttyS1", {}},
        {"serial:///dev/ttyUSB0?baud=76800&frame=7e1",
         Scheme::serial,
         "",
         0,
         "/dev/ttyUSB0",
         {{"baud", "76800"}, {"frame", "7e1"}}},
        {"/dev/ttyUSB0?rs485=1&echo=1", Scheme::serial, "", 0, "/dev/ttyUSB0", {{"rs485", "1"}, {"echo", "1"}}},
        {"serial:///dev/serial/by-id/usb%20a", Scheme::serial, "", 0, "/dev/serial/by-id/usb a", {}},
        {"tcp://10.0.0.5:4059", Scheme::tcp, "10.0.0.5", 4059, "", {}},
        {"TCP://gateway:502/", Scheme::tcp, "gateway", 502, "", {}},
        {"tcp://[::1]:502?framing=rtu", Scheme::tcp, "::1", 502, "", {{"framing", "rtu"}}},
        {"udp://10.0.0.5:47808", Scheme::udp, "10.0.0.5", 47808, "", {}},
        {"rfc2217://gateway:2217?baud=300&frame=7E1",
         Scheme::rfc2217,
         "gateway",
         2217,
         "",
         {{"baud", "300"}, {"frame", "7E1"}}},
        {"tcp-listen://0.0.0.0:4059", Scheme::tcp_listen, "0.0.0.0", 4059, "", {}},
        {"tcp-listen://:4059", Scheme::tcp_listen, "", 4059, "", {}},
        {"udp-listen://[::]:47808", Scheme::udp_listen, "::", 47808, "", {}},
        {"sim:", Scheme::sim, "", 0, "", {}},
        {"sim://", Scheme::sim, "", 0, "", {}},
        {"sim://?speed=0", Scheme::sim, "", 0, "", {{"speed", "0"}}},
        {"sim://dtsd545?seed=7&drop=0.05&latency=20ms&unit=1:a&unit=2:b",
         Scheme::sim,
         "dtsd545",
         0,
         "",
         {{"seed", "7"}, {"drop", "0.05"}, {"latency", "20ms"}, {"unit", "1:a"}, {"unit", "2:b"}}},
        {"pty:/tmp/meter0", Scheme::pty, "", 0, "/tmp/meter0", {}},
        {"ir:///dev/ttyUSB0", Scheme::ir, "", 0, "/dev/ttyUSB0", {}},
        {"ir:/dev/ttyUSB0?rts=0&dtr=1&settle=1s&softparity=1",
         Scheme::ir,
         "",
         0,
         "/dev/ttyUSB0",
         {{"rts", "0"}, {"dtr", "1"}, {"settle", "1s"}, {"softparity", "1"}}},
        {"ir+rfc2217://gateway:2217?echo=0", Scheme::ir_rfc2217, "gateway", 2217, "", {{"echo", "0"}}},
        {"IR+TCP://[::1]:8888", Scheme::ir_tcp, "::1", 8888, "", {}},
        {"line:///dev/ttyS0?signal=cts&active=low&poll=500us",
         Scheme::line,
         "",
         0,
         "/dev/ttyS0",
         {{"signal", "cts"}, {"active", "low"}, {"poll", "500us"}}},
        {"rx:///dev/ttyUSB0?baud=300", Scheme::rx, "", 0, "/dev/ttyUSB0", {{"baud", "300"}}},
        {"gpio:///dev/gpiochip0/17?bias=pull-up", Scheme::gpio, "", 0, "/dev/gpiochip0/17", {{"bias", "pull-up"}}},
        {"edges:pulses.csv?channel=D0&rate=1e6",
         Scheme::edges,
         "",
         0,
         "pulses.csv",
         {{"channel", "D0"}, {"rate", "1e6"}}},
        {"edges:-", Scheme::edges, "", 0, "-", {}},
        {"pty:", Scheme::pty, "", 0, "", {}},
    };
    for (const auto& row : cases) {
        CAPTURE(row.text);
        const auto endpoint = parse_endpoint(row.text);
        REQUIRE(endpoint.has_value());
        CHECK(endpoint->scheme == row.scheme);
        CHECK(endpoint->host == row.host);
        CHECK(endpoint->port == row.port);
        CHECK(endpoint->path == row.path);
        CHECK(endpoint->query == row.query);
        CHECK(endpoint->text == row.text);
    }
}

TEST_CASE("every endpoint behind which a DLMS meter may stand takes what its association is opened with") {
    const std::vector<std::string> places{"/dev/ttyUSB0",       "ir:///dev/ttyUSB0",   "ir+tcp://bridge:8888",
                                          "ir+rfc2217://gw:22", "tcp://10.0.0.5:4059", "udp://10.0.0.5:4059",
                                          "rfc2217://gw:2217",  "sim://dtsd545"};
    const std::vector<std::string> settings{
        "client=1",      "server=1",     "physical=17",       "address_size=4",         "window=7",
        "pdu=65535",     "suite=0",      "names=short",       "authentication=lls",     "max_info=1024",
        "security=both", "challenge=16", "ciphering=general", "counter=0-0:43.1.2.255", "ask_counter=yes"};
    for (const std::string& place : places) {
        for (const std::string& setting : settings) {
            CAPTURE(place);
            CAPTURE(setting);
            const auto endpoint = parse_endpoint(place + "?" + setting);
            REQUIRE(endpoint);
            const auto equals = setting.find('=');
            CHECK(endpoint->option(setting.substr(0, equals)) == setting.substr(equals + 1));
        }
    }
    CHECK_FALSE(parse_endpoint("tcp://10.0.0.5:4059?window=many"));
}

TEST_CASE("a wrong endpoint is told which part of it is wrong") {
    const std::vector<Bad> cases{
        {"", "the endpoint is empty", "/dev/ttyUSB0"},
        {"tpc://10.0.0.5:502", "'tpc' is no known scheme", "tcp:"},
        {"serail:///dev/ttyUSB0", "'serail' is no known scheme", "serial:"},
        {"10.0.0.5:502", "the scheme is missing", "tcp://10.0.0.5:502"},
        {"gateway:502", "the scheme is missing", "tcp://gateway:502"},
        {"ttyUSB0", "the scheme is missing", "/dev/ttyUSB0"},
        {"tcp:10.0.0.5:502", "'//' is missing after 'tcp:'", nullptr},
        {"tcp://10.0.0.5", "the port is missing", "tcp://10.0.0.5:PORT"},
        {"tcp://10.0.0.5:", "the port is missing", nullptr},
        {"tcp://[::1]", "the port is missing", "tcp://[::1]:PORT"},
        {"tcp://:502", "the host is missing", nullptr},
        {"tcp://10.0.0.5:65536", "port '65536' is no number from 1 to 65535", nullptr},
        {"tcp://10.0.0.5:5o2", "port '5o2' is no number from 1 to 65535", nullptr},
        {"tcp://10.0.0.5:502/unit1", "tcp takes no path, but '/unit1' follows the port", nullptr},
        {"tcp://me@10.0.0.5:502", "the host takes no user name", nullptr},
        {"tcp://[::1:502", "the host lacks its ']'", nullptr},
        {"tcp://::1:502", "an IPv6 host stands in brackets", nullptr},
        {"tcp://10.0.0.5:502#x", "an endpoint takes no '#'", "write # as %23"},
        {"tcp://10.0.0.5:502?baud=9600", "tcp takes no 'baud' in its query", nullptr},
        {"/dev/ttyUSB0?buad=9600", "serial takes no 'buad' in its query", "baud"},
        {"/dev/ttyUSB0?baud=fast", "baud: 'fast' is no baud rate", nullptr},
        {"/dev/ttyUSB0?baud=0", "baud: '0' is no baud rate", nullptr},
        {"/dev/ttyUSB0?baud", "query key 'baud' has no value", "baud=..."},
        {"/dev/ttyUSB0?baud=300&baud=600", "query key 'baud' stands twice", nullptr},
        {"/dev/ttyUSB0?frame=9N1", "frame: '9N1' is no frame: 9 data bits, not 7 or 8", nullptr},
        {"/dev/ttyUSB0?frame=8X1", "frame: '8X1' is no frame: parity X is none of N, E, O, M, S", nullptr},
        {"/dev/ttyUSB0?frame=8N3", "frame: '8N3' is no frame: 3 stop bits, not 1 or 2", nullptr},
        {"/dev/ttyUSB0?frame=8N", "frame: '8N' is no frame: it takes three characters", nullptr},
        {"/dev/ttyUSB0?echo=maybe", "echo: 'maybe' is neither 1 nor 0", nullptr},
        {"serial:///dev/tty%G0", "the path has a '%' without two hex digits", "write % as %25"},
        {"serial://ttyUSB0", "'ttyUSB0' stands where a host would", "serial:///ttyUSB0"},
        {"serial:", "the path is missing", nullptr},
        {"sim://?drop=2", "drop: '2' is no share from 0 to 1", nullptr},
        {"sim://?latency=20parsec", "latency: '20parsec' is no duration", nullptr},
        {"sim://?sed=7", "sim takes no 'sed' in its query", "seed"},
        {"sim://a/b", "'a/b' is no model name", nullptr},
        {"ir:", "the path is missing", "ir:///dev/ttyUSB0"},
        {"ir+tcp://bridge", "the port is missing", "ir+tcp://bridge:PORT"},
        {"ir+tcp://bridge:8888?rts=1", "ir+tcp takes no 'rts' in its query", nullptr},
        {"ir+udp://bridge:8888", "'ir+udp' is no known scheme", nullptr},
        {"line:///dev/ttyS0?signal=rts", "signal: 'rts' is none of dcd, cts, dsr, ri", nullptr},
        {"gpio:///dev/gpiochip0", "the number of the line is missing behind the chip", nullptr},
        {"gpio:///dev/gpiochip0/17?bias=up", "bias: 'up' is none of as-is, disabled, pull-up, pull-down", nullptr},
        {"edges:", "the path is missing", "edges:pulses.csv"},
        {"edges:a.csv?active=yes", "active: 'yes' is none of high, low", nullptr},
    };
    for (const auto& row : cases) {
        CAPTURE(row.text);
        const auto endpoint = parse_endpoint(row.text);
        REQUIRE_FALSE(endpoint.has_value());
        CHECK(endpoint.error().category == Category::usage);
        CHECK(endpoint.error().what == row.what);
        if (row.hint != nullptr) {
            REQUIRE_FALSE(endpoint.error().hints.empty());
            CHECK(endpoint.error().hints.front() == row.hint);
        }
    }
}

TEST_CASE("each scheme names its query keys") {
    for (const auto scheme : {Scheme::serial, Scheme::ir, Scheme::ir_rfc2217, Scheme::ir_tcp, Scheme::tcp, Scheme::udp,
                              Scheme::rfc2217, Scheme::tcp_listen, Scheme::udp_listen, Scheme::sim, Scheme::pty,
                              Scheme::line, Scheme::rx, Scheme::gpio, Scheme::edges}) {
        CAPTURE(scheme_name(scheme));
        CHECK_FALSE(query_keys(scheme).empty());
    }
}

TEST_CASE("durations are written with their unit") {
    using namespace std::chrono_literals;
    CHECK(parse_duration("20ms") == Duration(20ms));
    CHECK(parse_duration("1.5s") == Duration(1500ms));
    CHECK(parse_duration("250us") == Duration(250us));
    CHECK(parse_duration("2min") == Duration(2min));
    CHECK(parse_duration("3") == Duration(3s));
    for (const char* wrong : {"", "ms", "-1s", "1 s", "nan", "inf", "1e99h", "5kg"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_duration(wrong).has_value());
    }
}

TEST_CASE("a frame counts its bits and reads back") {
    struct Row {
        const char* text;
        unsigned bits;
    };
    for (const Row& row : {Row{"8N1", 10}, Row{"8E1", 11}, Row{"7E1", 10}, Row{"8N2", 11}, Row{"7M2", 11},
                           Row{"8S1", 11}, Row{"8O2", 12}}) {
        CAPTURE(row.text);
        const auto settings = parse_frame(row.text, 300);
        REQUIRE(settings.has_value());
        CHECK(settings->baud == 300);
        CHECK(settings->bits_per_octet() == row.bits);
        CHECK(settings->frame() == row.text);
    }
}

TEST_CASE("what the endpoint says of the line overrides the default, key by key") {
    const LineSettings fallback{19200, 8, Parity::even, 1};
    CHECK(line_settings(*parse_endpoint("/dev/ttyS0"), fallback) == fallback);
    CHECK(line_settings(*parse_endpoint("/dev/ttyS0?baud=300"), fallback) == LineSettings{300, 8, Parity::even, 1});
    CHECK(line_settings(*parse_endpoint("/dev/ttyS0?frame=7N2"), fallback) == LineSettings{19200, 7, Parity::none, 2});
}

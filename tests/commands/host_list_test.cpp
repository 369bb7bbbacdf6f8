#include "commands/host_list.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

using namespace meterctl;
using commands::hosts_in;

namespace {

std::string shown(std::string_view text) {
    const auto endpoints = hosts_in(text);
    return endpoints ? fmt::format("{}", fmt::join(*endpoints, " ")) : endpoints.error().what;
}

} // namespace

TEST_CASE("a list, a range or a network of hosts stands for as many endpoints") {
    struct Row {
        const char *text, *expected;
    };
    constexpr Row rows[] = {
        {"tcp://10.0.0.1,10.0.0.7:4059", "tcp://10.0.0.1:4059 tcp://10.0.0.7:4059"},
        {"tcp://10.0.0.8-10:502?framing=rtu",
         "tcp://10.0.0.8:502?framing=rtu tcp://10.0.0.9:502?framing=rtu tcp://10.0.0.10:502?framing=rtu"},
        {"udp://192.168.1.77/30:4059", "udp://192.168.1.77:4059 udp://192.168.1.78:4059"},
        {"tcp://192.168.1.6/31:4059", "tcp://192.168.1.6:4059 tcp://192.168.1.7:4059"},
        {"tcp://192.168.1.6/32:4059", "tcp://192.168.1.6:4059"},
        {"tcp://meter-1.local, 10.0.0.255-255:4059", "tcp://meter-1.local:4059 tcp://10.0.0.255:4059"},
        // What is no list stays as it is, with what is wrong about it.
        {"tcp://meter-1.local:4059", "tcp://meter-1.local:4059"},
        {"tcp://[fe80::1]:4059", "tcp://[fe80::1]:4059"},
        {"/dev/ttyUSB0", "/dev/ttyUSB0"},
        {"sim://bus?unit=1:dtsd545,2", "sim://bus?unit=1:dtsd545,2"},
        {"tcp://10.0.0.1", "tcp://10.0.0.1"},
        {"tcp://10.0.0.9-8:502", "'10.0.0.9-8' is no range of the last octet"},
        {"tcp://10.0.0.9-256:502", "'10.0.0.9-256' is no range of the last octet"},
        {"tcp://10.0.0.0/33:502", "'10.0.0.0/33' is no network"},
        {"tcp://10.0.0/24:502", "'10.0.0/24' is no network"},
        {"tcp://10.0.0.0/8:502", "'10.0.0.0/8' has more than 65536 hosts"},
        {"tcp://10.0.0.1,:502", "a host is missing"},
    };
    for (const Row& row : rows) { CHECK_MESSAGE(shown(row.text) == row.expected, row.text); }
}

TEST_CASE("a network is as large as its mask") {
    CHECK(hosts_in("tcp://10.1.2.3/24:502")->size() == 254);
    CHECK(hosts_in("tcp://10.1.2.3/24:502")->front() == "tcp://10.1.2.1:502");
    CHECK(hosts_in("tcp://10.1.2.3/16:502")->size() == 65534);
    CHECK(exit_code(hosts_in("tcp://10.0.0.0/8:502").error().category) == 2);
}

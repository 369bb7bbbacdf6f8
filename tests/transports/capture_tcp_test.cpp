// Reassembly of TCP: what is sent is what comes out, once and in order, and what the capture lacks is said.
#include "tests/transports/capture_builder.hpp"
#include "tests/transports/capture_collect.hpp"

#include <doctest/doctest.h>

using namespace capture_builder;
using capture_collect::collect;
using meterctl::codecs::Direction;

namespace {

/// A segment of the client 10.0.0.1:40000 to the server 10.0.0.2:502, or back.
Octets client(std::uint32_t sequence, std::string_view payload, TcpFlags flags = {}, std::uint32_t ack = 0) {
    return ethernet(0x0800, ipv4(1, 2, 6, tcp(40000, 502, sequence, ack, octets(payload), flags)));
}
Octets server(std::uint32_t sequence, std::string_view payload, std::uint32_t ack, TcpFlags flags = {}) {
    return ethernet(0x0800, ipv4(2, 1, 6, tcp(502, 40000, sequence, ack, octets(payload), flags)));
}

constexpr TcpFlags syn{.syn = true, .ack = false};

struct Case {
    const char* name;
    std::vector<Octets> packets;
    std::string requests, responses;
};

const std::vector<Case>& cases() {
    static const std::vector<Case> all{
        {"a connection from its opening",
         {client(99, "", syn), server(499, "", 100, {.syn = true}), client(100, "ab"), server(500, "xyz", 102),
          client(102, "cd", {}, 503)},
         "abcd",
         "xyz"},
        {"a connection seen from its middle", {client(100, "ab"), server(500, "x", 102)}, "ab", "x"},
        {"segments out of order", {client(100, "ab"), client(104, "ef"), client(102, "cd")}, "abcdef", ""},
        {"three segments in reverse",
         {client(99, "", syn), client(104, "ef"), client(102, "cd"), client(100, "ab")},
         "abcdef",
         ""},
        {"a retransmission", {client(100, "ab"), client(100, "ab"), client(102, "cd")}, "abcd", ""},
        {"a retransmission that goes on", {client(100, "ab"), client(100, "abcd")}, "abcd", ""},
        {"a retransmission over an early segment",
         {client(100, "ab"), client(104, "ef"), client(102, "cdefgh")},
         "abcdefgh",
         ""},
        {"a keep-alive octet", {client(100, "ab"), client(101, "b"), client(102, "cd")}, "abcd", ""},
        {"sequence numbers that wrap", {client(0xfffffffe, "ab"), client(2, "ef"), client(0, "cd")}, "abcdef", ""},
        {"a gap that the server acknowledged",
         {client(100, "ab"), client(104, "ef"), server(500, "x", 106)},
         "ab|ef",
         "x"},
        {"a gap at the end of the capture", {client(100, "ab"), client(104, "ef")}, "ab|ef", ""},
        {"sequence numbers far away",
         {client(100, "ab"), client(0x40000000, "ef"), client(0x40000002, "gh")},
         "ab|efgh",
         ""},
        {"ports used anew", {client(100, "ab"), client(7000, "", syn), client(7001, "cd")}, "ab|cd", ""},
    };
    return all;
}

} // namespace

TEST_CASE("TCP streams come out in order and once") {
    for (const Case& item : cases()) {
        CAPTURE(item.name);
        const auto collected = collect(pcap(item.packets));
        CHECK_FALSE(collected.report.error);
        CHECK(collected.text(Direction::request) == item.requests);
        CHECK(collected.text(Direction::response) == item.responses);
        CHECK(collected.closed == std::vector<std::string>{"tcp 10.0.0.1:40000 > 10.0.0.2:502"});
    }
}

TEST_CASE("a request held back is given before the answer that acknowledges it") {
    const auto collected = collect(pcap({client(100, "ab"), client(104, "ef"), server(500, "x", 106)}));
    REQUIRE(collected.chunks.size() == 3);
    CHECK(collected.chunks[1].text() == "ef");
    CHECK(collected.chunks[1].frame == 2);
    CHECK(collected.chunks[2].text() == "x");
}

TEST_CASE("a gap is given up two seconds later, without acknowledgments") {
    std::vector<Octets> packets{client(100, "ab"), client(104, "ef")};
    for (std::uint32_t i = 0; i < 3; ++i) { packets.push_back(client(106 + i, "g")); }
    const auto collected = collect(pcap(packets));
    CHECK(collected.text(Direction::request) == "ab|efggg");
    CHECK(collected.report.gaps == 1);
    CHECK(collected.report.lost_octets == 2);
}

TEST_CASE("octets that the capture cut off are a gap") {
    const PcapFormat format;
    Octets cut = client(100, "abcdef");
    const std::size_t whole = cut.size();
    cut.erase(cut.end() - 4, cut.end());
    const auto collected = collect(pcap_header(format) + pcap_packet(format, 1, 0, cut, whole) +
                                   pcap_packet(format, 2, 0, client(106, "gh")));
    CHECK(collected.text(Direction::request) == "ab|gh");
    CHECK(collected.report.lost_octets == 4);
}

TEST_CASE("a connection that ended and comes again is another stream") {
    const auto collected = collect(pcap({client(100, "ab", {.fin = true}), server(500, "x", 103, {.fin = true}),
                                         client(103, "", {}, 502), client(9000, "cd")}));
    CHECK(collected.report.streams == 2);
    REQUIRE(collected.chunks.size() == 3);
    CHECK(collected.chunks[0].description.id == 1);
    CHECK(collected.chunks[2].description.id == 2);
    CHECK_FALSE(collected.chunks[2].gap);
}

TEST_CASE("the server is known by its port, else by the opening, else by the lower port") {
    const auto to = [](std::uint16_t from_port, std::uint16_t to_port, TcpFlags flags) {
        return pcap({ethernet(0x0800, ipv4(1, 2, 6, tcp(from_port, to_port, 1, 0, octets("a"), flags)))});
    };
    CHECK(collect(to(502, 300, {})).chunks.at(0).info.direction == Direction::response);
    CHECK(collect(to(300, 4059, syn)).chunks.at(0).info.direction == Direction::request);
    CHECK(collect(to(4059, 300, {.syn = true})).chunks.at(0).info.direction == Direction::response);
    CHECK(collect(to(4059, 40000, {})).chunks.at(0).info.direction == Direction::response);
    CHECK(collect(to(40000, 4059, {})).chunks.at(0).info.direction == Direction::request);
}

TEST_CASE("a thousand streams at once are held, the longest unused one closed for the next") {
    std::vector<Octets> packets;
    for (std::uint16_t i = 0; i < 1100; ++i) {
        packets.push_back(
            ethernet(0x0800, ipv4(1, 2, 6, tcp(static_cast<std::uint16_t>(20000 + i), 502, 1, 0, octets("a")))));
    }
    const auto collected = collect(pcap(packets));
    CHECK(collected.report.streams == 1100);
    CHECK(collected.closed.size() == 1100);
    CHECK(collected.closed.front() == "tcp 10.0.0.1:20000 > 10.0.0.2:502");
}

TEST_CASE("what all streams hold back together is bounded") {
    const std::string large(30'000, 'x');
    std::vector<Octets> packets;
    for (std::uint16_t i = 0; i < 500; ++i) {
        const auto port = static_cast<std::uint16_t>(20000 + i);
        packets.push_back(ethernet(0x0800, ipv4(1, 2, 6, tcp(port, 502, 1, 0, octets("a")))));
        packets.push_back(ethernet(0x0800, ipv4(1, 2, 6, tcp(port, 502, 3, 0, octets(large)))));
    }
    const auto collected = collect(pcap(packets));
    REQUIRE(collected.chunks.size() == 1000);
    std::size_t held = 0; // until the end: their own stream's first octet is not just before them
    for (std::size_t i = 1; i < collected.chunks.size(); ++i) {
        const bool early = collected.chunks[i].frame % 2 == 0;
        const bool at_once = collected.chunks[i - 1].frame + 1 == collected.chunks[i].frame;
        if (early && !at_once) { held += collected.chunks[i].octets.size(); }
    }
    CHECK(held > 1'000'000);
    CHECK(held <= (4U << 20U));
    CHECK(collected.report.gaps == 500);
}

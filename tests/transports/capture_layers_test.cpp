// Link layers, IP and serial link types: what is unwrapped, what is passed over and counted.
#include "tests/transports/capture_builder.hpp"
#include "tests/transports/capture_collect.hpp"

#include <doctest/doctest.h>

using namespace capture_builder;
using capture_collect::collect;
using meterctl::codecs::Direction;
using meterctl::transports::LineFault;
using meterctl::transports::StreamKind;

namespace {

const Octets udp4 = ipv4(1, 2, 17, udp(40000, 502, octets("meter")));
const Octets udp6 = ipv6(1, 2, 17, udp(40000, 502, octets("meter")));

struct Link {
    const char* name;
    std::uint32_t type;
    Octets packet;
    std::string stream;
};

constexpr const char* over_v4 = "udp 10.0.0.1:40000 > 10.0.0.2:502";
constexpr const char* over_v6 = "udp [fe80::1]:40000 > [fe80::2]:502";

const std::vector<Link>& links() {
    static const std::vector<Link> all{
        {"Ethernet", 1, ethernet(0x0800, udp4), over_v4},
        {"Ethernet with padding", 1, ethernet(0x0800, udp4) + Octets(13, 0xee), over_v4},
        {"Ethernet, IPv6", 1, ethernet(0x86dd, udp6), over_v6},
        {"VLAN tag", 1, ethernet(0x8100, be(7, 2) + be(0x0800, 2) + udp4), over_v4},
        {"802.1ad, two tags", 1, ethernet(0x88a8, be(7, 2) + be(0x8100, 2) + be(8, 2) + be(0x86dd, 2) + udp6), over_v6},
        {"BSD loopback, little endian", 0, number(2, 4, true) + udp4, over_v4},
        {"BSD loopback, IPv6 of macOS", 0, number(30, 4, true) + udp6, over_v6},
        {"OpenBSD loopback", 108, be(2, 4) + udp4, over_v4},
        {"raw IP", 101, udp4, over_v4},
        {"raw IP of BSD", 12, udp6, over_v6},
        {"Linux cooked", 113, be(0, 14) + be(0x0800, 2) + udp4, over_v4},
        {"Linux cooked with VLAN", 113, be(0, 14) + be(0x8100, 2) + be(7, 2) + be(0x0800, 2) + udp4, over_v4},
        {"Linux cooked 2", 276, be(0x86dd, 2) + be(0, 18) + udp6, over_v6},
        {"IPv6 with a hop-by-hop header", 101, ipv6(1, 2, 17, udp(40000, 502, octets("meter")), true), over_v6},
    };
    return all;
}

struct Passed {
    const char* why;
    std::uint32_t type;
    Octets packet;
};

const std::vector<Passed>& passed_over() {
    static const std::vector<Passed> all{
        {"IP fragments", 101, ipv4(1, 2, 17, udp(40000, 502, octets("meter")), 0x2000)},
        {"IP fragments", 101, ipv4(1, 2, 17, octets("meter"), 0x0010)},
        {"IP fragments", 101, ipv6(1, 2, 44, be(0x11000001, 4) + be(9, 4) + octets("meter"))},
        {"neither TCP nor UDP", 101, ipv4(1, 2, 1, octets("ping"))},
        {"other than IP", 1, ethernet(0x0806, octets("address resolution"))},
        {"damaged or cut IP headers", 1, ethernet(0x0800, be(0x45000014, 4))},
        {"damaged or cut TCP headers", 101, ipv4(1, 2, 6, be(0, 15))},
        {"damaged or cut UDP headers", 101, ipv4(1, 2, 17, be(0, 8))},
        {"cut link-layer headers", 1, octets("short")},
        {"link type 105", 105, octets("wireless")},
    };
    return all;
}

Octets tag(std::uint16_t code, const Octets& value) {
    return be(code, 2) + be(padded(value).size(), 2) + padded(value);
}

/// Ports as Wireshark's export of a TCP stream has them.
Octets ports(std::uint16_t from, std::uint16_t to) {
    return tag(24, be(2, 4)) + tag(25, be(from, 4)) + tag(26, be(to, 4));
}

Octets rtac(std::uint8_t event, const Octets& payload) {
    return be(1700000000, 4) + be(5, 4) + be(event, 1) + be(3, 1) + be(0, 2) + payload;
}

} // namespace

TEST_CASE("datagrams are found under every link layer") {
    for (const Link& link : links()) {
        CAPTURE(link.name);
        const auto collected = collect(pcap({link.packet}, {.link_type = link.type}));
        REQUIRE(collected.chunks.size() == 1);
        CHECK(collected.chunks[0].text() == "meter");
        CHECK(collected.chunks[0].stream == link.stream);
        CHECK(collected.report.notes().empty());
    }
}

TEST_CASE("what is not read is passed over, counted and named") {
    for (const Passed& item : passed_over()) {
        CAPTURE(item.why);
        const auto collected = collect(pcap({item.packet, item.packet}, {.link_type = item.type}));
        CHECK_FALSE(collected.report.error);
        CHECK(collected.chunks.empty());
        CHECK(collected.report.notes() == std::vector<std::string>{std::string("2 packets skipped: ") + item.why});
    }
}

TEST_CASE("link types that are read are not disturbed by those that are not") {
    Pcapng file;
    file.section().interface(105).interface(147);
    file.enhanced(0, 1, octets("wireless")).enhanced(1, 2, octets("meter")).enhanced(0, 3, octets("wireless"));
    const auto collected = collect(file.file);
    REQUIRE(collected.chunks.size() == 1);
    CHECK(collected.chunks[0].text() == "meter");
    CHECK(collected.chunks[0].frame == 2);
    CHECK(collected.report.skipped.at("link type 105") == 2);
}

TEST_CASE("datagrams between equal ports have no direction") {
    const auto collected =
        collect(pcap({ipv4(1, 2, 17, udp(47808, 47808, octets("meter")))}, {.link_type = 101}), {47808});
    REQUIRE(collected.chunks.size() == 1);
    CHECK(collected.chunks[0].info.direction == Direction::unknown);
}

TEST_CASE("upper PDUs name their dissector and tell their direction") {
    struct Row {
        const char* name;
        Octets tags;
        Octets flags;
        Direction direction;
    };
    const Pcapng pcapng;
    const Octets outbound = pcapng.option(2, pcapng.n(2, 4)) + pcapng.n(0, 4);
    const Octets inbound = pcapng.option(2, pcapng.n(1, 4)) + pcapng.n(0, 4);
    const Octets name = tag(12, octets("mbrtu"));
    const Row rows[] = {
        {"nothing", name, {}, Direction::unknown},
        {"packet flags, out", name, outbound, Direction::request},
        {"packet flags, in", name, inbound, Direction::response},
        {"sent", name + tag(35, be(0, 4)), {}, Direction::request},
        {"received", tag(35, be(1, 4)) + name, {}, Direction::response},
        {"to the well-known port, though received", name + ports(40000, 502) + tag(35, be(1, 4)), inbound,
         Direction::request},
        {"from the well-known port, though sent", name + ports(502, 40000) + tag(35, be(0, 4)), outbound,
         Direction::response},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        Pcapng file;
        file.section().interface(252).enhanced(0, 1, row.tags + be(0, 4) + octets("meter"), row.flags);
        const auto collected = collect(file.file);
        REQUIRE(collected.chunks.size() == 1);
        CHECK(collected.chunks[0].description.dissector == "mbrtu");
        CHECK(collected.chunks[0].description.kind == StreamKind::upper_pdu);
        CHECK(collected.chunks[0].text() == "meter");
        CHECK(collected.chunks[0].info.direction == row.direction);
        CHECK(collected.chunks[0].info.datagram);
    }
}

TEST_CASE("upper PDUs of different dissectors and peers are different streams, both directions one") {
    const auto pdu = [](const Octets& tags) { return tag(12, octets("mbtcp")) + tags + be(0, 4) + octets("m"); };
    const auto between = [&](std::uint8_t a, std::uint8_t b, std::uint16_t from, std::uint16_t to) {
        return pdu(tag(20, be(0x0a000000U | a, 4)) + tag(21, be(0x0a000000U | b, 4)) + ports(from, to));
    };
    const auto collected = collect(pcap({between(1, 2, 40000, 502), between(2, 1, 502, 40000),
                                         between(3, 2, 40000, 502), tag(12, octets("bvlc")) + be(0, 4) + octets("m")},
                                        {.link_type = 252}));
    REQUIRE(collected.chunks.size() == 4);
    CHECK(collected.report.streams == 3);
    CHECK(collected.chunks[0].stream == "pdu 10.0.0.1:40000 > 10.0.0.2:502");
    CHECK(collected.chunks[1].stream == collected.chunks[0].stream);
    CHECK(collected.chunks[1].info.direction == Direction::response);
}

TEST_CASE("damaged tags of an upper PDU are passed over and counted") {
    const auto collected = collect(pcap({be(12, 2) + be(500, 2) + octets("mbrtu")}, {.link_type = 252}));
    CHECK(collected.chunks.empty());
    CHECK(collected.report.notes() == std::vector<std::string>{"1 packet skipped: upper PDUs with damaged tags"});
}

TEST_CASE("RTAC serial records tell direction and line faults") {
    struct Row {
        std::uint8_t event;
        Octets payload;
        Direction direction;
        std::optional<LineFault::Kind> fault;
    };
    const Row rows[] = {
        {1, octets("a"), Direction::request, {}},
        {4, octets("b"), Direction::response, {}},
        {7, octets("c"), Direction::response, LineFault::Kind::parity_or_framing},
        {8, {}, Direction::response, LineFault::Kind::parity_or_framing},
        {9, {}, Direction::response, LineFault::Kind::break_condition},
    };
    for (const Row& row : rows) {
        CAPTURE(row.event);
        const auto collected = collect(pcap({rtac(row.event, row.payload)}, {.link_type = 250}));
        REQUIRE(collected.chunks.size() == 1);
        CHECK(collected.chunks[0].octets == row.payload);
        CHECK(collected.chunks[0].info.direction == row.direction);
        CHECK(collected.chunks[0].fault == row.fault);
    }
    const auto status = collect(pcap({rtac(0, {})}, {.link_type = 250}));
    CHECK(status.report.notes() == std::vector<std::string>{"1 packet skipped: RTAC records of control lines"});
}

TEST_CASE("MS/TP packets are whole frames") {
    const auto collected = collect(pcap({be(0x55ff, 2) + be(0, 6)}, {.link_type = 165}));
    REQUIRE(collected.chunks.size() == 1);
    CHECK(collected.chunks[0].info.datagram);
    CHECK(collected.chunks[0].description.kind == StreamKind::ms_tp);
}

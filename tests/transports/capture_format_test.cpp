// The file formats: byte orders, resolutions, blocks, truncation at every octet, lengths that cannot be.
#include "tests/transports/capture_builder.hpp"
#include "tests/transports/capture_collect.hpp"
#include "transports/pcap_reader.hpp"

#include <doctest/doctest.h>

using namespace capture_builder;
using capture_collect::collect;
using namespace std::chrono_literals;
using meterctl::codecs::Direction;
using meterctl::transports::ticks_to_time;

namespace {

Octets datagram(std::string_view payload) {
    return ethernet(0x0800, ipv4(1, 2, 17, udp(40000, 502, octets(payload))));
}

} // namespace

TEST_CASE("pcap is read in both byte orders and both resolutions") {
    struct Row {
        std::uint32_t magic;
        bool little;
        std::chrono::nanoseconds time;
    };
    const Row rows[] = {{0xa1b2c3d4, true, 1700000000s + 123456us},
                        {0xa1b2c3d4, false, 1700000000s + 123456us},
                        {0xa1b23c4d, true, 1700000000s + 123456ns},
                        {0xa1b23c4d, false, 1700000000s + 123456ns}};
    for (const Row& row : rows) {
        CAPTURE(row.magic);
        CAPTURE(row.little);
        const PcapFormat format{row.magic, row.little, 1};
        const auto collected =
            collect(pcap_header(format) + pcap_packet(format, 1700000000, 123456, datagram("hello")));
        CHECK_FALSE(collected.report.error);
        REQUIRE(collected.chunks.size() == 1);
        CHECK(collected.chunks[0].info.time == row.time);
        CHECK(collected.chunks[0].text() == "hello");
        CHECK(collected.chunks[0].info.datagram);
        CHECK(collected.chunks[0].info.direction == Direction::request);
        CHECK(collected.chunks[0].frame == 1);
    }
}

TEST_CASE("pcapng mixes byte orders, interfaces, block types and blocks nobody knows") {
    for (const bool little : {true, false}) {
        CAPTURE(little);
        Pcapng file{little};
        file.section();
        file.interface(1, file.option(2, octets("eth0")) + file.option(9, Octets{9}));
        file.interface(147, file.option(3, octets("COM3 9600 8E1")));
        file.block(0x0bad, Octets(40, 0x55));
        file.enhanced(0, 1700000000123456789, datagram("first"));
        file.block(5, Octets(20, 0)); // interface statistics
        file.enhanced(1, 1700000000123456, octets("second"), file.option(2, file.n(2, 4)) + file.n(0, 4));
        file.obsolete(1, 1700000000000001, octets("third"));
        Pcapng other{!little};
        other.section().interface(147, {}, 5).simple(octets("fourth"), 6);
        const auto collected = collect(file.file + other.file);
        CHECK_FALSE(collected.report.error);
        REQUIRE(collected.chunks.size() == 4);
        CHECK(collected.chunks[0].text() == "first");
        CHECK(collected.chunks[0].info.time == 1700000000123456789ns);
        CHECK(collected.chunks[1].text() == "second");
        CHECK(collected.chunks[1].stream == "serial COM3 9600 8E1");
        CHECK(collected.chunks[1].info.time == 1700000000123456us);
        CHECK(collected.chunks[1].info.direction == Direction::request);
        CHECK_FALSE(collected.chunks[1].info.datagram);
        CHECK(collected.chunks[2].text() == "third");
        CHECK(collected.chunks[2].frame == 3);
        CHECK(collected.chunks[2].info.direction == Direction::unknown);
        CHECK(collected.chunks[3].text() == "fourt"); // the interface's snap length
        CHECK_FALSE(collected.chunks[3].info.time);
        CHECK(collected.report.streams == 3);
    }
}

TEST_CASE("ticks of every resolution become nanoseconds") {
    CHECK(ticks_to_time(1'700'000'000, 0, 0) == 1700000000s);
    CHECK(ticks_to_time(1'700'000'000'123, 3, 0) == 1700000000s + 123ms);
    CHECK(ticks_to_time(17'000'000'001'234'567'890U, 10, 0) == 1700000000s + 123456789ns);
    CHECK(ticks_to_time(std::uint64_t{5} << 31U, 0x80 | 32, 0) == 2500ms);
    CHECK(ticks_to_time(std::uint64_t{3} << 62U, 0x80 | 63, 0) == 1500ms);
    CHECK(ticks_to_time(5, 0, 100) == 105s);
    CHECK(ticks_to_time(5, 0, -100) == -95s);
    CHECK_FALSE(ticks_to_time(~std::uint64_t{0}, 0, 0));
    CHECK_FALSE(ticks_to_time(1, 20, 0));
    CHECK_FALSE(ticks_to_time(1, 0x80 | 64, 0));
    CHECK_FALSE(ticks_to_time(1, 6, std::int64_t{1} << 62U));
}

TEST_CASE("a file cut at any octet gives the packets before the cut, and says that it was cut") {
    Pcapng blocks;
    blocks.section()
        .interface(147)
        .enhanced(0, 1, octets("one"))
        .enhanced(0, 2, octets("three"))
        .block(0x0bad, Octets(8, 1));
    const PcapFormat user{.link_type = 147};
    const Octets files[] = {pcap({octets("one"), octets("three")}, user), blocks.file};
    for (const Octets& whole : files) {
        const auto all = collect(whole);
        REQUIRE(all.chunks.size() == 2);
        REQUIRE_FALSE(all.report.error);
        std::size_t unnoticed = 0;
        for (std::size_t length = 0; length < whole.size(); ++length) {
            CAPTURE(length);
            const auto cut = collect(meterctl::ByteView(whole).first(length));
            CHECK(cut.chunks.size() <= 2);
            for (std::size_t i = 0; i < cut.chunks.size(); ++i) { CHECK(cut.chunks[i].octets == all.chunks[i].octets); }
            if (!cut.report.error) { ++unnoticed; }
        }
        // a cut between two blocks or packets is a whole file
        CHECK(unnoticed == (whole == files[0] ? 2 : 4));
    }
}

TEST_CASE("lengths that cannot be end the reading without memory for them") {
    const auto error_of = [](const Octets& file) {
        const auto collected = collect(file);
        return collected.report.error ? collected.report.error->what : std::string("none");
    };
    const PcapFormat format{.link_type = 147};
    CHECK(error_of(pcap_header(format) + number(1, 8, true) + number(0x7fffffff, 4, true) + number(4, 4, true) +
                   Octets(64)) == "a packet of 2147483647 octets, more than any capture holds");
    const Octets section = Pcapng{}.section().interface(147).file;
    CHECK(error_of(section + number(6, 4, true) + number(0xfffffff0, 4, true) + Octets(64)) ==
          "a block of type 6 of 4294967280 octets");
    CHECK(error_of(section + number(0x99, 4, true) + number(0xfffffff0, 4, true) + Octets(64)) ==
          "the capture ends inside a block");
    CHECK(error_of(section + number(6, 4, true) + number(8, 4, true) + Octets(64)) ==
          "a block of type 0x00000006 of 8 octets");
    Pcapng beyond;
    beyond.section().interface(147).block(6, Octets(12, 0) + number(5000, 4, true) + number(5000, 4, true) + Octets(8));
    CHECK(error_of(beyond.file) == "a damaged block of type 6");
    Pcapng no_interface;
    no_interface.section().enhanced(0, 1, octets("x"));
    CHECK(error_of(no_interface.file) == "a damaged block of type 6");
}

TEST_CASE("what is no capture is called so") {
    const auto collected = collect(octets("hello, world"));
    REQUIRE(collected.report.error);
    CHECK(collected.report.error->what == "neither pcap nor pcapng");
}

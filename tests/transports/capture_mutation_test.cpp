// Damaged inputs, made from good ones by seeded changes: never more octets than the file has, never an error without
// its place, never a crash (which the sanitizers would show).
#include "tests/transports/capture_builder.hpp"
#include "tests/transports/capture_collect.hpp"
#include "transports/capture_input.hpp"

#include <doctest/doctest.h>
#include <random>

using namespace capture_builder;
using capture_collect::Collected;

namespace {

Octets tcp4(std::uint32_t sequence, std::string_view payload) {
    return ethernet(0x0800, ipv4(1, 2, 6, tcp(40000, 502, sequence, 0, octets(payload))));
}

Octets named_pdu() {
    return be(12, 2) + be(8, 2) + padded(octets("mbrtu")) + be(0, 3) + be(0, 4) + octets("meter");
}

/// A file with every kind of block and every layer.
Octets rich(bool little) {
    Pcapng file{little};
    file.section().interface(1, file.option(9, Octets{9})).interface(252, file.option(3, octets("COM3 9600 8E1")));
    file.interface(113).interface(250).interface(0, {}, 40);
    for (const std::uint32_t sequence : {1U, 9U, 5U, 5U, 13U}) { file.enhanced(0, sequence, tcp4(sequence, "abcd")); }
    file.enhanced(0, 6,
                  ethernet(0x8100, be(7, 2) + be(0x86dd, 2) + ipv6(1, 2, 17, udp(40000, 502, octets("m")), true)));
    file.enhanced(1, 7, named_pdu(), file.option(2, file.n(2, 4)) + file.n(0, 4));
    file.obsolete(2, 8, be(0, 14) + be(0x0800, 2) + ipv4(1, 2, 17, udp(1, 502, octets("meter"))));
    file.enhanced(3, 9, be(0, 8) + be(0x08, 1) + be(0, 3) + octets("meter"));
    return file.block(0x0bad, Octets(40, 0x55)).file;
}

std::vector<Octets> originals() {
    const PcapFormat nanoseconds{.magic = 0xa1b23c4d, .little = false};
    return {rich(true), rich(false), pcap({tcp4(1, "ab"), tcp4(5, "ef"), tcp4(3, "cd")}, nanoseconds),
            octets("# asked\n01 03 50 02\n2023-11-14T22:13:20.5Z < 01 83 02 C0 F1\n0x01,0x03\n")};
}

/// One to four changes: a bit, an octet, a run of one value, some octets cut out, or all from here on.
Octets mutated(Octets file, std::mt19937& random) {
    const auto below = [&random](std::size_t end) { return end == 0 ? 0 : random() % end; };
    for (std::size_t changes = 1 + below(4); changes > 0 && !file.empty(); --changes) {
        const std::size_t at = below(file.size());
        const auto place = file.begin() + static_cast<std::ptrdiff_t>(at);
        const auto run = static_cast<std::ptrdiff_t>(std::min(1 + below(8), file.size() - at));
        switch (below(6)) {
        case 0:
            *place = static_cast<std::uint8_t>(*place ^ (1U << below(8)));
            break;
        case 1:
            *place = static_cast<std::uint8_t>(below(256));
            break;
        case 2:
            std::fill(place, place + run, static_cast<std::uint8_t>(below(2) * 0xff));
            break;
        case 3:
            file.erase(place, place + run);
            break;
        case 4:
            file.insert(place, static_cast<std::size_t>(run), static_cast<std::uint8_t>(below(256)));
            break;
        default:
            if (below(4) == 0) { file.erase(place, file.end()); }
        }
    }
    return file;
}

} // namespace

TEST_CASE("no damage makes the reader give more than the file holds or fail without a place") {
    std::mt19937 random(20261121);
    std::size_t good = 0, damaged = 0;
    for (const Octets& original : originals()) {
        for (int round = 0; round < 1500; ++round) {
            const Octets file = mutated(original, random);
            Collected collected;
            auto source = meterctl::transports::CaptureSource::from_memory(file);
            const auto sink = capture_collect::sink_into(collected);
            collected.report = meterctl::transports::read_input(source, {}, sink);
            std::size_t given = 0;
            for (const auto& chunk : collected.chunks) { given += chunk.octets.size(); }
            REQUIRE(given <= file.size());
            REQUIRE(source.offset() <= file.size());
            const auto& error = collected.report.error;
            if (error) { REQUIRE(error->where.find("byte offset") != std::string::npos); }
            ++(error ? damaged : good);
        }
    }
    CHECK(good > 500); // the changes reach beyond the headers
    CHECK(damaged > 500);
}

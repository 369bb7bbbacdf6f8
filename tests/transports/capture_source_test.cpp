// Octets from files, pipes and compressed files: the same whatever holds them, in little memory, damage said.
#include "tests/transports/capture_builder.hpp"
#include "tests/transports/compressor.hpp"
#include "tests/transports/temporary_file.hpp"
#include "transports/pcap_reader.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <sys/resource.h>

using namespace capture_builder;
using meterctl::transports::CaptureSource;
using meterctl::transports::PcapPacket;

namespace {

constexpr PcapFormat user{.link_type = 147};

struct Read {
    std::vector<Octets> packets;
    std::optional<meterctl::Error> error;
};

Read read(CaptureSource source) {
    Read out;
    out.error = meterctl::transports::read_packets(source, [&out](const PcapPacket& packet) {
        out.packets.emplace_back(packet.octets.begin(), packet.octets.end());
    });
    return out;
}

/// Octets that do not compress away.
Octets noise(std::size_t size) {
    Octets out(size);
    std::uint32_t state = 1;
    std::generate(out.begin(), out.end(), [&state] {
        state = state * 1664525U + 1013904223U;
        return static_cast<std::uint8_t>(state >> 24U);
    });
    return out;
}

} // namespace

TEST_CASE("compressed captures are read like plain ones") {
    const std::vector<Octets> packets{octets("first"), noise(100'000), octets("third")};
    const Octets plain = pcap(packets, user);
    for (const compressor::Filter& filter : compressor::filters) {
        CAPTURE(filter.name);
        const TemporaryFile file(compressor::compressed(plain, filter));
        auto source = CaptureSource::open(file.path());
        REQUIRE(source);
        const Read result = read(std::move(*source));
        CHECK_FALSE(result.error);
        CHECK(result.packets == packets);
    }
}

TEST_CASE("a compressed capture that was cut gives what came before the cut") {
    const Octets plain = pcap({noise(100'000), noise(100'000), noise(100'000)}, user);
    for (const compressor::Filter& filter : compressor::filters) {
        CAPTURE(filter.name);
        Octets cut = compressor::compressed(plain, filter);
        cut.erase(cut.end() - 50, cut.end());
        const Read result = read(CaptureSource::from_memory(cut));
        CHECK(result.packets.size() <= 3);
        REQUIRE(result.error);
        CHECK(result.error->category == meterctl::Category::untrusted);
        CHECK(result.error->where.starts_with("byte offset "));
    }
}

TEST_CASE("a file that cannot be opened or read is an endpoint error that names it") {
    const auto missing = CaptureSource::open("/nonexistent/capture.pcap");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().category == meterctl::Category::endpoint);
    CHECK(missing.error().where == "/nonexistent/capture.pcap");
    auto folder = CaptureSource::open("/tmp");
    REQUIRE(folder);
    const Read result = read(std::move(*folder));
    REQUIRE(result.error);
    CHECK(result.error->category == meterctl::Category::endpoint);
    CHECK(result.error->what == "cannot read: Is a directory");
}

TEST_CASE("a source gives each octet once, in pieces of any size") {
    const Octets all = noise(300'000);
    auto source = CaptureSource::from_memory(all);
    CHECK(source.peek(10).size() == 10);
    CHECK(source.offset() == 0);
    Octets got;
    for (std::size_t step = 1; !source.at_end(); step = step * 3 % 70'001 + 1) {
        const auto piece = source.take(step);
        got.insert(got.end(), piece.begin(), piece.end());
    }
    CHECK(got == all);
    CHECK(source.offset() == all.size());
    CHECK(source.take_some(5).empty());
    CHECK_FALSE(source.skip(1));
    auto skipped = CaptureSource::from_memory(all);
    CHECK(skipped.skip(299'999));
    CHECK(skipped.take(5).size() == 1);
}

TEST_CASE("a long capture takes no more memory than a short one") {
    constexpr std::size_t packets = 30'000;
    const compressor::Filter& gzip = compressor::filters[0];
    const Octets file = compressor::repeated(pcap_header(user), pcap_packet(user, 1, 0, Octets(1000)), packets, gzip);
    const auto peak = [] {
        rusage usage{};
        ::getrusage(RUSAGE_SELF, &usage);
        return usage.ru_maxrss; // KiB
    };
    const long before = peak();
    auto source = CaptureSource::from_memory(file);
    std::size_t count = 0;
    const auto error = meterctl::transports::read_packets(source, [&count](const PcapPacket&) { ++count; });
    CHECK_FALSE(error);
    CHECK(count == packets);
    CHECK(source.offset() == 24 + packets * 1016);
    CHECK(peak() - before < 16 * 1024);
}

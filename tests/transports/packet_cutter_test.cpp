// Packets end where frames end, whatever the chunks are, and where a line breaks off.
#include "transports/packet_cutter.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::transports;
using namespace std::chrono_literals;
using WallTime = std::chrono::system_clock::time_point;

namespace {

/// The first octet of a packet says how long it is; 0 is noise of one octet.
std::size_t length_of(ByteView octets) {
    if (octets[0] == 0) { return 1; }
    return octets[0] <= octets.size() ? octets[0] : 0;
}

struct Bench {
    void hear(Bytes octets, std::vector<LineFault> faults = {}) {
        Chunk chunk;
        chunk.octets = std::move(octets);
        chunk.faults = std::move(faults);
        cutter.take(chunk, now, WallTime(now.time_since_epoch()));
    }
    std::vector<Gathered> packets() {
        std::vector<Gathered> all;
        while (auto one = cutter.next()) { all.push_back(std::move(*one)); }
        return all;
    }

    PacketCutter cutter{length_of};
    TimePoint now{1h};
};

} // namespace

TEST_CASE("a chunk of several frames is cut into packets, and a frame in several chunks is one") {
    Bench bench;
    bench.hear({3, 1, 2, 0, 2, 9, 4, 7});
    auto first = bench.packets();
    REQUIRE(first.size() == 3);
    CHECK(first[0].octets == Bytes{3, 1, 2});
    CHECK(first[1].octets == Bytes{0});
    CHECK(first[2].octets == Bytes{2, 9});
    const WallTime begun(bench.now.time_since_epoch());
    bench.now += 10ms;
    bench.hear({8});
    CHECK(bench.packets().empty());
    bench.hear({9, 2, 5});
    first = bench.packets();
    REQUIRE(first.size() == 2);
    CHECK(first[0].octets == Bytes{4, 7, 8, 9});
    CHECK(first[0].since == begun);
    CHECK(first[1].octets == Bytes{2, 5});
    CHECK(first[1].since == begun + 10ms);
    CHECK_FALSE(bench.cutter.flush());
}

TEST_CASE("what a frame left behind when it broke off is a packet of its own") {
    Bench bench;
    bench.hear({5, 1, 1});
    CHECK(bench.packets().empty());
    bench.now += 200ms;
    bench.hear({2, 7});
    const auto cut = bench.packets();
    REQUIRE(cut.size() == 2);
    CHECK(cut[0].octets == Bytes{5, 1, 1});
    CHECK(cut[1].octets == Bytes{2, 7});
    bench.hear({4, 1});
    const auto rest = bench.cutter.flush();
    REQUIRE(rest);
    CHECK(rest->octets == Bytes{4, 1});
}

TEST_CASE("a fault goes with the packet that it is in") {
    Bench bench;
    bench.hear({2, 1, 3, 1, 1}, {{0, LineFault::Kind::parity_or_framing}, {3, LineFault::Kind::overrun}});
    const auto cut = bench.packets();
    REQUIRE(cut.size() == 2);
    REQUIRE(cut[0].faults.size() == 1);
    CHECK(cut[0].faults[0].index == 0);
    REQUIRE(cut[1].faults.size() == 1);
    CHECK(cut[1].faults[0].index == 1);
}

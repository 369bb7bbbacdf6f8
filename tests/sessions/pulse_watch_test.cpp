#include "sessions/pulse/watch.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::sessions::pulse;
using namespace std::chrono_literals;
using transports::EdgeNature;

namespace {

/// Pulses 20 ms wide, the first after half a second, one every half a second.
std::vector<Edge> edges_of(int pulses) {
    std::vector<Edge> edges;
    for (int i = 1; i <= pulses; ++i) {
        edges.push_back({i * 500ms, true});
        edges.push_back({i * 500ms + 20ms, false});
    }
    return edges;
}

struct Fixture {
    explicit Fixture(int pulses, bool live = true) {
        EdgeNature nature;
        nature.live = live;
        source = transports::make_edge_script(*loop, Edge{}, edges_of(pulses), nature);
    }
    std::unique_ptr<transports::Loop> loop = transports::make_virtual_loop();
    std::unique_ptr<transports::EdgeSource> source;
};

} // namespace

TEST_CASE("a watch ends with as many pulses behind the first as were asked for") {
    Fixture at(30);
    Watch watch(*at.source, 1ms, true);
    REQUIRE(transports::run(*at.loop, watch.start()));
    Stop stop;
    stop.pulses = 5;
    std::size_t told = 0;
    const auto ending = transports::run(*at.loop, watch.run(stop, [&](const auto&) { ++told; }));
    CHECK(ending == Ending::enough);
    CHECK(watch.debouncer().pulses().size() == 6);
    CHECK(told == 6);
    CHECK(watch.edges().size() == 13); // the level at the start, and two a pulse
    CHECK(at.loop->now() == transports::TimePoint(3020ms));
}

TEST_CASE("a watch of a time takes what comes in that time") {
    Fixture at(30);
    Watch watch(*at.source, 1ms, false);
    REQUIRE(transports::run(*at.loop, watch.start()));
    Stop stop;
    stop.duration = 2200ms;
    CHECK(transports::run(*at.loop, watch.run(stop, {})) == Ending::enough);
    CHECK(watch.debouncer().pulses().size() == 4);
    CHECK(watch.edges().empty());
    CHECK(at.loop->now() == transports::TimePoint(2200ms));
}

TEST_CASE("a recorded watch of a time ends at the edge behind it") {
    Fixture at(30, false);
    Watch watch(*at.source, 1ms, false);
    REQUIRE(transports::run(*at.loop, watch.start()));
    Stop stop;
    stop.duration = 2200ms;
    CHECK(transports::run(*at.loop, watch.run(stop, {})) == Ending::enough);
    CHECK(watch.debouncer().pulses().size() == 4);
}

TEST_CASE("a record is read to its end where nothing else is asked") {
    Fixture at(30, false);
    Watch watch(*at.source, 1ms, false);
    REQUIRE(transports::run(*at.loop, watch.start()));
    CHECK(transports::run(*at.loop, watch.run({}, {})) == Ending::record_over);
    CHECK(watch.debouncer().pulses().size() == 30);
}

TEST_CASE("what comes while a register is read is taken in afterwards") {
    Fixture at(30);
    Watch watch(*at.source, 1ms, false);
    REQUIRE(transports::run(*at.loop, watch.start()));
    Stop stop;
    stop.pulses = 2;
    CHECK(transports::run(*at.loop, watch.run(stop, {})) == Ending::enough);
    transports::run(*at.loop, at.loop->sleep_for(1200ms)); // until 2.72 s
    REQUIRE(transports::run(*at.loop, watch.drain(at.loop->now())));
    CHECK(watch.debouncer().pulses().size() == 5);
}

TEST_CASE("silence ends a watch, counted from the last pulse") {
    Fixture at(3);
    // The script ends after its last edge; one edge far behind keeps it going.
    auto edges = edges_of(3);
    edges.push_back({1h, true});
    at.source = transports::make_edge_script(*at.loop, Edge{}, edges, EdgeNature{});
    Watch watch(*at.source, 1ms, false);
    REQUIRE(transports::run(*at.loop, watch.start()));
    Stop stop;
    stop.pulses = 10;
    stop.silence = 4s;
    CHECK(transports::run(*at.loop, watch.run(stop, {})) == Ending::silent);
    CHECK(watch.debouncer().pulses().size() == 3);
    CHECK(at.loop->now() == transports::TimePoint(1500ms + 4s));
}

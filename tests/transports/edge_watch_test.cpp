// What is made of an input's level and of its count of changes, seen from time to time.
#include "transports/edge_watch.hpp"

#include "transports/gpio_clock.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::transports;
using namespace std::chrono_literals;

namespace {

struct Seen {
    Duration time;
    InputState state;
};

struct Row {
    const char* what;
    InputState at_first;
    bool active_low, counts_pulses;
    std::vector<Seen> seen;
    std::vector<Edge> edges;
};

constexpr std::nullopt_t uncounted = std::nullopt;

const std::vector<Row> rows{
    {"level only",
     {false, uncounted},
     false,
     false,
     {{1ms, {false, uncounted}}, {2ms, {true, uncounted}}, {3ms, {true, uncounted}}, {4ms, {false, uncounted}}},
     {{2ms, true}, {4ms, false}}},
    {"each change counted",
     {false, 7},
     false,
     false,
     {{2ms, {true, 8}}, {4ms, {false, 9}}},
     {{2ms, true}, {4ms, false}}},
    {"active low", {true, 0}, true, false, {{2ms, {false, 1}}, {4ms, {true, 2}}}, {{2ms, true}, {4ms, false}}},
    {"a pulse that came and went unseen",
     {false, 7},
     false,
     false,
     {{2ms, {false, 9}}, {4ms, {true, 10}}},
     {{2ms, false, 1}, {4ms, true}}},
    {"more of them", {false, 7}, false, false, {{2ms, {true, 12}}}, {{2ms, true, 4}}},
    {"the count wraps around",
     {false, 0xFFFFFFFF},
     false,
     false,
     {{2ms, {true, 0}}, {3ms, {false, 1}}},
     {{2ms, true}, {3ms, false}}},
    {"changed again behind the reading of the count",
     {false, 0},
     false,
     false,
     {{2ms, {false, 1}}, {3ms, {false, 2}}, {4ms, {true, 3}}},
     {{2ms, true}, {2ms, false}, {4ms, true}}},
    {"the level is ahead of its count",
     {false, 0},
     false,
     false,
     {{2ms, {true, 0}}, {3ms, {true, 1}}, {4ms, {false, 2}}},
     {{2ms, true}, {4ms, false}}},
    {"a driver that counts nothing",
     {false, 0},
     false,
     false,
     {{2ms, {true, 0}}, {3ms, {false, 0}}, {4ms, {true, 0}}},
     {{2ms, true}, {3ms, false}, {4ms, true}}},
    {"the ring indicator counts pulses",
     {false, 3},
     false,
     true,
     {{2ms, {true, 3}}, {4ms, {false, 4}}, {9ms, {false, 7}}},
     {{4ms, true}, {4ms, false}, {9ms, true, 4}, {9ms, false}}},
};

} // namespace

TEST_CASE("an input seen from time to time gives its edges, and says what came and went unseen") {
    for (const Row& row : rows) {
        CAPTURE(row.what);
        EdgeWatch watch(row.at_first, row.active_low, row.counts_pulses);
        for (const Seen& seen : row.seen) { watch.see(seen.time, seen.state); }
        std::vector<Edge> edges;
        while (const auto edge = watch.take()) { edges.push_back(*edge); }
        CHECK(edges == row.edges);
    }
}

TEST_CASE("two edges to the same level have lost one between them") {
    EdgeWatch watch(InputState{false, std::nullopt}, false, false);
    watch.edge(1ms, true);
    watch.edge(2ms, true);
    watch.edge(3ms, false);
    CHECK(watch.take() == Edge{1ms, true, 0});
    CHECK(watch.take() == Edge{2ms, true, 1});
    CHECK(watch.take() == Edge{3ms, false, 0});
    CHECK_FALSE(watch.take().has_value());
}

TEST_CASE("the times of GPIO events are the steady clock's, of whichever clock the kernel took them") {
    CHECK(steady_time(timespec{100, 5}, 101s, 1795227300s) == 100s + 5ns);
    CHECK(steady_time(timespec{1795227299, 5}, 101s, 1795227300s) == 100s + 5ns);
}

#include "tests/codecs/pulse/made_pulses.hpp"

#include <doctest/doctest.h>

using namespace meterctl::codecs::pulse;
using namespace meterctl::codecs::pulse::testing;

TEST_CASE("clean edges are the pulses they say") {
    const auto debouncer = debounced(edges_at({100ms, 130ms, 200ms, 240ms}));
    REQUIRE(debouncer.pulses().size() == 2);
    CHECK(debouncer.pulses()[0] == Pulse{100ms, 130ms, 0, 0ns});
    CHECK(debouncer.pulses()[1] == Pulse{200ms, 240ms, 0, 0ns});
    CHECK(debouncer.spikes() == 0);
    CHECK(debouncer.lost_edges() == 0);
}

TEST_CASE("a change that bounces is one change, at its first edge, as long as its last") {
    const auto debouncer = debounced(edges_at({100ms, 100300us, 100700us, 130ms, 130200us, 130400us}));
    REQUIRE(debouncer.pulses().size() == 1);
    CHECK(debouncer.pulses()[0] == Pulse{100ms, 130ms, 4, 700us});
}

TEST_CASE("edges as far apart as the debounce time are two changes, a little nearer they are one") {
    struct Row {
        nanoseconds apart;
        std::size_t pulses;
        std::uint64_t spikes;
    };
    const std::vector<Row> rows{{999999ns, 1, 0}, {1ms, 2, 0}, {1000001ns, 2, 0}};
    for (const Row& row : rows) {
        CAPTURE(row.apart.count());
        // On, off for `apart`, on again, and off at last.
        const auto debouncer = debounced(edges_at({100ms, 110ms, 110ms + row.apart, 130ms}));
        CHECK(debouncer.pulses().size() == row.pulses);
        CHECK(debouncer.spikes() == (row.pulses == 1 ? 1 : 0));
    }
}

TEST_CASE("a spike shorter than the debounce time is no pulse") {
    const auto debouncer = debounced(edges_at({100ms, 100200us, 200ms, 230ms}));
    REQUIRE(debouncer.pulses().size() == 1);
    CHECK(debouncer.pulses()[0].on == 200ms);
    CHECK(debouncer.spikes() == 1);
}

TEST_CASE("a pulse that is on when watching begins is not counted") {
    Debouncer debouncer(1ms);
    debouncer.start({0ns, true});
    for (const Edge& edge : {Edge{50ms, false}, Edge{100ms, true}, Edge{130ms, false}}) { debouncer.edge(edge); }
    debouncer.finish();
    REQUIRE(debouncer.pulses().size() == 1);
    CHECK(debouncer.pulses()[0].on == 100ms);
}

TEST_CASE("the same level twice has a lost edge between, and the pulse no end") {
    const auto debouncer = debounced({{100ms, true}, {200ms, true}, {230ms, false}});
    REQUIRE(debouncer.pulses().size() == 2);
    CHECK_FALSE(debouncer.pulses()[0].off);
    CHECK(debouncer.pulses()[1].off == 230ms);
    CHECK(debouncer.lost_edges() == 1);
    CHECK(debounced({{100ms, true}, {130ms, false, 2}}).lost_edges() == 2);
}

TEST_CASE("a change has happened once the debounce time has passed, and not before") {
    Debouncer debouncer(1ms);
    debouncer.start({});
    debouncer.edge({100ms, true});
    debouncer.reach(100999us);
    CHECK(debouncer.pulses().empty());
    debouncer.reach(101ms);
    REQUIRE(debouncer.pulses().size() == 1);
    CHECK_FALSE(debouncer.pulses()[0].off);
}

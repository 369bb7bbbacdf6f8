// Edges made up in virtual time.
#include "transports/edges.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::transports;
using namespace std::chrono_literals;

namespace {

using Kind = EdgeStep::Kind;

EdgeStep step_of(EdgeSource& source, Duration deadline) {
    const auto step = run(source.loop(), source.next(TimePoint(deadline)));
    REQUIRE(step.has_value());
    return *step;
}

const std::vector<Edge> one_pulse{{100ms, true}, {140ms, false}};

} // namespace

TEST_CASE("edges of a script come when their time does, and the deadline before them") {
    const auto loop = make_virtual_loop();
    const auto source = make_edge_script(*loop, Edge(), one_pulse, EdgeNature());
    CHECK(step_of(*source, 1s).kind == Kind::start);
    CHECK(loop->now() == TimePoint(0ms));
    const EdgeStep waited = step_of(*source, 60ms);
    CHECK(waited.kind == Kind::deadline);
    CHECK(waited.edge.time == 60ms);
    CHECK(step_of(*source, 1s).edge == one_pulse[0]);
    CHECK(loop->now() == TimePoint(100ms));
    CHECK(step_of(*source, 1s).edge == one_pulse[1]);
    const EdgeStep end = step_of(*source, 1s);
    CHECK(end.kind == Kind::end);
    CHECK(end.edge.time == 140ms);
    CHECK_FALSE(end.edge.level);
    CHECK(step_of(*source, 1s).kind == Kind::end);
}

TEST_CASE("an edge that is due at the deadline is not lost to it") {
    const auto loop = make_virtual_loop();
    const auto source = make_edge_script(*loop, Edge(), one_pulse, EdgeNature());
    step_of(*source, 1s);
    CHECK(step_of(*source, 100ms).kind == Kind::edge);
}

TEST_CASE("recorded edges come at once, whatever the deadline") {
    const auto loop = make_virtual_loop();
    EdgeNature nature;
    nature.live = false;
    const auto source = make_edge_script(*loop, Edge(), one_pulse, nature);
    CHECK(step_of(*source, 0ms).kind == Kind::start);
    CHECK(step_of(*source, 0ms).edge == one_pulse[0]);
    CHECK(step_of(*source, 0ms).edge == one_pulse[1]);
    CHECK(loop->now() == TimePoint(0ms));
}

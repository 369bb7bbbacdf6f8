// Pulses as octets on a serial port's data line.
#include "transports/rx_edges.hpp"

#include "tests/transports/fake_line.hpp"
#include "tests/transports/folder.hpp"
#include "tests/transports/links.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::transports;
using namespace meterctl::transports::testing;
using namespace std::chrono_literals;

namespace {

using Kind = EdgeStep::Kind;

/// A bit lasts 10 ms, an octet 100.
constexpr LineSettings slow_line{100, 8, Parity::none, 1};

EdgeStep step_of(EdgeSource& source, Duration deadline) {
    const auto step = run(source.loop(), source.next(TimePoint(deadline)));
    REQUIRE(step.has_value());
    return *step;
}

} // namespace

TEST_CASE("an octet tells how long the line was pulled, bit by bit") {
    struct Row {
        const char* what;
        std::uint8_t octet;
        std::vector<Edge> edges;
    };
    const std::vector<Row> rows{
        {"shorter than two bits: the start bit", 0xFF, {{1s, true}, {1010ms, false}}},
        {"three bits", 0xFC, {{1s, true}, {1030ms, false}}},
        {"nine bits", 0x00, {{1s, true}, {1090ms, false}}},
        {"two pulses in one octet", 0xEF, {{1s, true}, {1010ms, false}, {1050ms, true}, {1060ms, false}}},
        {"the last bit pulled", 0x7F, {{1s, true}, {1010ms, false}, {1080ms, true}, {1090ms, false}}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        std::deque<Edge> edges;
        append_octet_edges(row.octet, 1s, slow_line, edges);
        CHECK(std::vector<Edge>(edges.begin(), edges.end()) == row.edges);
    }
}

TEST_CASE("each octet is a pulse that began an octet before it was there") {
    const auto loop = make_virtual_loop();
    auto line = std::make_unique<FakeLine>(*loop, slow_line);
    line->say(1s, {0xFC});
    line->say(3s, {0xFC, 0xFF});
    const auto source = make_rx_edges(std::move(line), true, "rx:///dev/ttyUSB0");
    CHECK(source->nature().widths);
    CHECK(source->nature().resolution == 10ms);
    CHECK(step_of(*source, 500ms).kind == Kind::start);
    const EdgeStep quiet = step_of(*source, 500ms);
    CHECK(quiet.kind == Kind::deadline);
    CHECK(quiet.edge.time == 500ms);
    for (const Edge& edge : {Edge{900ms, true, 0}, Edge{930ms, false, 0}, Edge{2800ms, true, 0}, Edge{2830ms, false, 0},
                             Edge{2900ms, true, 0}, Edge{2910ms, false, 0}}) {
        const EdgeStep step = step_of(*source, 10s);
        CHECK(step.kind == Kind::edge);
        CHECK(step.edge == edge);
    }
}

TEST_CASE("a pulse longer than an octet has no known width, and an overrun has lost one") {
    const auto loop = make_virtual_loop();
    auto line = std::make_unique<FakeLine>(*loop, slow_line);
    Chunk chunk;
    chunk.octets = {0xFF, 0x00};
    chunk.faults = {{0, LineFault::Kind::overrun}, {1, LineFault::Kind::break_condition}};
    line->say(1s, chunk);
    const auto source = make_rx_edges(std::move(line), true, "rx:///dev/ttyUSB0");
    step_of(*source, 2s);
    const EdgeStep first = step_of(*source, 2s);
    CHECK(first.edge.level);
    CHECK(first.edge.missed == 2);
    CHECK_FALSE(source->nature().widths);
    REQUIRE(source->nature().notes.size() == 1);
    CHECK(source->nature().notes.front().find("pulses outlast an octet at 100 baud") == 0);
}

TEST_CASE("pulses come in over a serial device, whose end is an endpoint error") {
    const Folder folder;
    const auto loop = make_real_loop();
    auto listener = listen_on(*loop, "pty:" + folder / "port0");
    {
        const auto cable = run(*loop, listener->accept());
        REQUIRE(cable.has_value());
        const auto source = run(*loop, open_edges(*loop, endpoint_of("rx://" + folder / "port0"), {}));
        REQUIRE(source.has_value());
        CHECK_FALSE((*source)->nature().widths);
        const TimePoint deadline = loop->now() + long_enough;
        const auto start = run(*loop, (*source)->next(deadline));
        REQUIRE(start.has_value());
        REQUIRE(run(*loop, (*cable)->write(Bytes{0xFE})).has_value());
        const auto rise = run(*loop, (*source)->next(deadline));
        REQUIRE(rise.has_value());
        CHECK(rise->edge.level);
        CHECK(rise->edge.time >= start->edge.time);
        const auto fall = run(*loop, (*source)->next(deadline));
        REQUIRE(fall.has_value());
        CHECK_FALSE(fall->edge.level);
        listener.reset();
    }
    auto other = listen_on(*loop, "pty:" + folder / "port1");
    const auto source = run(*loop, open_edges(*loop, endpoint_of("rx://" + folder / "port1"), {}));
    REQUIRE(source.has_value());
    other.reset();
    run(*loop, (*source)->next(TimePoint::max())).value();
    const auto gone = run(*loop, (*source)->next(loop->now() + long_enough));
    REQUIRE_FALSE(gone.has_value());
    CHECK(gone.error().category == Category::endpoint);
}

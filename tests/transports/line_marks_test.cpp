#include "transports/line_marks.hpp"

#include <doctest/doctest.h>
#include <vector>

using namespace meterctl;
using namespace meterctl::transports;

namespace {

using Kind = LineFault::Kind;

struct Row {
    const char* what;
    bool parity;
    Bytes marked;
    Bytes octets;
    std::vector<std::pair<std::size_t, Kind>> faults;
};

/// As termios(3) describes PARMRK.
const std::vector<Row> rows{
    {"plain octets", true, {0x01, 0x03, 0x00}, {0x01, 0x03, 0x00}, {}},
    {"a good FF is doubled", true, {0xFF, 0xFF, 0x00}, {0xFF, 0x00}, {}},
    {"an octet with an error",
     true,
     {0x01, 0xFF, 0x00, 0x43, 0x02},
     {0x01, 0x43, 0x02},
     {{1, Kind::parity_or_framing}}},
    {"an FF with an error", true, {0xFF, 0x00, 0xFF, 0x01}, {0xFF, 0x01}, {{0, Kind::parity_or_framing}}},
    {"a break", false, {0x05, 0xFF, 0x00, 0x00}, {0x05, 0x00}, {{1, Kind::break_condition}}},
    {"a 00 with a parity error", true, {0xFF, 0x00, 0x00}, {0x00}, {{0, Kind::parity_or_framing}}},
    {"a driver that does not double FF", false, {0xFF, 0x07}, {0xFF, 0x07}, {}},
    {"two in a row",
     true,
     {0xFF, 0x00, 0x10, 0xFF, 0x00, 0x20},
     {0x10, 0x20},
     {{0, Kind::parity_or_framing}, {1, Kind::parity_or_framing}}},
};

void check(const Row& row, const Chunk& chunk) {
    CAPTURE(row.what);
    CHECK(chunk.octets == row.octets);
    REQUIRE(chunk.faults.size() == row.faults.size());
    for (std::size_t i = 0; i < row.faults.size(); ++i) {
        CHECK(chunk.faults[i].index == row.faults[i].first);
        CHECK(chunk.faults[i].kind == row.faults[i].second);
    }
}

} // namespace

TEST_CASE("the marks of a serial line become faults at their octets") {
    for (const Row& row : rows) {
        LineMarks marks(row.parity);
        Chunk chunk;
        marks.take(row.marked, chunk);
        check(row, chunk);
    }
}

TEST_CASE("a mark that is cut between two reads is understood all the same") {
    for (const Row& row : rows) {
        LineMarks marks(row.parity);
        Chunk chunk;
        for (const std::uint8_t& octet : row.marked) { marks.take(ByteView(&octet, 1), chunk); }
        check(row, chunk);
    }
}

#include "sessions/modbus/plan.hpp"

#include <doctest/doctest.h>

using namespace meterctl::sessions::modbus;

namespace {

constexpr Range holding(unsigned first, unsigned end) {
    return {Table::holding, first, end};
}

PlanLimits limits(unsigned max_registers, unsigned max_gap) {
    PlanLimits limits;
    limits.max_registers = max_registers;
    limits.max_gap = max_gap;
    return limits;
}

using Plan = std::vector<PlannedRead>;

} // namespace

TEST_CASE("neighbours are read together, in the order of their addresses") {
    const std::vector<Range> wanted{holding(4, 6), holding(0, 2), holding(2, 4)};
    CHECK(plan_reads(wanted, limits(125, 0)) == Plan{{holding(0, 6), {1, 2, 0}}});
}

TEST_CASE("a gap up to the limit is read along, a wider one is not") {
    const std::vector<Range> wanted{holding(0, 2), holding(7, 9), holding(15, 17)};
    CHECK(plan_reads(wanted, limits(125, 5)) == Plan{{holding(0, 9), {0, 1}}, {holding(15, 17), {2}}});
    CHECK(plan_reads(wanted, limits(125, 6)) == Plan{{holding(0, 17), {0, 1, 2}}});
}

TEST_CASE("no request is longer than the meter allows, and no value is torn") {
    std::vector<Range> wanted;
    for (unsigned i = 0; i < 10; ++i) { wanted.push_back(holding(2 * i, 2 * i + 2)); }
    const Plan plan = plan_reads(wanted, limits(5, 0));
    REQUIRE(plan.size() == 5);
    for (const PlannedRead& read : plan) {
        CHECK(read.range.count() == 4);
        CHECK(read.values.size() == 2);
    }
}

TEST_CASE("a value longer than the limit still gets a request of its own") {
    const std::vector<Range> wanted{holding(0, 8)};
    CHECK(plan_reads(wanted, limits(4, 0)) == Plan{{holding(0, 8), {0}}});
}

TEST_CASE("tables are never joined") {
    const std::vector<Range> wanted{{Table::input, 0, 2}, {Table::holding, 2, 4}};
    CHECK(plan_reads(wanted, limits(125, 30)).size() == 2);
}

TEST_CASE("values that overlap or are equal share a request") {
    const std::vector<Range> wanted{holding(0, 4), holding(2, 4), holding(0, 4)};
    CHECK(plan_reads(wanted, limits(125, 0)) == Plan{{holding(0, 4), {0, 2, 1}}});
}

TEST_CASE("readable blocks bound what is read along") {
    PlanLimits blocks = limits(125, 30);
    blocks.readable = {holding(0, 10), holding(12, 20)};
    const std::vector<Range> wanted{holding(0, 2), holding(8, 10), holding(12, 14)};
    CHECK(plan_reads(wanted, blocks) == Plan{{holding(0, 10), {0, 1}}, {holding(12, 14), {2}}});
}

TEST_CASE("a refused request is split at its gaps, and the gaps are remembered") {
    PlanLimits known = limits(125, 10);
    const std::vector<Range> wanted{holding(0, 2), holding(2, 4), holding(8, 10), holding(10, 12)};
    const Plan plan = plan_reads(wanted, known);
    REQUIRE(plan.size() == 1);
    CHECK(split_refused(plan[0], wanted, known) == Plan{{holding(0, 4), {0, 1}}, {holding(8, 12), {2, 3}}});
    CHECK(plan_reads(wanted, known) == Plan{{holding(0, 4), {0, 1}}, {holding(8, 12), {2, 3}}});
}

TEST_CASE("a refused request without gaps is halved, down to single values") {
    PlanLimits known = limits(125, 10);
    const std::vector<Range> wanted{holding(0, 2), holding(2, 4), holding(4, 6), holding(6, 8)};
    const Plan halves = split_refused(plan_reads(wanted, known)[0], wanted, known);
    CHECK(halves == Plan{{holding(0, 4), {0, 1}}, {holding(4, 8), {2, 3}}});
    const Plan quarters = split_refused(halves[1], wanted, known);
    CHECK(quarters == Plan{{holding(4, 6), {2}}, {holding(6, 8), {3}}});
    CHECK(split_refused(quarters[0], wanted, known).empty());
}

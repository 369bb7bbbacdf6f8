#include "codecs/pulse/verdict.hpp"

#include "src/catalogue/catalogue.hpp"
#include "tests/codecs/pulse/made_pulses.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::codecs::pulse;
using namespace meterctl::codecs::pulse::testing;

namespace {

Output forward(long constant = 1000) {
    static const catalogue::Catalogue catalogue;
    const auto meter = catalogue.find("pro380-mod");
    REQUIRE(meter);
    return make_output(**meter, find_facts(**meter, "forward").value(), Decimal{constant, 0}).value();
}

/// At 7 kW and 1000 imp/kWh.
std::vector<Pulse> regular(std::size_t count, nanoseconds width, double period = 514.285714) {
    auto pulses = pulses_at(times(count, period));
    for (Pulse& pulse : pulses) { pulse.off = pulse.on + width; }
    return pulses;
}

const Check& check_of(const std::vector<Check>& checks, std::string_view name) {
    const auto found = std::ranges::find(checks, name, &Check::name);
    REQUIRE_MESSAGE(found != checks.end(), name);
    return *found;
}

std::vector<std::string> failed(const std::vector<Check>& checks) {
    std::vector<std::string> names;
    for (const Check& check : checks) {
        if (check.outcome == Outcome::fail) { names.push_back(check.name); }
    }
    return names;
}

using Names = std::vector<std::string>;

} // namespace

TEST_CASE("each fault fails its own check") {
    const Output output = forward();
    CHECK(failed(judge(analyse(regular(20, 20ms)), output, {})).empty());
    CHECK(failed(judge(analyse(regular(20, 12ms)), output, {})) == Names{"pulse_width"});
    CHECK(failed(judge(analyse(regular(20, 40ms)), output, {})) == Names{"pulse_width"});
    CHECK(failed(judge(analyse(pulses_at(times(20, 514.3, {7}))), output, {})) == Names{"missing_pulses"});
    auto bouncing = regular(20, 20ms);
    bouncing[3].bounces = 2;
    bouncing[3].bounce = 300us;
    CHECK(failed(judge(analyse(bouncing), output, {})) == Names{"bounce"});
    auto many = times(20, 514.3);
    many.insert(many.begin() + 8, 514.3 * 8.4);
    CHECK(failed(judge(analyse(pulses_at(many)), output, {})) == Names{"extra_pulses"});
    Analysis spiky = analyse(regular(20, 20ms));
    spiky.spikes = 1;
    spiky.lost_edges = 3;
    CHECK(failed(judge(spiky, output, {})) == Names{"spikes", "lost_edges"});
}

TEST_CASE("a width is judged by the power at its own pulse") {
    // 4 kW for ten pulses, then 7 kW: 40 ms, then 20 ms.
    auto pulses = regular(10, 40ms, 900);
    const nanoseconds behind = pulses.back().on;
    for (Pulse pulse : regular(10, 20ms)) {
        pulse.on += behind;
        *pulse.off += behind;
        pulses.push_back(pulse);
    }
    CHECK(check_of(judge(analyse(pulses), forward(), {}), "pulse_width").outcome == Outcome::pass);
    for (Pulse& pulse : pulses) { pulse.off = pulse.on + 40ms; }
    CHECK(check_of(judge(analyse(pulses), forward(), {}), "pulse_width").outcome == Outcome::fail);
}

TEST_CASE("the widths of software 1.19 pass where the software is not known, or is that") {
    const Analysis analysis = analyse(regular(20, 30ms));
    Conditions conditions;
    const auto open = judge(analysis, forward(), conditions);
    CHECK(check_of(open, "pulse_width").outcome == Outcome::pass);
    CHECK(check_of(open, "pulse_width").what.find("1.19") != std::string::npos);
    conditions.software = "1.19";
    CHECK(passed(judge(analysis, forward(), conditions)));
    conditions.software = "2.18";
    CHECK(failed(judge(analysis, forward(), conditions)) == Names{"pulse_width"});
}

TEST_CASE("what an input cannot see is not judged") {
    Conditions conditions;
    conditions.widths = false;
    const auto checks = judge(analyse(regular(20, 1ms)), forward(), conditions);
    CHECK(passed(checks));
    CHECK(check_of(checks, "pulse_width").outcome == Outcome::no_limit);
    conditions = {};
    conditions.resolution = 10; // ms: 12 may be 20
    CHECK(passed(judge(analyse(regular(20, 12ms)), forward(), conditions)));
}

TEST_CASE("an output of which nothing is known has the limits of IEC 62053-31") {
    const Output output = standard_output(Decimal{1000, 0});
    CHECK(failed(judge(analyse(regular(20, 30ms)), output, {})).empty());
    CHECK(failed(judge(analyse(regular(20, 29ms)), output, {})) == Names{"pulse_width"});
    CHECK(failed(judge(analyse(regular(20, 30ms, 55)), output, {})) == Names{"load", "pulse_gap"});
}

TEST_CASE("a load that is known shows a wrong constant, and which it is") {
    Conditions conditions;
    conditions.load = 7000;
    const auto checks = judge(analyse(regular(20, 20ms, 514.3 / 2)), forward(), conditions);
    const Check& constant = check_of(checks, "constant");
    CHECK(constant.outcome == Outcome::fail);
    CHECK(*constant.value == doctest::Approx(2000).epsilon(0.01));
    CHECK(constant.what.find("set to 2000") != std::string::npos);
    conditions.load = 7200;
    CHECK(check_of(judge(analyse(regular(20, 20ms)), forward(), conditions), "constant").outcome == Outcome::pass);
}

TEST_CASE("an energy is judged only as far as pulse and register are exact") {
    struct Row {
        std::uint64_t pulses;
        Decimal after, step;
        Outcome outcome;
    };
    const std::vector<Row> rows{
        {1000, {1001, 0}, {1, -3}, Outcome::pass},          // 1 kWh: 0.2 %
        {1005, {1001, 0}, {1, -3}, Outcome::pass},          // + 0.5 %
        {1020, {1001, 0}, {1, -3}, Outcome::fail},          // + 2 %
        {1009, {1001, 0}, {1, -3}, Outcome::pass},          // within the class
        {1011, {1001, 0}, {1, -3}, Outcome::inconclusive},  // within a pulse and a step of it
        {20, {100002, -2}, {1, -3}, Outcome::inconclusive}, // 10 % uncertain
        {40, {100002, -2}, {1, -3}, Outcome::fail},         // twice as many, whatever the steps
        {20, {100002, -2}, {1, -2}, Outcome::inconclusive},
    };
    for (const Row& row : rows) {
        CAPTURE(row.pulses);
        Conditions conditions;
        conditions.comparison = compare(row.pulses, Decimal{1000, 0}, Decimal{1000, 0}, row.after, row.step);
        REQUIRE(conditions.comparison);
        const auto checks = judge(analyse(regular(20, 20ms)), forward(), conditions);
        CHECK(outcome_name(check_of(checks, "energy_error").outcome) == outcome_name(row.outcome));
    }
}

TEST_CASE("an uncertainty is one pulse and one step, and says how many pulses a class needs") {
    const auto made = compare(20, Decimal{1000, 0}, Decimal{100000, -2}, Decimal{100002, -2}, Decimal{1, -2});
    REQUIRE(made);
    CHECK(made->error == doctest::Approx(0));
    CHECK(made->one_pulse == doctest::Approx(5));
    CHECK(made->one_step == doctest::Approx(50));
    CHECK(made->uncertainty == doctest::Approx(55));
    CHECK(pulses_needed(*made, 1) == 1100); // 1.1 kWh: 0.001 + 0.01 of it are 1 %
    CHECK_FALSE(compare(20, Decimal{1000, 0}, Decimal{1, 0}, Decimal{1, 0}, Decimal{1, -2}));
}

TEST_CASE("the step of a register is its last decimal, and what a float can hold") {
    CHECK(register_step(Value(Decimal{144, 0}), Value(Decimal{145, 0})) == Decimal{1, 0});
    CHECK(register_step(Value(Decimal{14400, -2}), Value(Decimal{14401, -2})) == Decimal{1, -2});
    CHECK(register_step(Value(std::int64_t{7}), Value(std::int64_t{9})) == Decimal{1, 0});
    CHECK(register_step(Value(14403.45F), Value(14403.61F)) == Decimal{1, -2});
    CHECK(register_step(Value(14403.45F), Value(14403.471F)) == Decimal{1, -3});
    CHECK(register_step(Value(9000001.0F), Value(9000003.0F)) == Decimal{1, 0});
}

TEST_CASE("pulses that somebody else counted are judged by load and energy alone") {
    Conditions conditions;
    conditions.counted = true;
    conditions.load = 7000;
    Analysis analysis;
    analysis.pulses = analysis.intervals = 20;
    const auto checks = judge(analysis, forward(), conditions);
    REQUIRE(checks.size() == 1);
    CHECK(checks[0].name == "load");
}

#include "simulators/pulse_output.hpp"

#include "src/catalogue/catalogue.hpp"

#include <cmath>
#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::simulators;
using namespace std::chrono_literals;
using codecs::pulse::Edge;

namespace {

codecs::pulse::Output output_of(const std::string& model, const std::string& name, Decimal constant) {
    static const catalogue::Catalogue catalogue;
    const auto meter = catalogue.find(model);
    REQUIRE(meter);
    return codecs::pulse::make_output(**meter, codecs::pulse::find_facts(**meter, name).value(), constant).value();
}

Options with_power(double watts) {
    Options options;
    options.power = watts;
    return options;
}

constexpr TimePoint zero{100s};

struct Seen {
    std::vector<double> on, off; ///< seconds since zero
};

Seen pulses_of(PulseOutput& output, std::size_t edges) {
    Seen seen;
    for (std::size_t i = 0; i < edges; ++i) {
        const auto edge = output.next();
        if (!edge) { break; }
        const double at = std::chrono::duration<double>(edge->time - zero.time_since_epoch()).count();
        (edge->level ? seen.on : seen.off).push_back(at);
    }
    return seen;
}

double energy_at(const Options& options, const std::string& quantity, double seconds) {
    LoadModel model(options);
    model.advance_to(zero);
    model.advance_to(zero + std::chrono::nanoseconds(std::llround(seconds * 1e9)));
    return model.value(*find_quantity(quantity));
}

} // namespace

TEST_CASE("each pulse comes where the register passes a multiple of 1/constant, whatever the load does") {
    struct Row {
        std::string model, output;
        Decimal constant;
        int hour;
    };
    const std::vector<Row> rows{
        {"pro380-mod", "forward", {1000, 0}, 19},      {"pro380-mod", "forward", {100, 0}, 7},
        {"pro380-mod", "reverse", {2000, 0}, 12},      {"pro380-mod", "led", {10000, 0}, 20},
        {"pro380-mod", "reactive_led", {10000, 0}, 9}, {"dts307-modbus", "output", {1, 0}, 18},
    };
    for (const Row& row : rows) {
        CAPTURE(row.output);
        Options options;
        options.start = std::chrono::sys_days(std::chrono::year(2026) / 6 / 1) + std::chrono::hours(row.hour);
        const auto facts = output_of(row.model, row.output, row.constant);
        PulseOutput output(facts, options, {}, zero);
        const Seen seen = pulses_of(output, 24);
        REQUIRE(seen.on.size() == 12);
        const double step = 1000 / row.constant.to_double();
        double last = std::floor(energy_at(options, facts.quantity, 0) / step);
        for (const double at : seen.on) {
            const double steps = energy_at(options, facts.quantity, at) / step;
            CHECK(steps == doctest::Approx(last + 1).epsilon(1e-9));
            last += 1;
        }
    }
}

TEST_CASE("a pulse is as wide as the manual has it at the power there is") {
    struct Row {
        double watts, width;
    };
    const std::vector<Row> rows{{1000, 0.04}, {7000, 0.02}, {15000, 0.01}, {30000, 0.005}, {60000, 0.0025}};
    for (const Row& row : rows) {
        CAPTURE(row.watts);
        PulseOutput output(output_of("pro380-mod", "forward", Decimal{1000, 0}), with_power(row.watts), {}, zero);
        const Seen seen = pulses_of(output, 20);
        REQUIRE(seen.off.size() == 10);
        for (std::size_t i = 0; i < 10; ++i) { CHECK(seen.off[i] - seen.on[i] == doctest::Approx(row.width)); }
        for (std::size_t i = 1; i < 10; ++i) {
            CHECK(seen.on[i] - seen.on[i - 1] == doctest::Approx(3600 / row.watts));
        }
    }
}

TEST_CASE("pulses that would run into each other are held up") {
    PulseOutput output(output_of("dts307-modbus", "", Decimal{1000, 0}), with_power(30000), {}, zero);
    const Seen seen = pulses_of(output, 40);
    for (std::size_t i = 1; i < seen.on.size(); ++i) { CHECK(seen.on[i] - seen.off[i - 1] > 0.0999); }
}

TEST_CASE("faults are as great as they were asked for") {
    const auto facts = output_of("pro380-mod", "forward", Decimal{1000, 0});
    SUBCASE("width") {
        PulseOutput output(facts, with_power(7000), {.width = 12ms}, zero);
        const Seen seen = pulses_of(output, 20);
        for (std::size_t i = 0; i < 10; ++i) { CHECK(seen.off[i] - seen.on[i] == doctest::Approx(0.012)); }
    }
    SUBCASE("lose and extra") {
        PulseFaults faults;
        faults.lose = 0.1;
        PulseOutput losing(facts, with_power(7000), faults, zero);
        const double lost_until = pulses_of(losing, 2000).on.back();
        CHECK(1000 / (lost_until / (3600.0 / 7000)) == doctest::Approx(0.9).epsilon(0.03));
        faults = {};
        faults.extra = 0.1;
        PulseOutput adding(facts, with_power(7000), faults, zero);
        const double added_until = pulses_of(adding, 2000).on.back();
        CHECK(1000 / (added_until / (3600.0 / 7000)) == doctest::Approx(1.1).epsilon(0.03));
    }
    SUBCASE("bounce") {
        PulseFaults faults;
        faults.bounce = 2ms;
        PulseOutput output(facts, with_power(7000), faults, zero);
        std::vector<Edge> edges;
        for (int i = 0; i < 100; ++i) { edges.push_back(output.next().value()); }
        for (std::size_t i = 1; i < edges.size(); ++i) {
            CHECK(edges[i].level != edges[i - 1].level);
            CHECK(edges[i].time > edges[i - 1].time);
        }
        // The first burst ends 2 ms after its first edge, and leaves the output on.
        std::size_t last = 0;
        while (edges[last + 1].time - edges[last].time < 1ms) { ++last; }
        CHECK(last > 1);
        CHECK(edges[last].level);
        CHECK(edges[last].time - edges[0].time == 2ms);
    }
    SUBCASE("jitter") {
        PulseFaults faults;
        faults.jitter = 10ms;
        PulseOutput output(facts, with_power(7000), faults, zero);
        const Seen seen = pulses_of(output, 400);
        double most = 0;
        for (std::size_t i = 0; i < seen.on.size(); ++i) {
            most = std::max(most, std::abs(seen.on[i] - static_cast<double>(i + 1) * 3600 / 7000));
        }
        CHECK(most > 0.008);
        CHECK(most <= 0.0101);
    }
}

TEST_CASE("no load, a load the other way, frozen time and an unknown quantity give no pulses") {
    auto facts = output_of("pro380-mod", "forward", Decimal{1000, 0});
    CHECK_FALSE(PulseOutput(facts, with_power(0), {}, zero).next());
    CHECK_FALSE(PulseOutput(facts, with_power(-7000), {}, zero).next());
    Options frozen = with_power(7000);
    frozen.speed = 0;
    CHECK_FALSE(PulseOutput(facts, frozen, {}, zero).next());
    facts.quantity.clear();
    CHECK_FALSE(PulseOutput(facts, with_power(7000), {}, zero).next());
}

#include "codecs/pulse/analysis.hpp"
#include "tests/codecs/pulse/made_pulses.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <string>

using namespace meterctl::codecs::pulse;
using namespace meterctl::codecs::pulse::testing;

namespace {

std::vector<double> with(std::vector<double> made, const std::vector<double>& more) {
    made.insert(made.end(), more.begin(), more.end());
    std::ranges::sort(made);
    return made;
}

/// A period after the other.
std::vector<double> sums(const std::vector<double>& periods) {
    std::vector<double> made{100};
    for (const double period : periods) { made.push_back(made.back() + period); }
    return made;
}

/// A load that grows or shrinks by this share from period to period.
std::vector<double> drift(std::size_t count, double share) {
    std::vector<double> periods;
    double period = 500;
    for (std::size_t i = 0; i < count; ++i, period *= 1 + share) { periods.push_back(period); }
    return sums(periods);
}

std::vector<double> without(std::vector<double> made, std::size_t index) {
    made.erase(made.begin() + static_cast<std::ptrdiff_t>(index));
    return made;
}

struct Row {
    std::string title;
    std::vector<double> times;
    std::size_t missing, extra;
};

} // namespace

TEST_CASE("pulses that are missing or too many are found, and changes of the load are not taken for them") {
    const std::vector<Row> rows{
        {"regular", times(20, 500), 0, 0},
        {"one missing", times(20, 500, {9}), 1, 0},
        {"the second is missing", times(20, 500, {1}), 1, 0},
        {"the last but one is missing", times(20, 500, {18}), 1, 0},
        {"two in a row are missing", times(20, 500, {9, 10}), 2, 0},
        {"three apart are missing", times(30, 500, {4, 12, 20}), 3, 0},
        {"two intervals beside each other lack one", times(20, 500, {8, 10}), 2, 0},
        {"a tenth is missing, and a pair", times(60, 500, {5, 15, 16, 30, 44, 58}), 6, 0},
        {"one too many in the middle", with(times(20, 500), {5250}), 0, 1},
        {"one too many, near the next", with(times(20, 500), {5350}), 0, 1},
        {"two too many in one period", with(times(20, 500), {5150, 5300}), 0, 2},
        {"one missing and one too many", with(times(20, 500, {5}), {7700}), 1, 1},
        {"load that grows by 3 % a period", drift(40, -0.03), 0, 0},
        {"load that shrinks by 3 % a period", drift(40, 0.03), 0, 0},
        {"one missing while the load shrinks", without(drift(40, 0.03), 20), 1, 0},
        {"one missing while the load grows", without(drift(40, -0.03), 20), 1, 0},
        {"load that halves at once", sums({500, 500, 500, 500, 500, 700, 1000, 1000, 1000, 1000, 1000}), 0, 0},
        {"load that doubles at once", sums({500, 500, 500, 500, 500, 300, 250, 250, 250, 250, 250}), 0, 0},
        {"load that halves between two pulses", sums({500, 500, 500, 500, 500, 1000, 1000, 1000, 1000, 1000}), 0, 0},
        {"load that is off for a minute", sums({500, 500, 500, 500, 60000, 500, 500, 500, 500}), 0, 0},
        {"a jitter of a tenth", sums({520, 480, 510, 455, 545, 490, 500, 530, 470, 515}), 0, 0},
        {"one missing among a jitter of a tenth", sums({520, 480, 510, 455, 1020, 490, 500, 530, 470, 515}), 1, 0},
        {"too few to tell", times(2, 500), 0, 0},
        {"none", {}, 0, 0},
    };
    for (const Row& row : rows) {
        CAPTURE(row.title);
        const Analysis analysis = analyse(pulses_at(row.times));
        CHECK(analysis.pulses == row.times.size());
        CHECK(analysis.missing_count == row.missing);
        CHECK(analysis.extra.size() == row.extra);
    }
}

TEST_CASE("a missing pulse is told with the one before it, and its interval is no period") {
    const Analysis analysis = analyse(pulses_at(times(20, 500, {9, 10})));
    REQUIRE(analysis.missing.size() == 1);
    CHECK(analysis.missing[0] == Missing{4500ms, 2});
    CHECK(analysis.period.count == 16);
    CHECK(analysis.period.maximum == doctest::Approx(500));
}

TEST_CASE("the pulse too many is the one between, and the period around it is whole") {
    const Analysis analysis = analyse(pulses_at(with(times(20, 500), {5350})));
    REQUIRE(analysis.extra.size() == 1);
    CHECK(analysis.extra[0] == 5350ms);
    CHECK(analysis.period.count == 19);
    CHECK(analysis.period.minimum == doctest::Approx(500));
}

TEST_CASE("widths, gaps, periods and jitter are those the pulses were made with") {
    const auto pulses = debounced(edges_at({100ms, 120ms, 600ms, 630ms, 1100ms, 1110ms})).pulses();
    const Analysis analysis = analyse(pulses);
    CHECK(analysis.width == Statistics{3, 10, 30, 20, 20, 10});
    CHECK(analysis.gap.minimum == doctest::Approx(470));
    CHECK(analysis.gap.maximum == doctest::Approx(480));
    CHECK(analysis.period == Statistics{2, 500, 500, 500, 500, 0});
    CHECK(analysis.jitter.maximum == 0);
    CHECK(analysis.first == 100ms);
    CHECK(analysis.last == 1100ms);
    CHECK(analysis.intervals == 2);
}

TEST_CASE("bounce is counted and its longest told, and changes no width") {
    const auto pulses = debounced(edges_at({100ms, 100500us, 101ms, 120ms, 120300us, 120600us, 600ms, 620ms})).pulses();
    const Analysis analysis = analyse(pulses);
    CHECK(analysis.bounced == 1);
    CHECK(analysis.bounces == 4);
    CHECK(analysis.bounce == doctest::Approx(1));
    CHECK(analysis.width.minimum == doctest::Approx(20));
    CHECK(analysis.width.maximum == doctest::Approx(20));
}

TEST_CASE("all faults at once are told apart") {
    std::vector<nanoseconds> moments;
    for (const double time : with(times(30, 500, {12, 13}), {10240})) {
        const nanoseconds on(static_cast<std::int64_t>(time * 1e6));
        for (const nanoseconds later : {0us, 200us, 400us, 20000us}) { moments.push_back(on + later); }
    }
    const Analysis analysis = analyse(debounced(edges_at(moments)));
    CHECK(analysis.missing_count == 2);
    CHECK(analysis.extra.size() == 1);
    CHECK(analysis.bounced == 29);
    CHECK(analysis.bounce == doctest::Approx(0.4));
    CHECK(analysis.spikes == 0);
}

TEST_CASE("statistics are those of the textbook") {
    const std::vector<double> figures{2, 4, 4, 4, 5, 5, 7, 9};
    const Statistics made = statistics(figures);
    CHECK(made.mean == 5);
    CHECK(made.median == 4.5);
    CHECK(made.deviation == doctest::Approx(2.13809)); // sqrt(32 / 7)
    CHECK(statistics({}) == Statistics{});
    CHECK(statistics(std::vector<double>{3}) == Statistics{1, 3, 3, 3, 3, 0});
}

TEST_CASE("power follows from constant and period") {
    CHECK(power_of(1000, 1000) == doctest::Approx(3600)); // a Wh a second
    CHECK(period_at(1000, 7000) == doctest::Approx(514.285714));
}

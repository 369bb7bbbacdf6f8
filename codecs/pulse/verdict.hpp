// The verdict on a pulse output: each figure beside its limit.
#pragma once

#include "codecs/pulse/analysis.hpp"
#include "codecs/pulse/comparison.hpp"
#include "codecs/pulse/output.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::codecs::pulse {

enum class Outcome {
    pass,
    fail,
    inconclusive, ///< the figure is not exact enough to tell
    no_limit,     ///< nothing says what it should be
};

/// "pass", "fail", "inconclusive", "no_limit"
std::string_view outcome_name(Outcome outcome);

struct Check {
    std::string name{}; ///< "pulse_width"
    std::optional<double> value{};
    std::string unit{}; ///< "ms", "%", ""
    std::optional<double> least{}, most{};
    Outcome outcome = Outcome::no_limit;
    std::string what{}; ///< for people, where there is more to say: what fails, and what it may mean
};

/// What else is known of the test.
struct Conditions {
    double resolution = 0;               ///< ms to which the input knows the time of an edge
    bool widths = true;                  ///< false: the input sees the beginnings of pulses only
    bool counted = false;                ///< pulses were counted by somebody else, and none was seen
    std::optional<double> load;          ///< W, known from elsewhere than the pulses
    std::optional<std::string> software; ///< of the meter, where it is known
    std::optional<Comparison> comparison;
};

std::vector<Check> judge(const Analysis& analysis, const Output& output, const Conditions& conditions);

/// That of the constant and the load alone: pass, or fail with the constant that fits.
Check judge_load(const Output& output, double watts);

/// False where a check failed.
bool passed(const std::vector<Check>& checks);

} // namespace meterctl::codecs::pulse

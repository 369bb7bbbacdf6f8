#include "codecs/pulse/verdict.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace meterctl::codecs::pulse {

namespace {

/// Meters keep their widths to a tenth, and their powers are not known better than this.
constexpr double width_tolerance = 0.1;
constexpr double power_tolerance = 0.05;
/// One reading of a load that may change while the pulses come.
constexpr double constant_tolerance = 0.2;
constexpr std::string_view beginnings_only = "the input sees the beginnings of pulses only";

struct OutcomeName {
    Outcome outcome;
    std::string_view name;
};
constexpr std::array outcome_names{
    OutcomeName{Outcome::pass, "pass"},
    OutcomeName{Outcome::fail, "fail"},
    OutcomeName{Outcome::inconclusive, "inconclusive"},
    OutcomeName{Outcome::no_limit, "no_limit"},
};

struct Range {
    double least = 0, most = 0;
    [[nodiscard]] bool takes(double width) const { return width >= least && width <= most; }
};

Outcome pass_if(bool passes) {
    return passes ? Outcome::pass : Outcome::fail;
}

std::string seconds_after(nanoseconds start, nanoseconds time) {
    return fmt::format("{:.3f} s", milliseconds(time - start) / 1000);
}

std::string_view plural(std::uint64_t count) {
    return count == 1 ? "" : "s";
}

/// The widths a variant allows at the power around a pulse; at any power where that is not known.
std::optional<Range> range_at(const Variant& variant, double constant, double period, double resolution) {
    std::optional<Range> range;
    const auto widen = [&](std::optional<double> width) {
        if (!width) { return; }
        if (!range) { range = Range{*width, *width}; }
        range->least = std::min(range->least, *width);
        range->most = std::max(range->most, *width);
    };
    if (period > 0) {
        const double watts = power_of(constant, period);
        widen(variant.width_at(watts * (1 - power_tolerance)));
        widen(variant.width_at(watts * (1 + power_tolerance)));
    } else {
        for (const WidthStep& step : variant.widths) { widen(step.width); }
    }
    if (!range) { return range; }
    return Range{range->least * (1 - width_tolerance) - resolution, range->most * (1 + width_tolerance) + resolution};
}

/// How the pulses fit one variant.
struct Fit {
    const Variant* variant = nullptr;
    std::optional<Range> usual; ///< at the median period
    std::size_t narrow = 0, wide = 0;
    [[nodiscard]] std::size_t wrong() const { return narrow + wide; }
};

Fit fit_to(const Variant& variant, const Analysis& analysis, const Output& output, double resolution) {
    Fit fit;
    fit.variant = &variant;
    fit.usual = range_at(variant, output.constant.to_double(), analysis.period.median, resolution);
    for (const PulseFigures& figures : analysis.figures) {
        const auto range = range_at(variant, output.constant.to_double(), figures.period, resolution);
        if (figures.width <= 0 || !range) { continue; }
        fit.narrow += figures.width < range->least ? 1U : 0U;
        fit.wide += figures.width > range->most ? 1U : 0U;
    }
    return fit;
}

/// The variant that the pulses fit best; the first of those that fit alike.
Fit best_fit(const Analysis& analysis, const Output& output, const Conditions& conditions) {
    std::vector<Fit> fits;
    const auto known = [&](const Variant& variant) { return variant.software == conditions.software; };
    const bool has_own = conditions.software && std::ranges::any_of(output.variants, known);
    for (const Variant& variant : output.variants) {
        const bool other = conditions.software && (has_own ? !known(variant) : !variant.software.empty());
        if (!other) { fits.push_back(fit_to(variant, analysis, output, conditions.resolution)); }
    }
    return *std::ranges::min_element(fits, {}, &Fit::wrong);
}

std::string width_remark(const Fit& fit, const Analysis& analysis) {
    if (fit.wrong() == 0) {
        return fit.variant->software.empty() ? std::string()
                                             : fmt::format("as software {} has it", fit.variant->software);
    }
    const std::string_view how = fit.narrow >= fit.wide ? "narrow" : "wide";
    return fmt::format("{} of {} pulses are too {}: from {:.4g} to {:.4g} ms", fit.wrong(), analysis.width.count, how,
                       analysis.width.minimum, analysis.width.maximum);
}

Check judge_width(const Analysis& analysis, const Output& output, const Conditions& conditions) {
    Check check{.name = "pulse_width", .unit = "ms"};
    if (!conditions.widths || analysis.width.count == 0) {
        check.what = conditions.widths ? "" : beginnings_only;
        return check;
    }
    check.value = analysis.width.median;
    if (output.least_width) {
        check.least = *output.least_width - conditions.resolution;
        check.outcome = pass_if(analysis.width.minimum >= *check.least);
        if (check.outcome == Outcome::fail) {
            check.what = fmt::format("the narrowest pulse has {:.4g} ms", analysis.width.minimum);
        }
        return check;
    }
    const Fit fit = best_fit(analysis, output, conditions);
    if (!fit.usual) { return check; }
    check.least = std::max(0.0, fit.usual->least);
    check.most = fit.usual->most;
    check.outcome = pass_if(fit.wrong() == 0);
    check.what = width_remark(fit, analysis);
    return check;
}

Check judge_gap(const Analysis& analysis, const Output& output, const Conditions& conditions) {
    Check check{.name = "pulse_gap", .unit = "ms"};
    if (!conditions.widths || analysis.gap.count == 0) {
        check.what = conditions.widths ? "" : beginnings_only;
        return check;
    }
    check.value = analysis.gap.minimum;
    if (!output.gap) { return check; }
    check.least = *output.gap * (1 - width_tolerance) - conditions.resolution;
    check.outcome = pass_if(analysis.gap.minimum >= *check.least);
    if (check.outcome == Outcome::fail) { check.what = "pulses follow each other too fast"; }
    return check;
}

Check judge_bounce(const Analysis& analysis, const Output& output, const Conditions& conditions) {
    Check check{.name = "bounce", .value = analysis.bounce, .unit = "ms"};
    if (!conditions.widths || !output.bounce) { return check; }
    check.most = *output.bounce;
    check.outcome = pass_if(analysis.bounce <= *output.bounce);
    if (check.outcome == Outcome::fail) {
        check.what = fmt::format("{} of {} pulses bounce, with {} edges too many", analysis.bounced, analysis.pulses,
                                 analysis.bounces);
    }
    return check;
}

Check judge_count(std::string name, std::uint64_t count, std::string what) {
    Check check{.name = std::move(name), .value = static_cast<double>(count), .most = 0};
    check.outcome = pass_if(count == 0);
    if (count != 0) { check.what = std::move(what); }
    return check;
}

Check judge_missing(const Analysis& analysis) {
    if (analysis.missing.empty()) { return judge_count("missing_pulses", 0, {}); }
    const std::size_t count = analysis.missing_count;
    return judge_count("missing_pulses", count,
                       fmt::format("{} pulse{} lost in {} place{}, the first {} after the first pulse", count,
                                   plural(count), analysis.missing.size(), plural(analysis.missing.size()),
                                   seconds_after(analysis.first, analysis.missing.front().after)));
}

Check judge_extra(const Analysis& analysis) {
    if (analysis.extra.empty()) { return judge_count("extra_pulses", 0, {}); }
    const std::size_t count = analysis.extra.size();
    return judge_count("extra_pulses", count,
                       fmt::format("{} pulse{} too many, the first {} after the first pulse", count, plural(count),
                                   seconds_after(analysis.first, analysis.extra.front())));
}

/// Which constant the pulses show at a load that is known.
Check judge_constant(const Analysis& analysis, const Output& output, double load) {
    const double constant = output.constant.to_double();
    Check check{.name = "constant", .unit = output.reactive() ? "imp/kvarh" : "imp/kWh"};
    check.value = period_at(1, std::abs(load)) / analysis.period.median;
    check.least = constant * (1 - constant_tolerance);
    check.most = constant * (1 + constant_tolerance);
    check.outcome = pass_if(*check.value >= *check.least && *check.value <= *check.most);
    if (check.outcome == Outcome::pass) { return check; }
    const std::string about =
        *check.value >= 100 ? fmt::format("{:.0f}", *check.value) : fmt::format("{:.3g}", *check.value);
    check.what = fmt::format("at {:.6g} W the pulses show about {}", std::abs(load), about);
    for (const Decimal& other : output.settable) {
        const double share = *check.value / other.to_double();
        if (std::abs(share - 1) <= constant_tolerance) {
            check.what += fmt::format(": the output is set to {}", other.to_string());
        }
    }
    return check;
}

Check judge_energy(const Output& output, const Comparison& comparison) {
    Check check{.name = "energy_error", .value = comparison.error, .unit = "%"};
    if (!output.accuracy) { return check; }
    const double most = output.accuracy->to_double();
    check.least = -most;
    check.most = most;
    const double size = std::abs(comparison.error);
    if (size - comparison.uncertainty > most) {
        check.outcome = Outcome::fail;
        check.what = fmt::format("{} pulses are {:.6g}, the register moved by {:.6g}, known to {:.3g} %",
                                 comparison.pulses, comparison.counted, comparison.register_, comparison.uncertainty);
    } else {
        const bool exact = comparison.uncertainty <= most && size <= most;
        check.outcome = exact ? Outcome::pass : Outcome::inconclusive;
    }
    if (check.outcome == Outcome::inconclusive) {
        const std::uint64_t needed = std::max(pulses_needed(comparison, most), comparison.pulses + 1);
        check.what = fmt::format("known to {:.3g} % only: {} pulses at least are needed for {} %",
                                 comparison.uncertainty, needed, output.accuracy->to_string());
    }
    return check;
}

/// What the pulses themselves look like.
void judge_shape(std::vector<Check>& checks, const Analysis& analysis, const Output& output,
                 const Conditions& conditions) {
    checks.push_back(judge_width(analysis, output, conditions));
    checks.push_back(judge_gap(analysis, output, conditions));
    checks.push_back(judge_bounce(analysis, output, conditions));
    checks.push_back(judge_missing(analysis));
    checks.push_back(judge_extra(analysis));
    checks.push_back(judge_count(
        "spikes", analysis.spikes,
        fmt::format("{} change{} taken back within the debounce time", analysis.spikes, plural(analysis.spikes))));
    checks.push_back(judge_count("lost_edges", analysis.lost_edges,
                                 "the input could not follow the edges: the other figures are not to be trusted"));
}

} // namespace

std::string_view outcome_name(Outcome outcome) {
    for (const OutcomeName& row : outcome_names) {
        if (row.outcome == outcome) { return row.name; }
    }
    return {};
}

Check judge_load(const Output& output, double watts) {
    Check check{.name = "load", .unit = output.reactive() ? "var" : "W"};
    check.value = std::abs(watts);
    check.outcome = Outcome::pass;
    const auto overlap = overlap_at(output, watts);
    if (!overlap) { return check; }
    const std::string_view unit = output.reactive() ? "imp/kvarh" : "imp/kWh";
    check.outcome = Outcome::fail;
    check.most = 3.6e9 / (output.constant.to_double() * (overlap->width + overlap->gap));
    check.what = fmt::format("{} {} at {:.6g} {} is a pulse every {:.4g} ms, and each needs {:.4g} ms",
                             output.constant.to_string(), unit, std::abs(watts), check.unit, overlap->period,
                             overlap->width + overlap->gap);
    check.what += overlap->fits ? fmt::format("; {} {} fits", overlap->fits->to_string(), unit)
                                : std::string("; no constant of this output fits");
    return check;
}

std::vector<Check> judge(const Analysis& analysis, const Output& output, const Conditions& conditions) {
    std::vector<Check> checks;
    const bool timed = analysis.period.count > 0;
    if (timed || conditions.load) {
        const double measured = timed ? power_of(output.constant.to_double(), analysis.period.median) : 0;
        checks.push_back(judge_load(output, conditions.load.value_or(measured)));
    }
    if (!conditions.counted) { judge_shape(checks, analysis, output, conditions); }
    if (timed && conditions.load) { checks.push_back(judge_constant(analysis, output, *conditions.load)); }
    if (conditions.comparison) { checks.push_back(judge_energy(output, *conditions.comparison)); }
    return checks;
}

bool passed(const std::vector<Check>& checks) {
    return std::ranges::none_of(checks, [](const Check& check) { return check.outcome == Outcome::fail; });
}

} // namespace meterctl::codecs::pulse

#include "commands/pulse_report.hpp"

#include "commands/values.hpp"

#include <array>
#include <cmath>
#include <fmt/format.h>

namespace meterctl::commands {

namespace {

namespace pulse = codecs::pulse;
using output::FigureRecord;

constexpr int time_decimals = 4, power_decimals = 2, percent_decimals = 4, second_decimals = 6;

FigureRecord figure(std::string name, std::string unit, const pulse::Statistics& statistics, int decimals) {
    FigureRecord record;
    record.name = std::move(name);
    record.unit = std::move(unit);
    record.count = statistics.count;
    record.minimum = rounded(statistics.minimum, decimals);
    record.maximum = rounded(statistics.maximum, decimals);
    record.mean = rounded(statistics.mean, decimals);
    record.median = rounded(statistics.median, decimals);
    record.deviation = rounded(statistics.deviation, decimals);
    return record;
}

/// The longest period is the least power.
FigureRecord power_figure(const pulse::Statistics& period, double constant, std::string unit) {
    pulse::Statistics power = period;
    power.minimum = pulse::power_of(constant, period.maximum);
    power.maximum = pulse::power_of(constant, period.minimum);
    power.mean = pulse::power_of(constant, period.mean);
    power.median = pulse::power_of(constant, period.median);
    power.deviation = period.deviation / period.mean * power.mean;
    return figure("power", std::move(unit), power, power_decimals);
}

std::optional<Decimal> rounded_where_known(const std::optional<double>& value, int decimals) {
    return value ? std::optional(rounded(*value, decimals)) : std::nullopt;
}

Decimal seconds_behind(std::chrono::nanoseconds first, std::chrono::nanoseconds time) {
    return rounded(std::chrono::duration<double>(time - first).count(), second_decimals);
}

} // namespace

Decimal rounded(double value, int decimals) {
    constexpr double most = 1e17; // what a double holds beyond has no decimals to round
    const double moved = value * std::pow(10.0, decimals);
    if (!std::isfinite(moved) || std::abs(moved) > most) { return Decimal::from_double(value).value_or(Decimal{}); }
    return Decimal{std::llround(moved), -decimals}.normalized();
}

void put_analysis(output::PulseTestRecord& record, const pulse::Analysis& analysis, const pulse::Output& output) {
    const double constant = output.constant.to_double();
    record.pulses = analysis.intervals;
    record.duration = seconds_behind(analysis.first, analysis.last);
    record.energy = Decimal::from_double(static_cast<double>(analysis.intervals) / constant).value_or(Decimal{});
    const double seconds = record.duration.to_double();
    if (analysis.intervals > 0 && seconds > 0) {
        record.power = rounded(pulse::power_of(constant, seconds * 1000 / static_cast<double>(analysis.intervals)),
                               power_decimals);
    }
    const std::string watts = output.reactive() ? "var" : "W";
    if (analysis.period.count > 0) { record.figures.push_back(power_figure(analysis.period, constant, watts)); }
    struct Row {
        std::string_view name;
        const pulse::Statistics& statistics;
    };
    const std::array rows{Row{"pulse_width", analysis.width}, Row{"pulse_gap", analysis.gap},
                          Row{"period", analysis.period}, Row{"jitter", analysis.jitter}};
    for (const Row& row : rows) {
        if (row.statistics.count == 0) { continue; }
        record.figures.push_back(figure(std::string(row.name), "ms", row.statistics, time_decimals));
    }
    for (const pulse::Missing& missing : analysis.missing) {
        record.missing.push_back({seconds_behind(analysis.first, missing.after), missing.count});
    }
    for (const auto time : analysis.extra) { record.extra.push_back(seconds_behind(analysis.first, time)); }
    record.limits_source = output.limits_source;
}

void put_checks(output::PulseTestRecord& record, std::span<const pulse::Check> checks) {
    for (const pulse::Check& check : checks) {
        const int decimals = check.unit == "W" ? power_decimals : time_decimals;
        output::CheckRecord& made = record.checks.emplace_back();
        made.name = check.name;
        made.value = rounded_where_known(check.value, decimals);
        made.unit = check.unit;
        made.least = rounded_where_known(check.least, decimals);
        made.most = rounded_where_known(check.most, decimals);
        made.result = pulse::outcome_name(check.outcome);
        made.what = check.what;
    }
}

void put_comparison(output::ReferenceRecord& record, const pulse::Comparison& comparison) {
    record.pulses = comparison.pulses;
    record.energy = rounded(comparison.register_, second_decimals);
    record.error = rounded(comparison.error, percent_decimals);
    record.one_pulse = rounded(comparison.one_pulse, percent_decimals);
    record.one_step = rounded(comparison.one_step, percent_decimals);
    record.uncertainty = rounded(comparison.uncertainty, percent_decimals);
}

Error silence_error(const pulse::Output& output, const std::string& input, bool simulated, bool had_pulses) {
    Error error{.category = Category::timeout,
                .what = had_pulses ? "the pulses stopped" : "no pulse came",
                .where = input,
                .hints = {},
                .code = "pulse_test.silent"};
    if (simulated) {
        error.hints = {"a load in the direction of the output, such as power=7000", "a longer --timeout"};
        return error;
    }
    const std::chrono::duration<double, std::milli> period(pulse::period_at(output.constant.to_double(), 1000));
    const std::string wiring =
        output.wiring.empty() ? std::string("5 to 27 V DC at an S0 output") : "terminals " + output.wiring;
    error.hints = {"to check wiring and supply: " + wiring, "to swap the two wires: an S0 output has a polarity",
                   fmt::format("to check the load, and its direction for \"{}\"", output.name),
                   fmt::format("to check the constant: at {} imp/kWh and 1 kW a pulse comes every {}",
                               output.constant.to_string(),
                               format_duration(std::chrono::duration_cast<std::chrono::nanoseconds>(period))),
                   "a longer --timeout"};
    return error;
}

Error verdict_error(std::span<const pulse::Check> checks) {
    std::string what;
    for (const pulse::Check& check : checks) {
        if (check.outcome != pulse::Outcome::fail) { continue; }
        what += (what.empty() ? "FAIL: " : "; ") + check.name;
        if (!check.what.empty()) { what += ": " + check.what; }
    }
    return Error{.category = Category::verdict, .what = what, .where = {}, .hints = {}, .code = "pulse_test.fail"};
}

} // namespace meterctl::commands

#include "codecs/pulse/output.hpp"

#include "codecs/pulse/analysis.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace meterctl::codecs::pulse {

namespace {

using catalogue::PulseCarry;
using catalogue::PulseOutput;

constexpr std::string_view standard_name = "IEC 62053-31";
/// Pulses that follow each other without any slack are held up already.
constexpr double room = 1.01;

std::vector<const PulseOutput*> rows_of(const catalogue::Definition& meter, std::string_view name) {
    std::vector<const PulseOutput*> rows;
    for (const PulseOutput& row : meter.pulse_outputs) {
        if (row.name == name) { rows.push_back(&row); }
    }
    return rows;
}

void add_once(std::vector<Decimal>& constants, const Decimal& constant) {
    if (std::ranges::find(constants, constant) == constants.end()) { constants.push_back(constant); }
}

template <class T>
void take_first(T& known, const T& said, bool is_said) {
    if (known == T{} && is_said) { known = said; }
}

bool is_of(const PulseOutput& row, const Decimal& constant) {
    return row.constants.empty() || std::ranges::find(row.constants, constant) != row.constants.end();
}

Variant variant_of(const PulseOutput& row) {
    Variant variant{row.applies_to, {}};
    for (const auto& [below, width] : row.widths_ms) {
        WidthStep step;
        if (below) { step.below = below->to_double(); }
        step.width = width.to_double();
        variant.widths.push_back(step);
    }
    return variant;
}

std::string text_of(std::span<const Decimal> constants) {
    std::vector<std::string> texts;
    for (const Decimal& constant : constants) { texts.push_back(constant.to_string()); }
    return fmt::format("{}", fmt::join(texts, ", "));
}

void set_limits(Output& output, std::span<const PulseOutput* const> rows) {
    bool optical = false, says = false;
    for (const PulseOutput* row : rows) {
        optical = optical || row->optical;
        says = says || !row->widths_ms.empty() || row->minimum_gap_ms;
        if (row->minimum_gap_ms && !output.gap) { output.gap = row->minimum_gap_ms->to_double(); }
        if (row->maximum_bounce_ms && !output.bounce) { output.bounce = row->maximum_bounce_ms->to_double(); }
        if (output.limits_source.empty()) { output.limits_source = row->source; }
    }
    if (optical) { return; }
    if (!output.bounce) { output.bounce = standard_bounce; }
    // A meter with widths of its own leaves the standard, and its gaps follow from them.
    if (says) { return; }
    output.least_width = standard_width;
    output.gap = standard_gap;
    output.limits_source = standard_name;
}

/// The steps of the decades below a constant, for outputs that can be set to any.
std::vector<Decimal> decades_below(const Decimal& constant) {
    std::vector<Decimal> decades;
    Decimal decade{1, 6};
    for (int i = 0; i < 12; ++i, --decade.exponent) {
        if (decade < constant) { decades.push_back(decade); }
    }
    return decades;
}

double room_needed(const Output& output, double watts) {
    const double width = output.variants.front().width_at(watts).value_or(output.least_width.value_or(0));
    return width + output.gap.value_or(0);
}

} // namespace

std::optional<double> Variant::width_at(double watts) const {
    for (const WidthStep& step : widths) {
        if (watts < step.below) { return step.width; }
    }
    return std::nullopt;
}

std::optional<double> Output::narrowest() const {
    std::optional<double> narrowest = least_width;
    for (const Variant& variant : variants) {
        for (const WidthStep& step : variant.widths) {
            narrowest = std::min(narrowest.value_or(step.width), step.width);
        }
    }
    return narrowest;
}

std::vector<std::string> output_names(const catalogue::Definition& meter) {
    std::vector<std::string> names;
    for (const PulseOutput& row : meter.pulse_outputs) {
        if (std::ranges::find(names, row.name) == names.end()) { names.push_back(row.name); }
    }
    return names;
}

Result<OutputFacts> find_facts(const catalogue::Definition& meter, std::string_view name) {
    const std::vector<std::string> names = output_names(meter);
    if (names.empty()) {
        return fail(Category::usage, fmt::format("no pulse output of {} is known", meter.model), {},
                    {"--constant N without --meter, for what IEC 62053-31 says"}, "usage.no_pulse_output");
    }
    OutputFacts facts;
    facts.name = name.empty() ? names.front() : std::string(name);
    const auto rows = rows_of(meter, facts.name);
    if (rows.empty()) {
        auto hints = nearest(name, names, 1);
        if (hints.empty()) { hints = names; }
        return fail(Category::usage, fmt::format("{} has no pulse output \"{}\"", meter.model, name), {},
                    std::move(hints), "usage.unknown_output");
    }
    for (const PulseOutput* row : rows) {
        take_first(facts.quantity, row->quantity, true);
        take_first(facts.wiring, row->wiring, true);
        take_first(facts.constant_point, row->constant_point, true);
        take_first(facts.code_point, row->code_point, true);
        if (!facts.constant) { facts.constant = row->constant; }
        if (facts.carries.empty()) { facts.carries = row->carries; }
        for (const Decimal& constant : row->constants) { add_once(facts.settable, constant); }
    }
    return facts;
}

Result<std::string> quantity_under(const OutputFacts& facts, std::optional<long> code) {
    if (!code || facts.carries.empty()) { return facts.quantity; }
    for (const PulseCarry& carry : facts.carries) {
        if (std::ranges::find(carry.codes, *code) != carry.codes.end()) { return carry.quantity; }
    }
    return fail(Category::usage, fmt::format("the output \"{}\" knows no code {}", facts.name, *code), {}, {},
                "usage.code");
}

Result<Output> make_output(const catalogue::Definition& meter, const OutputFacts& facts, Decimal constant) {
    if (constant <= Decimal{0, 0}) {
        return fail(Category::usage, "a pulse constant is greater than 0", constant.to_string(), {}, "usage.constant");
    }
    Output output;
    output.name = facts.name;
    output.quantity = facts.quantity;
    output.constant = constant;
    output.settable = facts.settable;
    output.wiring = facts.wiring;
    std::vector<const PulseOutput*> rows = rows_of(meter, facts.name);
    std::erase_if(rows, [&](const PulseOutput* row) { return !is_of(*row, constant); });
    if (rows.empty()) {
        return fail(Category::usage,
                    fmt::format("the output \"{}\" of {} cannot be set to {} imp/kWh", facts.name, meter.model,
                                constant.to_string()),
                    {}, {fmt::format("one of {}", text_of(facts.settable))}, "usage.constant");
    }
    for (const PulseOutput* row : rows) { output.variants.push_back(variant_of(*row)); }
    std::ranges::stable_partition(output.variants, [](const Variant& variant) { return variant.software.empty(); });
    set_limits(output, rows);
    output.accuracy = output.reactive() ? meter.accuracy.reactive : meter.accuracy.active;
    output.accuracy_source = meter.accuracy.source;
    return output;
}

Output standard_output(Decimal constant) {
    Output output;
    output.name = "output";
    output.quantity = "active_energy_import";
    output.constant = constant;
    output.variants.emplace_back();
    set_limits(output, {});
    return output;
}

std::optional<Overlap> overlap_at(const Output& output, double watts) {
    const double load = std::abs(watts);
    if (load <= 0) { return std::nullopt; }
    const double needed = room_needed(output, load);
    Overlap overlap;
    overlap.period = period_at(output.constant.to_double(), load);
    if (overlap.period > needed * room) { return std::nullopt; }
    overlap.gap = output.gap.value_or(0);
    overlap.width = needed - overlap.gap;
    const auto others = output.settable.empty() ? decades_below(output.constant) : output.settable;
    for (const Decimal& other : others) {
        // The widths of another constant may be others; those of this one are the shorter ones.
        const bool fits = other < output.constant && period_at(other.to_double(), load) > needed * room;
        if (fits && (!overlap.fits || *overlap.fits < other)) { overlap.fits = other; }
    }
    return overlap;
}

double usual_debounce(const Output& output) {
    const auto narrowest = output.narrowest();
    return narrowest ? std::min(*narrowest / 4, standard_bounce) : 0.5;
}

} // namespace meterctl::codecs::pulse

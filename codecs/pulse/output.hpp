// What a meter's pulse output should give: its widths by power, its least gap, its bounce, and what it counts, from the
// meter's definition. Where the meter says nothing, IEC 62053-31, 4.1.3: on and off for 30 ms at least, transitions
// including bounce within 5 ms.
#pragma once

#include "src/catalogue/definition.hpp"
#include "src/core/error.hpp"

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::codecs::pulse {

inline constexpr double standard_width = 30; ///< ms, at least
inline constexpr double standard_gap = 30;   ///< ms, at least
inline constexpr double standard_bounce = 5; ///< ms, at most

struct WidthStep {
    double below = std::numeric_limits<double>::infinity(); ///< W
    double width = 0;                                       ///< ms
};

/// The pulses of one software of the meter.
struct Variant {
    std::string software; ///< "1.19"; empty: all other
    std::vector<WidthStep> widths;

    /// ms at this power in W; nullopt where the meter does not say.
    [[nodiscard]] std::optional<double> width_at(double watts) const;
};

struct Output {
    std::string name;
    std::string quantity;          ///< what it counts; empty: nothing, under the code that is set
    Decimal constant;              ///< impulses per kWh or kvarh
    std::vector<Decimal> settable; ///< constants it can be set to; empty: any
    std::vector<Variant> variants; ///< at least one; the one for all other software first
    std::optional<double> gap;     ///< ms, at least
    std::optional<double> bounce;  ///< ms, at most
    std::optional<double> least_width;
    std::string limits_source; ///< "manual 5", "IEC 62053-31"
    std::string wiring;
    std::optional<Decimal> accuracy; ///< percent
    std::string accuracy_source;

    [[nodiscard]] bool reactive() const { return quantity.starts_with("reactive"); }
    /// The narrowest pulse it gives at any power, in ms; nullopt where nothing says.
    [[nodiscard]] std::optional<double> narrowest() const;
};

/// What is known of one output before its constant is: that of all its rows.
struct OutputFacts {
    std::string name, quantity, wiring, constant_point, code_point;
    std::optional<Decimal> constant; ///< as delivered
    std::vector<Decimal> settable;
    std::vector<catalogue::PulseCarry> carries;
};

/// The names of a meter's outputs, in their order.
std::vector<std::string> output_names(const catalogue::Definition& meter);

/// Of the output of this name; the meter's first where the name is empty. Usage error with the names there are.
Result<OutputFacts> find_facts(const catalogue::Definition& meter, std::string_view name);

/// The quantity under this code: the facts' own without a code. Usage error where the meter has no such code.
Result<std::string> quantity_under(const OutputFacts& facts, std::optional<long> code);

/// The output with this constant. Usage error where it cannot be set to that.
Result<Output> make_output(const catalogue::Definition& meter, const OutputFacts& facts, Decimal constant);

/// An output of which nothing is known but its constant: what the standard says.
Output standard_output(Decimal constant);

/// That pulses of this constant and load would run into each other.
struct Overlap {
    double period = 0;           ///< ms between pulses
    double width = 0, gap = 0;   ///< ms that each needs
    std::optional<Decimal> fits; ///< the greatest constant at which they do not
};

/// nullopt where they have room.
std::optional<Overlap> overlap_at(const Output& output, double watts);

/// How long edges may follow each other and be one change, in ms: a quarter of the narrowest pulse, 5 ms at most.
double usual_debounce(const Output& output);

} // namespace meterctl::codecs::pulse

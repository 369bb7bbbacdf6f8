#include "codecs/pulse/comparison.hpp"

#include <algorithm>
#include <cmath>

namespace meterctl::codecs::pulse {

namespace {

int last_decimal(const Value& reading) {
    const auto number = reading.number();
    return number ? std::min(number->exponent, 0) : 0;
}

/// The exponent of ten at or above what the float's mantissa can tell apart.
std::optional<int> float_decimal(const Value& reading) {
    double apart = 0;
    if (const auto* narrow = reading.get<float>()) {
        apart = std::nextafter(std::abs(*narrow), HUGE_VALF) - std::abs(*narrow);
    } else if (const auto* wide = reading.get<double>()) {
        apart = std::nextafter(std::abs(*wide), HUGE_VAL) - std::abs(*wide);
    }
    if (apart <= 0 || !std::isfinite(apart)) { return std::nullopt; }
    return static_cast<int>(std::ceil(std::log10(apart)));
}

} // namespace

Decimal register_step(const Value& before, const Value& after) {
    int exponent = std::min(last_decimal(before), last_decimal(after));
    for (const Value* reading : {&before, &after}) {
        if (const auto least = float_decimal(*reading)) { exponent = std::max(exponent, *least); }
    }
    return Decimal{1, exponent};
}

std::optional<Comparison> compare(std::uint64_t pulses, const Decimal& constant, const Decimal& before,
                                  const Decimal& after, const Decimal& step) {
    const double moved = after.to_double() - before.to_double();
    const double each = 1 / constant.to_double();
    if (!(after > before)) { return std::nullopt; }
    Comparison made;
    made.pulses = pulses;
    made.counted = static_cast<double>(pulses) * each;
    made.register_ = moved;
    made.error = 100 * (made.counted - moved) / moved;
    made.one_pulse = 100 * each / moved;
    made.one_step = 100 * step.to_double() / moved;
    made.uncertainty = made.one_pulse + made.one_step;
    made.needed = static_cast<std::uint64_t>(std::ceil((each + step.to_double()) / each * 100));
    return made;
}

std::uint64_t pulses_needed(const Comparison& comparison, double percent) {
    return static_cast<std::uint64_t>(std::ceil(static_cast<double>(comparison.needed) / percent));
}

} // namespace meterctl::codecs::pulse

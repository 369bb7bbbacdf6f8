// Counted pulses against an energy register: the error in percent, and how exact it is. A count is known to one pulse,
// a difference of two readings to one step of the register; their sum bounds the uncertainty, so that what is called
// wrong is wrong.
#pragma once

#include "src/core/decimal.hpp"
#include "src/core/value.hpp"

#include <cstdint>
#include <optional>

namespace meterctl::codecs::pulse {

struct Comparison {
    std::uint64_t pulses = 0;                            ///< counted between the two readings
    double counted = 0, register_ = 0;                   ///< kWh (kvarh)
    double error = 0;                                    ///< percent of the register's energy
    double one_pulse = 0, one_step = 0, uncertainty = 0; ///< percent
    std::uint64_t needed = 0; ///< pulses for an uncertainty of 1 %, to be divided by the class in percent
};

/// Readings in kWh, the register's step likewise. nullopt where the register did not move forward.
std::optional<Comparison> compare(std::uint64_t pulses, const Decimal& constant, const Decimal& before,
                                  const Decimal& after, const Decimal& step);

/// The least step that two readings of one register show: the last decimal of either, and for a binary float no less
/// than it can hold.
Decimal register_step(const Value& before, const Value& after);

/// How many pulses give an uncertainty of `percent`.
std::uint64_t pulses_needed(const Comparison& comparison, double percent);

} // namespace meterctl::codecs::pulse

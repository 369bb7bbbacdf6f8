// What was measured and judged, as the records of the document.
#pragma once

#include "codecs/pulse/verdict.hpp"
#include "src/output/pulse_record.hpp"

#include <span>
#include <vector>

namespace meterctl::commands {

/// Rounded to so many decimals, without trailing zeros.
Decimal rounded(double value, int decimals);

/// Pulses, energy and power of whole periods, the figures, and what is missing or too many.
void put_analysis(output::PulseTestRecord& record, const codecs::pulse::Analysis& analysis,
                  const codecs::pulse::Output& output);

void put_checks(output::PulseTestRecord& record, std::span<const codecs::pulse::Check> checks);

void put_comparison(output::ReferenceRecord& record, const codecs::pulse::Comparison& comparison);

/// No pulse came, or none any more, and what to check.
Error silence_error(const codecs::pulse::Output& output, const std::string& input, bool simulated, bool had_pulses);

/// "FAIL: pulse_width: 20 of 20 pulses are too narrow ...": the checks that failed as one error, whose exit code is 8.
Error verdict_error(std::span<const codecs::pulse::Check> checks);

} // namespace meterctl::commands

// The keys of a definition's pulse outputs and of its accuracy class.
#pragma once

#include "src/catalogue/fields.hpp"

#include <span>

namespace meterctl::catalogue {

using Width = decltype(PulseOutput::widths_ms)::value_type;

std::span<const Key<PulseOutput>> pulse_output_keys();
std::span<const Key<Width>> width_keys();
std::span<const Key<PulseCarry>> carry_keys();
std::span<const Key<AccuracyClass>> accuracy_keys();

Result<void> read_value(const Source& source, const Node& node, PulseOutput& out);
Result<void> read_value(const Source& source, const Node& node, AccuracyClass& out);

} // namespace meterctl::catalogue

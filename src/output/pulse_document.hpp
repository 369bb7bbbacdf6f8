// The document of `pulse-test`: what was measured, each figure beside its limit, and the verdict.
#pragma once

#include "src/output/options.hpp"
#include "src/output/pulse_record.hpp"
#include "src/output/sink.hpp"

#include <span>

namespace meterctl::output {

/// Writes it whole. With edges, CSV is `time,level`, a row an edge, which `edges:` inputs read back; the figures are
/// left out there.
void write_pulse_test(Sink& sink, const Options& options, const Head& head, const PulseTestRecord& test,
                      std::span<const Failure> failures);

} // namespace meterctl::output

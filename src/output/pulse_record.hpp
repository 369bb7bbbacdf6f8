// What a pulse test measured and how it was judged, as its document shows it.
#pragma once

#include "src/output/records.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace meterctl::output {

/// Many values of one kind.
struct FigureRecord {
    std::string name; ///< "period"
    std::string unit; ///< "ms", "W"
    std::uint64_t count = 0;
    Decimal minimum, maximum, mean, median, deviation;
};

/// A figure beside its limit.
struct CheckRecord {
    std::string name; ///< of the figure it judges, where there is one
    std::optional<Decimal> value;
    std::string unit;
    std::optional<Decimal> least, most;
    std::string result; ///< "pass", "fail", "inconclusive", "no_limit"
    std::string what;
};

/// Pulses that did not come between two that did.
struct MissingRecord {
    Decimal after; ///< seconds behind the first pulse
    std::uint64_t count = 0;
};

/// The register that the pulses are compared with.
struct ReferenceRecord {
    std::string meter, target, address, name;
    Value before, after;
    Unit unit = Unit::none;
    std::uint64_t pulses = 0;                                ///< between the two readings
    std::optional<Decimal> energy;                           ///< by the register; unset where the register did not move
    std::optional<Decimal> error;                            ///< percent
    std::optional<Decimal> one_pulse, one_step, uncertainty; ///< percent
    std::optional<Decimal> accuracy;                         ///< percent
    std::string accuracy_source;
};

struct EdgeRecord {
    std::chrono::nanoseconds time{}; ///< on the input's clock
    bool level = false;
};

struct PulseTestRecord {
    std::string output;   ///< "forward"
    std::string quantity; ///< "active_energy_import"
    std::string input;    ///< what is watched, in words
    Decimal constant;
    Unit constant_unit = Unit::none;
    std::optional<Decimal> debounce; ///< ms
    std::uint64_t pulses = 0;        ///< behind the first: so many whole periods
    Decimal duration;                ///< s, of those periods
    Decimal energy;
    Unit energy_unit = Unit::none;
    std::optional<Decimal> power; ///< W, in the mean
    std::vector<FigureRecord> figures;
    std::vector<MissingRecord> missing;
    std::vector<Decimal> extra; ///< seconds behind the first pulse
    std::optional<ReferenceRecord> reference;
    std::vector<CheckRecord> checks;
    std::string limits_source;
    std::optional<bool> passed; ///< unset where there was nothing to judge
    bool interrupted = false;
    std::vector<std::string> notes;
    std::optional<std::vector<EdgeRecord>> edges; ///< where they were asked for
};

} // namespace meterctl::output

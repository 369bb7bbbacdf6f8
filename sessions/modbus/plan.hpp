// Which requests read a set of values: neighbours together up to the meter's limit, across gaps that cost less than a
// further request, never across what the meter refuses, and never half a value. Pure: no bytes, no waiting.
#pragma once

#include "codecs/modbus/pdu.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace meterctl::sessions::modbus {

using codecs::modbus::Table;

/// Registers (or bits) of one table, first to end - 1.
struct Range {
    Table table = Table::holding;
    unsigned first = 0;
    unsigned end = 0; ///< at most 65536

    [[nodiscard]] unsigned count() const { return end - first; }
    [[nodiscard]] bool contains(const Range& other) const {
        return table == other.table && first <= other.first && other.end <= end;
    }
    friend bool operator==(const Range&, const Range&) = default;
};

struct PlanLimits {
    unsigned max_registers = codecs::modbus::max_read_registers;
    unsigned max_bits = codecs::modbus::max_read_bits;
    unsigned max_gap = 30;       ///< registers nobody asked for that are read rather than asked around
    std::vector<Range> readable; ///< blocks the meter answers whole; what lies between them is never joined over
    std::vector<Range> refused;  ///< no request that contains one of these is made of several values
};

/// One request and the values it brings, as indexes into what was wanted.
struct PlannedRead {
    Range range;
    std::vector<std::size_t> values;
    friend bool operator==(const PlannedRead&, const PlannedRead&) = default;
};

/// The requests in the order of their addresses. Every index of `wanted` is in exactly one of them.
std::vector<PlannedRead> plan_reads(std::span<const Range> wanted, const PlanLimits& limits);

/// What to ask instead of a request that the meter refused: its parts between the gaps or, where it has none, its
/// halves. Notes in `limits` what not to join again. Empty when the request was for one value: that one is refused.
std::vector<PlannedRead> split_refused(const PlannedRead& refused, std::span<const Range> wanted, PlanLimits& limits);

} // namespace meterctl::sessions::modbus

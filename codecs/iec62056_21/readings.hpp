// Data sets as readings: common names by OBIS code, exact values, units, time stamps.
#pragma once

#include "codecs/iec62056_21/data_set.hpp"
#include "src/catalogue/definition.hpp"
#include "src/core/reading.hpp"

#include <span>

namespace meterctl::codecs::iec62056_21 {

/// Each data set as a reading, and a profile as one. Named by the points of `meter` (may be null) where one has the id,
/// else by the common name of its OBIS code, else by its id as sent; an earlier billing period is "name@1". A reading's
/// address is the id as sent. A value that is no number, though its id stands for one, stays text.
std::vector<Reading> to_readings(std::span<const DataSet> sets, const catalogue::Definition* meter = nullptr);

/// The unit behind '*': "kWh", "m3", "m3ph", "kvarh", "Wh"; none where we know none.
Unit unit_of(std::string_view text);

} // namespace meterctl::codecs::iec62056_21

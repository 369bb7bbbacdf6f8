// Reading: one value of one meter, under our common name.
#pragma once

#include "src/core/obis.hpp"
#include "src/core/unit.hpp"
#include "src/core/value.hpp"

#include <optional>
#include <string>
#include <vector>

namespace meterctl {

struct Reading {
    std::string name; ///< snake_case, the same for every meter
    std::optional<Obis> obis;
    Value value; ///< null with a flag where the meter has none; never 0 instead
    Unit unit = Unit::none;
    std::optional<DateTime> time;   ///< the meter's own time for this value, where it gives one
    std::vector<std::string> flags; ///< "not_a_number", "not_available", "local_time", ...
    std::string text;               ///< label of an enumerated or bit-field value, e.g. "even"; else empty
    std::string address;            ///< in the protocol's own terms, e.g. "holding:0x5002"
    Bytes raw;                      ///< the octets it came from
};

} // namespace meterctl

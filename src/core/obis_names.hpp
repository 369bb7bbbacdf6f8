// Our common names and the OBIS codes they stand for (IEC 62056-61, the codes that every maker means alike).
#pragma once

#include "src/core/obis.hpp"
#include "src/core/unit.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace meterctl {

/// What a code stands for.
struct ObisMeaning {
    enum class Kind { number, text, date_time, date, time_of_day };
    std::string name; ///< "active_energy_import_t1" of 1-0:1.8.1
    Kind kind = Kind::number;
    Unit base = Unit::none; ///< the base unit of what it measures: watt_hour; none for counts and texts
};

/// B counts channels of A = 1 and F billing periods: neither is looked at, and the caller adds "@1" for a period. A = 0
/// is the device itself, where B = 0 only. nullopt where we have no name.
std::optional<ObisMeaning> meaning_of(const Obis& code);
/// Its name alone.
std::optional<std::string> name_of(const Obis& code);

/// The code of a common name, B 0 and F 255; nullopt where it has none.
std::optional<Obis> obis_of(std::string_view name);

} // namespace meterctl

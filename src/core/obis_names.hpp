// Our common names and the OBIS codes they stand for (IEC 62056-61; the maker-independent part for electricity).
#pragma once

#include "src/core/obis.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace meterctl {

/// The common name of a code: "active_energy_import_t1" of 1-0:1.8.1. The medium is that of A (1 electricity, 0 things
/// of the device itself), B and F are not looked at: the caller adds "@1" for an earlier billing period. nullopt where
/// we have no name.
std::optional<std::string> name_of(const Obis& code);

/// The code of a common name, B 0 and F 255; nullopt where it has none.
std::optional<Obis> obis_of(std::string_view name);

} // namespace meterctl

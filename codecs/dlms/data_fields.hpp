// A Data as a tree of named fields.
#pragma once

#include "codecs/decoder.hpp"
#include "codecs/dlms/data.hpp"

namespace meterctl::codecs::dlms {

/// The Data's offsets count from `base`. `value` is the plain value, `text` the type and what it means:
/// "octet-string, 1-0:1.8.0.255 active_energy_import", "structure of 2", "enum, Wh".
Field data_field(std::string_view name, const Data& data, std::size_t base);

} // namespace meterctl::codecs::dlms

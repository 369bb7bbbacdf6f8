// What a device says it is, by the properties of its device object.
#pragma once

#include "sessions/bacnet/reader.hpp"

namespace meterctl::sessions::bacnet {

Task<Result<Identity>> identify(Properties& properties, std::vector<const catalogue::Definition*> candidates);

} // namespace meterctl::sessions::bacnet

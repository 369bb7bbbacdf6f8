// What a meter says it is, as far as this client may read it.
#pragma once

#include "sessions/dlms/reader.hpp"

namespace meterctl::sessions::dlms {

Task<Result<Identity>> identify(Reader& reader, ApduLink& link, std::vector<const catalogue::Definition*> candidates);

} // namespace meterctl::sessions::dlms

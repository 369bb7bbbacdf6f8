// Our own system title (Green Book 4.3.4). With key and counter it makes what no two APDUs may share, so that each
// installation has its own: counters are kept by the installation.
#pragma once

#include "codecs/dlms/ciphering.hpp"

#include <string>

namespace meterctl::sessions::dlms {

/// The title kept in `folder`, made of random octets the first time; where there is no folder, one that is the same
/// always. Endpoint error where it cannot be kept.
Result<codecs::dlms::SystemTitle> own_system_title(const std::string& folder);

} // namespace meterctl::sessions::dlms

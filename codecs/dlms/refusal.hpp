// What a meter answers in place of what was asked, as errors that say what to try.
#pragma once

#include "codecs/dlms/apdu.hpp"

namespace meterctl::codecs::dlms {

/// Category refused; the code is "dlms.access.N". `what`: "3:1-0:1.8.0.255:2".
Error access_refused(AccessResult result, const std::string& what);
/// Category refused; the code is "dlms.action.N". `what`: "70:0-0:96.3.10.255:m1".
Error action_refused(AccessResult result, const std::string& what);
/// Category refused; the code is "dlms.service.KIND.VALUE".
Error service_refused(const ConfirmedServiceError& error, const std::string& what);

} // namespace meterctl::codecs::dlms

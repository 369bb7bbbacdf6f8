// Finding DLMS servers: on a line by SNRM at one HDLC address after the other, on a socket by an association with the
// management logical device; each as the public client, who may ask who it is.
#pragma once

#include "sessions/protocols.hpp"

namespace meterctl::sessions::dlms {

Task<Result<void>> scan(transports::Transport& transport, ScanOptions options, ScanSink sink);

} // namespace meterctl::sessions::dlms

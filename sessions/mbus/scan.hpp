// Finding the meters of an M-Bus: address by address, or, with the setting "secondary", by selections that grow more
// definite where several meters answer.
#pragma once

#include "sessions/protocols.hpp"

namespace meterctl::sessions::mbus {

Task<Result<void>> scan(transports::Transport& transport, ScanOptions options, ScanSink sink);

} // namespace meterctl::sessions::mbus

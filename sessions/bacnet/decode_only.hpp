// The conversations that BACnet does not have here: its frames are decoded, and each of these says so.
#pragma once

#include "sessions/protocols.hpp"

namespace meterctl::sessions::bacnet {

/// Usage error.
Result<std::unique_ptr<Session>> no_session(transports::Transport& transport, SessionOptions options);

} // namespace meterctl::sessions::bacnet

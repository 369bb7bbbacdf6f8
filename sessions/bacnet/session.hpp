// The BACnet session: one device, on BACnet/IP or MS/TP, on our own network or behind routers.
#pragma once

#include "sessions/session.hpp"

namespace meterctl::sessions::bacnet {

/// Usage error where the address or a setting is none.
Result<std::unique_ptr<Session>> open_session(transports::Transport& transport, SessionOptions options);

} // namespace meterctl::sessions::bacnet

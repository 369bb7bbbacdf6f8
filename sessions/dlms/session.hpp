// The DLMS session: a link, an association on it, and services in the association. Each call associates and releases,
// so that no meter is left with a client that is gone.
#pragma once

#include "sessions/session.hpp"

namespace meterctl::sessions::dlms {

/// See Protocol.
bool looks_first(const catalogue::Point& point);

/// Usage error where the address or a setting is none.
Result<std::unique_ptr<Session>> open_session(transports::Transport& transport, SessionOptions options);

} // namespace meterctl::sessions::dlms

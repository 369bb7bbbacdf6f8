// The M-Bus session: a slave addressed by number, by secondary address, or as the only one on its line.
#pragma once

#include "sessions/session.hpp"

namespace meterctl::sessions::mbus {

/// Usage error where the address or a setting of the definition is none.
Result<std::unique_ptr<Session>> open_session(transports::Transport& transport, SessionOptions options);

} // namespace meterctl::sessions::mbus

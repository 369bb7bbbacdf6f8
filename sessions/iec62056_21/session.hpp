// The IEC 62056-21 session: one meter at an optical port or on a current loop.
#pragma once

#include "sessions/session.hpp"

namespace meterctl::sessions::iec62056_21 {

/// Usage error where address, password or a setting cannot be.
Result<std::unique_ptr<Session>> open_session(transports::Transport& transport, SessionOptions options);

} // namespace meterctl::sessions::iec62056_21

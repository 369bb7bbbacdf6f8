// How a session is to speak: what the user says, else the definition, else the standard.
#pragma once

#include "sessions/iec62056_21/client.hpp"

namespace meterctl::sessions::iec62056_21 {

/// Keys of `settings`: baud (the fastest rate; that of the sign-on keeps it), frame (of the line as it is), mode (d
/// listens), wakeup (1), password. Usage error where one cannot be.
Result<ClientOptions> client_options(const SessionOptions& options, const transports::Transport& transport);

} // namespace meterctl::sessions::iec62056_21

// A listener whose peers are traced and captured as --trace and --capture ask.
#pragma once

#include "commands/connection.hpp"

#include <memory>
#include <string>

namespace meterctl::commands {

/// `wiring` and `protocol` must outlive the listener.
std::unique_ptr<transports::Listener> make_dressed(std::unique_ptr<transports::Listener> inner, const Wiring& wiring,
                                                   const sessions::Protocol& protocol, std::string framing);

} // namespace meterctl::commands

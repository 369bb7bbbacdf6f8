// A transport that leads nowhere: what a dry run plans its frames on, so that nothing can be sent by mistake.
#pragma once

#include "transports/transport.hpp"

#include <memory>
#include <optional>
#include <string>

namespace meterctl::commands {

/// `line` as the real one would have it; nullopt for sockets.
std::unique_ptr<transports::Transport>
make_unconnected(transports::Loop& loop, std::optional<transports::LineSettings> line, std::string description);

} // namespace meterctl::commands

// A listener whose one peer is there from the start and never goes: a pseudo-terminal, a serial line.
#pragma once

#include "transports/real_loop.hpp"
#include "transports/transport.hpp"

#include <memory>
#include <string>

namespace meterctl::transports {

/// accept() gives `peer` the first time, and then waits for Ctrl-C.
std::unique_ptr<Listener> make_one_peer(RealLoop& loop, std::unique_ptr<Transport> peer, std::string description);

} // namespace meterctl::transports

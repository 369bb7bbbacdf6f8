// The openers of each scheme, which open.cpp chooses among.
#pragma once

#include "transports/open.hpp"
#include "transports/real_loop.hpp"

#include <memory>

namespace meterctl::transports {

using Opened = Result<std::unique_ptr<Transport>>;
using Listening = Result<std::unique_ptr<Listener>>;

Task<Opened> open_tcp(RealLoop& loop, Endpoint endpoint, OpenOptions options);
Task<Opened> open_udp(RealLoop& loop, Endpoint endpoint, OpenOptions options);
Task<Opened> open_serial(RealLoop& loop, Endpoint endpoint, OpenOptions options);
Task<Opened> open_rfc2217(RealLoop& loop, Endpoint endpoint, OpenOptions options);
/// ir:, ir+rfc2217: and ir+tcp:.
Task<Opened> open_ir(RealLoop& loop, Endpoint endpoint, OpenOptions options);

Task<Listening> listen_tcp(RealLoop& loop, Endpoint endpoint, OpenOptions options);
Task<Listening> listen_udp(RealLoop& loop, Endpoint endpoint, OpenOptions options);
Task<Listening> listen_pty(RealLoop& loop, Endpoint endpoint, OpenOptions options);

} // namespace meterctl::transports

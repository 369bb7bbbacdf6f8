// Links to test over: endpoints that must parse, listeners that must listen, and echoing servers.
#pragma once

#include "transports/open.hpp"

#include <memory>
#include <string>

namespace meterctl::transports::testing {

/// No test waits this long; a broken one fails instead of hanging.
constexpr auto long_enough = std::chrono::seconds(20);

Endpoint endpoint_of(const std::string& text);
std::unique_ptr<Listener> listen_on(Loop& loop, const std::string& text);
std::unique_ptr<Transport> open_link(Loop& loop, const std::string& text, OpenOptions options = {});
/// Where a socket listens in fact, as something to connect to.
std::string connectable(const Listener& listener);
/// 0, 1, ... 255, 0, ...
Bytes counted(std::size_t size);

/// Reads until `count` octets came, or none came for long enough.
Task<Bytes> read_exactly(Transport& transport, std::size_t count);
/// Sends back all that comes, from every peer.
Task<void> serve_echo(Listener& listener);
/// Writes and reads back.
Task<bool> exchange(Loop& loop, std::string target, Bytes request);

} // namespace meterctl::transports::testing

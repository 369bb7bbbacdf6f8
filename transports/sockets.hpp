// What the socket transports share: connecting, binding, and telling what went wrong in the user's terms.
#pragma once

#include "src/core/error.hpp"
#include "transports/endpoint.hpp"
#include "transports/real_loop.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace meterctl::transports {

/// "tcp://10.0.0.5:502", "udp://[::1]:47808": the endpoint without its query.
std::string socket_name(Scheme scheme, std::string_view host, std::uint16_t port);
std::string socket_name(Scheme scheme, const SocketAddress& address);

/// Connects to the first of the host's addresses that answers. Endpoint error when none does in `timeout`, interrupted
/// on Ctrl-C. `type` is SOCK_STREAM or SOCK_DGRAM.
Task<Result<std::unique_ptr<Descriptor>>> connect_socket(RealLoop& loop, std::string where, const Endpoint& endpoint,
                                                         int type, Duration timeout);

/// Binds to the endpoint's host and port; an empty host is every address of this machine.
Task<Result<std::unique_ptr<Descriptor>>> bind_socket(RealLoop& loop, std::string where, const Endpoint& endpoint,
                                                      int type);

/// Where a bound socket is in fact: its port is known even when 0 was asked for.
SocketAddress local_address(const Descriptor& descriptor);

/// Requests are small and waited for: they leave at once.
void send_at_once(const Descriptor& descriptor);

/// The endpoint error of a system call that failed with `number`.
tl::unexpected<Error> socket_failure(int number, std::string_view where);
tl::unexpected<Error> interrupted_failure(std::string_view where);
/// The other side closed the link; its code is `transport.closed`.
tl::unexpected<Error> closed_failure(std::string_view where);

/// "5 s", "0.25 s"
std::string seconds_text(Duration duration);

} // namespace meterctl::transports

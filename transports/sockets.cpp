#include "transports/sockets.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <system_error>
#include <unistd.h>

namespace meterctl::transports {

namespace {

constexpr int listen_backlog = 4096;

struct Cause {
    int number;
    std::string_view what, hint;
};
constexpr std::array causes{
    Cause{ECONNREFUSED, "the connection was refused", "check the port and that the other side serves it"},
    Cause{EHOSTUNREACH, "the host cannot be reached", "check the address and the cable"},
    Cause{ENETUNREACH, "the network cannot be reached", "check the address and the route to it"},
    Cause{ETIMEDOUT, "the connection timed out", "check the address and the cable"},
    Cause{ECONNRESET, "the other side reset the connection", "check that it serves this many clients at once"},
    Cause{EPIPE, "the other side closed the connection", "check that it serves this many clients at once"},
    Cause{EADDRINUSE, "the port is in use", "choose another port, or end the program that listens there"},
    Cause{EADDRNOTAVAIL, "the address is not one of this machine", "use 0.0.0.0 for all of them"},
    Cause{EACCES, "no permission", "use a port from 1024 up"},
    Cause{EMFILE, "too many open files", "raise the limit: ulimit -n"},
};

Result<std::unique_ptr<Descriptor>> open_socket(RealLoop& loop, int family, int type, std::string_view where) {
    const int fd = ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) { return socket_failure(errno, where); }
    return std::make_unique<Descriptor>(loop, fd);
}

/// 0, or the number of the error.
int start_connecting(const Descriptor& descriptor, const SocketAddress& address) {
    return ::connect(descriptor.fd(), address.get(), address.length) == 0 ? 0 : errno;
}

int pending_error(const Descriptor& descriptor) {
    int number = 0;
    socklen_t length = sizeof number;
    ::getsockopt(descriptor.fd(), SOL_SOCKET, SO_ERROR, &number, &length);
    return number;
}

Task<Result<std::unique_ptr<Descriptor>>> connect_address(RealLoop& loop, std::string_view where,
                                                          const SocketAddress& address, int type, Duration timeout) {
    auto opened = open_socket(loop, address.get()->sa_family, type, where);
    if (!opened) { co_return opened; }
    int number = start_connecting(**opened, address);
    if (number == EINPROGRESS) {
        Wait connected = (*opened)->writable(loop.now() + timeout);
        const Wake wake = co_await connected;
        if (wake == Wake::interrupted) { co_return interrupted_failure(where); }
        if (wake == Wake::timed_out) {
            co_return fail(Category::endpoint, fmt::format("no connection in {}", seconds_text(timeout)),
                           std::string(where),
                           {"check the address and the cable", "allow it more: connect_timeout=20s"});
        }
        number = pending_error(**opened);
    }
    if (number != 0) { co_return socket_failure(number, where); }
    co_return opened;
}

SocketAddress any_address(int family, std::uint16_t port) {
    SocketAddress address;
    if (family == AF_INET6) {
        auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        address.length = sizeof v6;
        return address;
    }
    auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    address.length = sizeof v4;
    return address;
}

Result<std::unique_ptr<Descriptor>> bind_address(RealLoop& loop, std::string_view where, const SocketAddress& address,
                                                 int type) {
    auto opened = open_socket(loop, address.get()->sa_family, type, where);
    if (!opened) { return opened; }
    const int fd = (*opened)->fd();
    const int yes = 1;
    // Not for datagrams: there it would let two programs take turns in stealing each other's.
    if (type == SOCK_STREAM) { ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes); }
    if (::bind(fd, address.get(), address.length) != 0) { return socket_failure(errno, where); }
    if (type == SOCK_STREAM && ::listen(fd, listen_backlog) != 0) { return socket_failure(errno, where); }
    return opened;
}

} // namespace

std::string socket_name(Scheme scheme, std::string_view host, std::uint16_t port) {
    const bool v6 = host.find(':') != std::string_view::npos;
    return fmt::format("{}://{}{}{}:{}", scheme_name(scheme), v6 ? "[" : "", host, v6 ? "]" : "", port);
}

std::string socket_name(Scheme scheme, const SocketAddress& address) {
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> port{};
    ::getnameinfo(address.get(), address.length, host.data(), host.size(), port.data(), port.size(),
                  NI_NUMERICHOST | NI_NUMERICSERV);
    return socket_name(scheme, host.data(), static_cast<std::uint16_t>(std::atoi(port.data())));
}

Task<Result<std::unique_ptr<Descriptor>>> connect_socket(RealLoop& loop, std::string where, const Endpoint& endpoint,
                                                         int type, Duration timeout) {
    const TimePoint deadline = loop.now() + timeout;
    if (endpoint.port == 0) {
        co_return fail(Category::usage, "port 0 is nowhere to connect to", where, {"name the port, 1 to 65535"});
    }
    const auto addresses = co_await loop.resolve(endpoint.host, endpoint.port, deadline);
    if (!addresses) { co_return tl::unexpected(addresses.error()); }
    auto outcome = Result<std::unique_ptr<Descriptor>>(closed_failure(where));
    for (std::size_t i = 0; i < addresses->size(); ++i) {
        const auto share = (deadline - loop.now()) / static_cast<Duration::rep>(addresses->size() - i);
        outcome = co_await connect_address(loop, where, (*addresses)[i], type, share);
        if (outcome || outcome.error().category == Category::interrupted) { break; }
    }
    co_return outcome;
}

Task<Result<std::unique_ptr<Descriptor>>> bind_socket(RealLoop& loop, std::string where, const Endpoint& endpoint,
                                                      int type) {
    if (endpoint.host.empty()) {
        auto both = bind_address(loop, where, any_address(AF_INET6, endpoint.port), type);
        if (both) { co_return both; }
        co_return bind_address(loop, where, any_address(AF_INET, endpoint.port), type);
    }
    const TimePoint deadline = loop.now() + std::chrono::seconds(10);
    const auto addresses = co_await loop.resolve(endpoint.host, endpoint.port, deadline);
    if (!addresses) { co_return tl::unexpected(addresses.error()); }
    co_return bind_address(loop, where, addresses->front(), type);
}

SocketAddress local_address(const Descriptor& descriptor) {
    SocketAddress address;
    address.length = sizeof address.storage;
    ::getsockname(descriptor.fd(), reinterpret_cast<sockaddr*>(&address.storage), &address.length);
    return address;
}

void send_at_once(const Descriptor& descriptor) {
    const int yes = 1;
    ::setsockopt(descriptor.fd(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

tl::unexpected<Error> socket_failure(int number, std::string_view where) {
    const auto* cause = std::ranges::find(causes, number, &Cause::number);
    if (cause != causes.end()) {
        return fail(Category::endpoint, std::string(cause->what), std::string(where), {std::string(cause->hint)});
    }
    return fail(Category::endpoint, std::system_category().message(number), std::string(where));
}

tl::unexpected<Error> interrupted_failure(std::string_view where) {
    return fail(Category::interrupted, "interrupted", std::string(where));
}

tl::unexpected<Error> closed_failure(std::string_view where) {
    return fail(Category::endpoint, "the other side closed the connection", std::string(where),
                {"check that it serves this many clients at once"}, "transport.closed");
}

std::string seconds_text(Duration duration) {
    return fmt::format("{:g} s", std::chrono::duration<double>(duration).count());
}

} // namespace meterctl::transports

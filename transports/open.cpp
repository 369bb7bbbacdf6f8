#include "transports/open.hpp"

#include "transports/openers.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::transports {

namespace {

using Opener = Task<Opened> (*)(RealLoop&, Endpoint, OpenOptions);
using ListenOpener = Task<Listening> (*)(RealLoop&, Endpoint, OpenOptions);

/// What each scheme is on either side; null where it has no such side.
struct Sides {
    Scheme scheme;
    Opener open;
    ListenOpener listen;
};
constexpr std::array sides{
    Sides{Scheme::tcp, open_tcp, listen_tcp},
    Sides{Scheme::udp, open_udp, nullptr},
    Sides{Scheme::tcp_listen, nullptr, listen_tcp},
};

const Sides* find_sides(Scheme scheme) {
    const auto* found = std::ranges::find(sides, scheme, &Sides::scheme);
    return found == sides.end() ? nullptr : found;
}

} // namespace

Task<Opened> open_transport(Loop& loop, const Endpoint& endpoint, OpenOptions options) {
    const Sides* found = find_sides(endpoint.scheme);
    if (found == nullptr || found->open == nullptr) {
        co_return fail(Category::usage, fmt::format("{}: is nothing to connect to", scheme_name(endpoint.scheme)),
                       endpoint.text, {"/dev/ttyUSB0", "tcp://HOST:PORT"});
    }
    co_return co_await found->open(real_loop(loop), endpoint, std::move(options));
}

Task<Listening> open_listener(Loop& loop, const Endpoint& endpoint, OpenOptions options) {
    const Sides* found = find_sides(endpoint.scheme);
    if (found == nullptr || found->listen == nullptr) {
        co_return fail(Category::usage, fmt::format("{}: is nothing to listen at", scheme_name(endpoint.scheme)),
                       endpoint.text, {"tcp://127.0.0.1:PORT", "pty:PATH"});
    }
    co_return co_await found->listen(real_loop(loop), endpoint, std::move(options));
}

} // namespace meterctl::transports

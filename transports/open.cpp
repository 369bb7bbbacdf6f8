#include "transports/open.hpp"

#include "transports/edges.hpp"
#include "transports/one_peer.hpp"
#include "transports/openers.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::transports {

namespace {

using Opener = Task<Opened> (*)(RealLoop&, Endpoint, OpenOptions);
using ListenOpener = Task<Listening> (*)(RealLoop&, Endpoint, OpenOptions);

/// A meter that is simulated on a line of its own.
Task<Listening> listen_serial(RealLoop& loop, Endpoint endpoint, OpenOptions options) {
    auto opened = co_await open_serial(loop, std::move(endpoint), std::move(options));
    if (!opened) { co_return tl::unexpected(opened.error()); }
    std::string name = (*opened)->description();
    co_return make_one_peer(loop, std::move(*opened), std::move(name));
}

/// What each scheme is on either side; null where it has no such side.
struct Sides {
    Scheme scheme;
    Opener open;
    ListenOpener listen;
};
constexpr std::array sides{
    Sides{Scheme::serial, open_serial, listen_serial}, Sides{Scheme::tcp, open_tcp, listen_tcp},
    Sides{Scheme::udp, open_udp, listen_udp},          Sides{Scheme::tcp_listen, nullptr, listen_tcp},
    Sides{Scheme::rfc2217, open_rfc2217, nullptr},     Sides{Scheme::udp_listen, nullptr, listen_udp},
    Sides{Scheme::pty, nullptr, listen_pty},           Sides{Scheme::ir, open_ir, nullptr},
    Sides{Scheme::ir_rfc2217, open_ir, nullptr},       Sides{Scheme::ir_tcp, open_ir, nullptr},
};

const Sides* find_sides(Scheme scheme) {
    const auto* found = std::ranges::find(sides, scheme, &Sides::scheme);
    return found == sides.end() ? nullptr : found;
}

} // namespace

Task<Opened> open_transport(Loop& loop, const Endpoint& endpoint, OpenOptions options) {
    const Sides* found = find_sides(endpoint.scheme);
    if (is_pulse_input(endpoint.scheme)) {
        co_return fail(Category::usage,
                       fmt::format("{}: is an input for pulses, not for octets", scheme_name(endpoint.scheme)),
                       endpoint.text, {"meterctl pulse-test"});
    }
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

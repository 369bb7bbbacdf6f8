#include "tests/transports/links.hpp"

#include <doctest/doctest.h>
#include <numeric>

namespace meterctl::transports::testing {

namespace {

Task<void> echo(std::unique_ptr<Transport> peer) {
    while (true) {
        const auto chunk = co_await peer->read(TimePoint::max());
        if (!chunk) { co_return; }
        const auto sent = co_await peer->write(chunk->octets);
        if (!sent) { co_return; }
    }
}

} // namespace

Endpoint endpoint_of(const std::string& text) {
    auto endpoint = parse_endpoint(text);
    REQUIRE(endpoint.has_value());
    return *endpoint;
}

std::unique_ptr<Listener> listen_on(Loop& loop, const std::string& text) {
    auto listener = run(loop, open_listener(loop, endpoint_of(text), {}));
    REQUIRE(listener.has_value());
    return std::move(*listener);
}

std::unique_ptr<Transport> open_link(Loop& loop, const std::string& text, OpenOptions options) {
    auto link = run(loop, open_transport(loop, endpoint_of(text), std::move(options)));
    REQUIRE(link.has_value());
    return std::move(*link);
}

std::string connectable(const Listener& listener) {
    std::string text = listener.description();
    text.erase(text.find("-listen"), std::string_view("-listen").size());
    return text;
}

Bytes counted(std::size_t size) {
    Bytes octets(size);
    std::iota(octets.begin(), octets.end(), std::uint8_t{0});
    return octets;
}

Task<Bytes> read_exactly(Transport& transport, std::size_t count) {
    Bytes octets;
    while (octets.size() < count) {
        const TimePoint deadline = transport.loop().now() + long_enough;
        const auto chunk = co_await transport.read(deadline);
        if (!chunk || chunk->octets.empty()) { break; }
        octets.insert(octets.end(), chunk->octets.begin(), chunk->octets.end());
    }
    co_return octets;
}

Task<void> serve_echo(Listener& listener) {
    while (true) {
        auto peer = co_await listener.accept();
        if (!peer) { co_return; }
        listener.loop().spawn(echo(std::move(*peer)));
    }
}

Task<bool> exchange(Loop& loop, std::string target, Bytes request) {
    const auto endpoint = parse_endpoint(target);
    auto link = co_await open_transport(loop, *endpoint, OpenOptions());
    if (!link) { co_return false; }
    const auto sent = co_await (*link)->write(request);
    if (!sent) { co_return false; }
    const Bytes answer = co_await read_exactly(**link, request.size());
    co_return answer == request;
}

} // namespace meterctl::transports::testing

#include "tests/transports/links.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::transports;
using namespace meterctl::transports::testing;

TEST_CASE("each datagram is one chunk, whatever stands behind it") {
    const auto loop = make_real_loop();
    const auto listener = listen_on(*loop, "udp-listen://127.0.0.1:0");
    const auto link = open_link(*loop, connectable(*listener));
    CHECK(link->datagrams());
    REQUIRE(run(*loop, link->write(counted(12))).has_value());
    REQUIRE(run(*loop, link->write(counted(7))).has_value());
    const auto peer = run(*loop, listener->accept());
    REQUIRE(peer.has_value());
    for (const std::size_t size : {12U, 7U}) {
        const auto chunk = run(*loop, (*peer)->read(loop->now() + long_enough));
        REQUIRE(chunk.has_value());
        CHECK(chunk->octets == counted(size));
    }
    const auto none = run(*loop, (*peer)->read(loop->now()));
    REQUIRE(none.has_value());
    CHECK(none->octets.empty());
}

TEST_CASE("each peer of a UDP listener gets its own answers") {
    const auto loop = make_real_loop();
    const auto listener = listen_on(*loop, "udp://127.0.0.1:0");
    loop->spawn(serve_echo(*listener));
    std::vector<std::unique_ptr<Transport>> links;
    for (std::size_t i = 0; i < 8; ++i) {
        links.push_back(open_link(*loop, connectable(*listener)));
        REQUIRE(run(*loop, links.back()->write(counted(i + 1))).has_value());
    }
    for (std::size_t i = links.size(); i-- > 0;) {
        const auto chunk = run(*loop, links[i]->read(loop->now() + long_enough));
        REQUIRE(chunk.has_value());
        CHECK(chunk->octets == counted(i + 1));
    }
}

TEST_CASE("a UDP port where nobody listens is an endpoint error") {
    const auto loop = make_real_loop();
    std::string nobody;
    { nobody = connectable(*listen_on(*loop, "udp-listen://127.0.0.1:0")); }
    const auto link = open_link(*loop, nobody);
    REQUIRE(run(*loop, link->write(counted(1))).has_value());
    const auto chunk = run(*loop, link->read(loop->now() + long_enough));
    REQUIRE_FALSE(chunk.has_value());
    CHECK(chunk.error().category == Category::endpoint);
    CHECK(chunk.error().what == "nobody listens at the port");
}

TEST_CASE("a bound UDP socket sends to any peer, and says who answered") {
    const auto loop = make_real_loop();
    const auto first = listen_on(*loop, "udp://127.0.0.1:0");
    const auto second = listen_on(*loop, "udp://127.0.0.1:0");
    loop->spawn(serve_echo(*first));
    loop->spawn(serve_echo(*second));
    const auto link = open_link(*loop, connectable(*first) + "?bind=127.0.0.1:0");
    const std::string other = connectable(*second).substr(std::string_view("udp://").size());
    REQUIRE(run(*loop, link->write_to(other, counted(3))).has_value());
    auto chunk = run(*loop, link->read(loop->now() + long_enough));
    REQUIRE(chunk.has_value());
    CHECK(chunk->octets == counted(3));
    CHECK(chunk->peer == other);
    REQUIRE(run(*loop, link->write(counted(5))).has_value());
    chunk = run(*loop, link->read(loop->now() + long_enough));
    REQUIRE(chunk.has_value());
    CHECK(chunk->octets == counted(5));
    CHECK("udp://" + chunk->peer == connectable(*first));
}

TEST_CASE("a bound UDP socket may broadcast; a connected one has one peer") {
    const auto loop = make_real_loop();
    const auto many = open_link(*loop, "udp://127.255.255.255:47808?bind=127.0.0.1:0");
    CHECK(run(*loop, many->write(counted(1))).has_value());
    const auto listener = listen_on(*loop, "udp://127.0.0.1:0");
    const auto one = open_link(*loop, connectable(*listener));
    const auto sent = run(*loop, one->write_to("127.0.0.1:47808", counted(1)));
    REQUIRE_FALSE(sent.has_value());
    CHECK(sent.error().category == Category::usage);
}

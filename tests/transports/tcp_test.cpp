#include "tests/transports/links.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace meterctl;
using namespace meterctl::transports;
using namespace meterctl::transports::testing;

TEST_CASE("octets go to a listener and come back") {
    for (const char* where : {"tcp-listen://127.0.0.1:0", "tcp://127.0.0.1:0", "tcp-listen://localhost:0"}) {
        CAPTURE(where);
        const auto loop = make_real_loop();
        const auto listener = listen_on(*loop, where);
        loop->spawn(serve_echo(*listener));
        CHECK(run(*loop, exchange(*loop, connectable(*listener), counted(260))));
    }
}

TEST_CASE("a message larger than the socket's buffers passes whole") {
    const auto loop = make_real_loop();
    const auto listener = listen_on(*loop, "tcp-listen://127.0.0.1:0");
    const auto link = open_link(*loop, connectable(*listener));
    const auto peer = run(*loop, listener->accept());
    REQUIRE(peer.has_value());
    const Bytes large = counted(20'000'000);
    const auto send = [](Transport& over, const Bytes& octets) -> Task<void> {
        const auto sent = co_await over.write(octets);
        CHECK(sent.has_value());
    };
    loop->spawn(send(*link, large));
    CHECK(run(*loop, read_exactly(**peer, large.size())) == large);
}

TEST_CASE("hundreds of links are served at once") {
    const auto loop = make_real_loop();
    const auto listener = listen_on(*loop, "tcp-listen://127.0.0.1:0");
    loop->spawn(serve_echo(*listener));
    constexpr int count = 200;
    int good = 0;
    int ended = 0;
    const auto client = [](Loop& on, std::string target, int& well, int& done) -> Task<void> {
        const bool same = co_await exchange(on, target, counted(12));
        well += same ? 1 : 0;
        ++done;
    };
    for (int i = 0; i < count; ++i) { loop->spawn(client(*loop, connectable(*listener), good, ended)); }
    while (ended < count) { REQUIRE(loop->run_one()); }
    CHECK(good == count);
}

TEST_CASE("a deadline ends a read with an empty chunk, also one that has passed") {
    const auto loop = make_real_loop();
    const auto listener = listen_on(*loop, "tcp-listen://127.0.0.1:0");
    const auto link = open_link(*loop, connectable(*listener));
    for (const auto wait : {Duration(-1), Duration(0), Duration(std::chrono::milliseconds(2))}) {
        const TimePoint deadline = loop->now() + wait;
        const auto chunk = run(*loop, link->read(deadline));
        REQUIRE(chunk.has_value());
        CHECK(chunk->octets.empty());
        CHECK(loop->now() >= deadline);
    }
}

TEST_CASE("what arrived by the deadline is given, though the loop comes late to it") {
    const auto loop = make_real_loop();
    const auto listener = listen_on(*loop, "tcp-listen://127.0.0.1:0");
    const auto link = open_link(*loop, connectable(*listener));
    const auto peer = run(*loop, listener->accept());
    REQUIRE(peer.has_value());
    const TimePoint deadline = loop->now() + std::chrono::milliseconds(1);
    const Bytes answer = counted(9);
    auto sent = (*peer)->write(answer);
    loop->call_at(loop->now(), [&] {
        sent.start();
        while (loop->now() <= deadline) {}
    });
    const auto chunk = run(*loop, link->read(deadline));
    REQUIRE(chunk.has_value());
    CHECK(chunk->octets == answer);
}

TEST_CASE("a link that the other side closes is an endpoint error, and can be opened anew") {
    const auto loop = make_real_loop();
    const auto listener = listen_on(*loop, "tcp-listen://127.0.0.1:0");
    const auto link = open_link(*loop, connectable(*listener));
    REQUIRE(run(*loop, listener->accept()).has_value()); // and dropped
    const auto chunk = run(*loop, link->read(loop->now() + long_enough));
    REQUIRE_FALSE(chunk.has_value());
    CHECK(chunk.error().category == Category::endpoint);
    CHECK(chunk.error().code == "transport.closed");

    loop->spawn(serve_echo(*listener));
    REQUIRE(run(*loop, link->reopen()).has_value());
    const Bytes request = counted(12);
    REQUIRE(run(*loop, link->write(request)).has_value());
    CHECK(run(*loop, read_exactly(*link, request.size())) == request);
}

TEST_CASE("what cannot be opened says why, as an endpoint error") {
    const auto loop = make_real_loop();
    std::string nobody;
    { nobody = connectable(*listen_on(*loop, "tcp-listen://127.0.0.1:0")); }
    const auto refused = run(*loop, open_transport(*loop, endpoint_of(nobody), {}));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().category == Category::endpoint);
    CHECK(refused.error().what == "the connection was refused");
    CHECK(refused.error().where == nobody);
    CHECK_FALSE(refused.error().hints.empty());

    const auto taken = listen_on(*loop, "tcp-listen://127.0.0.1:0");
    const auto again = run(*loop, open_listener(*loop, endpoint_of(taken->description()), {}));
    REQUIRE_FALSE(again.has_value());
    CHECK(again.error().category == Category::endpoint);
    CHECK(again.error().what == "the port is in use");
}

TEST_CASE("an endpoint of the wrong side is a usage error") {
    const auto loop = make_real_loop();
    const auto target = run(*loop, open_transport(*loop, endpoint_of("tcp-listen://127.0.0.1:0"), {}));
    REQUIRE_FALSE(target.has_value());
    CHECK(target.error().category == Category::usage);
    const auto listener = run(*loop, open_listener(*loop, endpoint_of("sim:"), {}));
    REQUIRE_FALSE(listener.has_value());
    CHECK(listener.error().category == Category::usage);
}

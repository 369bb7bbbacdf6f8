#include "tests/transports/links.hpp"

#include <csignal>
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace meterctl;
using namespace meterctl::transports;
using namespace meterctl::transports::testing;

namespace {

Task<bool> sleep_long(Loop& loop) {
    co_await loop.sleep_for(long_enough);
    co_return loop.interrupted();
}

} // namespace

TEST_CASE("Ctrl-C ends a read, an accept and a sleep early") {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        const auto loop = make_real_loop();
        const auto listener = listen_on(*loop, "tcp-listen://127.0.0.1:0");
        const auto link = open_link(*loop, connectable(*listener));
        const auto other_side = run(*loop, listener->accept());
        REQUIRE(other_side.has_value());
        CHECK_FALSE(loop->interrupted());
        const TimePoint start = loop->now();
        loop->call_at(start, [signal] { ::raise(signal); });
        auto chunk = run(*loop, link->read(start + long_enough));
        REQUIRE_FALSE(chunk.has_value());
        CHECK(chunk.error().category == Category::interrupted);
        CHECK(loop->interrupted());
        const auto peer = run(*loop, listener->accept());
        REQUIRE_FALSE(peer.has_value());
        CHECK(peer.error().category == Category::interrupted);
        CHECK(run(*loop, sleep_long(*loop)));
        CHECK(loop->now() < start + long_enough);
    }
}

TEST_CASE("Ctrl-C ends a sleep that has begun") {
    const auto loop = make_real_loop();
    const TimePoint start = loop->now();
    loop->call_at(start, [] { ::raise(SIGINT); });
    CHECK(run(*loop, sleep_long(*loop)));
    CHECK(loop->now() < start + long_enough);
}

TEST_CASE("what nohup has ignored stays ignored") {
    auto* const before = std::signal(SIGHUP, SIG_IGN);
    {
        const auto loop = make_real_loop();
        ::raise(SIGHUP);
        CHECK_FALSE(loop->interrupted());
    }
    std::signal(SIGHUP, before);
}

TEST_CASE("a second Ctrl-C ends the process at once with 130") {
    const pid_t child = ::fork();
    if (child == 0) {
        const auto loop = make_real_loop();
        ::raise(SIGINT);
        ::raise(SIGINT);
        ::_exit(1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 130);
}

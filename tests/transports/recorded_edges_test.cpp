// Records of edges from files and pipes.
#include "tests/transports/folder.hpp"
#include "tests/transports/links.hpp"
#include "transports/edges.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace meterctl;
using namespace meterctl::transports;
using namespace meterctl::transports::testing;
using namespace std::chrono_literals;

namespace {

using Kind = EdgeStep::Kind;

std::unique_ptr<EdgeSource> open(Loop& loop, const std::string& text) {
    auto source = run(loop, open_edges(loop, endpoint_of(text), {}));
    REQUIRE(source.has_value());
    return std::move(*source);
}

EdgeStep step_of(EdgeSource& source) {
    const auto step = run(source.loop(), source.next(TimePoint()));
    REQUIRE_MESSAGE(step.has_value(), step.error().what);
    return *step;
}

} // namespace

TEST_CASE("a file's edges come between its beginning and its end, on any loop") {
    const Folder folder;
    std::ofstream(folder / "pulses.csv") << "time,a,b\n1,1,1\n1.1,1,0\n1.14,0,1\n2,0,1\n";
    const auto loop = make_virtual_loop();
    const auto source = open(*loop, "edges:" + (folder / "pulses.csv") + "?channel=b&active=low");
    CHECK_FALSE(source->nature().live);
    CHECK(source->nature().description == folder / "pulses.csv");
    const EdgeStep start = step_of(*source);
    CHECK(start.kind == Kind::start);
    CHECK(start.edge == Edge{1s, false, 0});
    CHECK(step_of(*source).edge == Edge{1100ms, true, 0});
    CHECK(step_of(*source).edge == Edge{1140ms, false, 0});
    const EdgeStep end = step_of(*source);
    CHECK(end.kind == Kind::end);
    CHECK(end.edge == Edge{2s, false, 0});
    CHECK(step_of(*source).kind == Kind::end);
}

TEST_CASE("a damaged file gives the edges before the damage, and then says where it is") {
    const Folder folder;
    std::ofstream(folder / "pulses.csv") << "0,0\n1,1\n2,maybe\n";
    const auto loop = make_virtual_loop();
    const auto source = open(*loop, "edges:" + folder / "pulses.csv");
    CHECK(step_of(*source).kind == Kind::start);
    CHECK(step_of(*source).edge == Edge{1s, true, 0});
    const auto damaged = run(*loop, source->next(TimePoint()));
    REQUIRE_FALSE(damaged.has_value());
    CHECK(damaged.error().category == Category::untrusted);
    CHECK(damaged.error().what == "level 'maybe' is neither 0 nor 1");
    CHECK(damaged.error().where == (folder / "pulses.csv") + ", line 3");
}

TEST_CASE("a pipe's edges come as they are written") {
    const Folder folder;
    const std::string path = folder / "pipe";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    const int writer = ::open(path.c_str(), O_RDWR | O_CLOEXEC); // keeps it open, so that opening does not wait
    const auto put = [writer](std::string_view text) { CHECK(::write(writer, text.data(), text.size()) > 0); };
    const auto loop = make_real_loop();
    const auto source = open(*loop, "edges:" + path + "?rate=100");
    put("sample,level\n0,0\n7");
    CHECK(step_of(*source).kind == Kind::start);
    put(",1\n");
    CHECK(step_of(*source).edge == Edge{70ms, true, 0});
    ::close(writer);
    const EdgeStep end = step_of(*source);
    CHECK(end.kind == Kind::end);
    CHECK(end.edge.time == 70ms);
}

TEST_CASE("a file that is not there, is an endpoint error") {
    const Folder folder;
    const auto loop = make_virtual_loop();
    const auto none = run(*loop, open_edges(*loop, endpoint_of("edges:" + folder / "none"), {}));
    REQUIRE_FALSE(none.has_value());
    CHECK(none.error().category == Category::endpoint);
    CHECK(none.error().what == "No such file or directory");
}

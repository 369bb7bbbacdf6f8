// The trace decorator: a packet a line, and decode reads the lines back.
#include "tests/transports/scripted_transport.hpp"
#include "tests/transports/temporary_file.hpp"
#include "transports/open.hpp"
#include "transports/trace_line.hpp"

#include <doctest/doctest.h>

using namespace scripted;
using namespace std::chrono_literals;

namespace {

const Bytes request{0x01, 0x03, 0x50, 0x02, 0x00, 0x02, 0x74, 0xCB};

Arrival arrival(Duration after, Bytes octets, std::vector<LineFault> faults = {}) {
    Arrival one;
    one.after = after;
    one.chunk.octets = std::move(octets);
    one.chunk.faults = std::move(faults);
    return one;
}

/// What the trace shows of a request and the arrivals behind it.
std::vector<std::string> traced_lines(std::vector<Arrival> arrivals) {
    const TemporaryFile file;
    std::FILE* stream = std::fopen(file.path().c_str(), "w");
    REQUIRE(stream != nullptr);
    const auto loop = make_virtual_loop();
    const std::size_t reads = arrivals.size();
    {
        auto inner = std::make_unique<Scripted>(*loop, LineSettings());
        inner->arrivals.assign(arrivals.begin(), arrivals.end());
        const auto traced = make_traced(std::move(inner), stream);
        REQUIRE(run(*loop, traced->write(request)).has_value());
        for (std::size_t i = 0; i < reads; ++i) { REQUIRE(run(*loop, traced->read(loop->now() + 1s)).has_value()); }
    }
    std::fclose(stream);
    std::vector<std::string> lines(1);
    for (const std::uint8_t octet : file.content()) {
        if (octet == '\n') {
            lines.emplace_back();
        } else {
            lines.back() += static_cast<char>(octet);
        }
    }
    lines.pop_back();
    return lines;
}

} // namespace

TEST_CASE("a trace shows where it is, then what was sent and received, in UTC with microseconds") {
    const auto lines = traced_lines({arrival(20ms, {0x01, 0x83, 0x02, 0xC0, 0xF1})});
    REQUIRE(lines.size() == 3);
    CHECK(lines[0] == "# serial:///dev/ttyUSB0 9600 8E1");
    CHECK(lines[1] == "2026-01-01T00:00:00.000000Z > 01 03 50 02 00 02 74 CB");
    CHECK(lines[2] == "2026-01-01T00:00:00.020000Z < 01 83 02 C0 F1");
}

TEST_CASE("an answer that comes piece by piece is one line; a silence begins another") {
    const auto lines = traced_lines(
        {arrival(20ms, {0x01, 0x83}), arrival(5ms, {0x02}), arrival(16ms, {0xC0, 0xF1}), arrival(300ms, {0x01, 0x03})});
    REQUIRE(lines.size() == 4);
    CHECK(lines[2] == "2026-01-01T00:00:00.020000Z < 01 83 02 C0 F1");
    CHECK(lines[3] == "2026-01-01T00:00:00.341000Z < 01 03");
}

TEST_CASE("damaged octets are remarked behind their line") {
    const LineFault damaged{1, LineFault::Kind::parity_or_framing};
    const auto lines = traced_lines({arrival(20ms, {0x01}), arrival(1ms, {0x02, 0x03}, {damaged})});
    REQUIRE(lines.size() == 3);
    CHECK(lines[2] == "2026-01-01T00:00:00.020000Z < 01 02 03 # parity or framing error at octet 2");
}

TEST_CASE("a trace's lines are read back") {
    const auto lines = traced_lines({arrival(20ms, {0x01, 0x83, 0x02})});
    const auto sent = parse_trace_line(lines[1]);
    REQUIRE(sent.has_value());
    CHECK(sent->sent);
    const auto received = parse_trace_line(lines[2]);
    REQUIRE(received.has_value());
    CHECK_FALSE(received->sent);
    CHECK(received->octets == " 01 83 02");
}

TEST_CASE("a server's trace says that what it sends are answers") {
    const TemporaryFile file;
    std::FILE* stream = std::fopen(file.path().c_str(), "w");
    REQUIRE(stream != nullptr);
    const auto loop = make_virtual_loop();
    make_traced(std::make_unique<Scripted>(*loop, LineSettings()), stream, Side::server);
    std::fclose(stream);
    const auto content = file.content();
    CHECK(std::string(content.begin(), content.end()) == "# serial:///dev/ttyUSB0 9600 8E1, as a server\n");
}

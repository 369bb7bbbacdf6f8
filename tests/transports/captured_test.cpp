// The capture decorator: what passes is cut into packets where frames end, and reads back as it was.
#include "tests/transports/capture_collect.hpp"
#include "tests/transports/scripted_transport.hpp"
#include "tests/transports/temporary_file.hpp"
#include "transports/open.hpp"
#include "transports/pcapng_writer.hpp"

#include <doctest/doctest.h>

using namespace scripted;
using namespace std::chrono_literals;
using capture_collect::Collected;
using codecs::Direction;

namespace {

const Bytes request{0x01, 0x03, 0x50, 0x02, 0x00, 0x02, 0x74, 0xCB};
const Bytes answer{0x01, 0x03, 0x04, 0x43, 0x66, 0x80, 0x00, 0x6E, 0x68};

Chunk chunk(const Bytes& octets) {
    return {octets, {}};
}

/// A transport under capture and the file it is written to.
struct Bench {
    explicit Bench(const std::string& dissector, std::optional<LineSettings> line = LineSettings{},
                   Side side = Side::client) {
        auto inner = std::make_unique<Scripted>(*loop, line);
        script = inner.get();
        auto opened = open_capture(file.path());
        REQUIRE(opened);
        captured = make_captured(std::move(inner), *opened, dissector, side);
    }
    void send(const Bytes& octets) { REQUIRE(run(*loop, captured->write(octets))); }
    Bytes receive() {
        const auto got = run(*loop, captured->read(loop->now() + 1s));
        REQUIRE(got);
        return got->octets;
    }
    /// Ends the capture and reads the file.
    Collected read() {
        captured.reset();
        return capture_collect::collect(file.content());
    }

    std::unique_ptr<Loop> loop = make_virtual_loop();
    TemporaryFile file;
    Scripted* script = nullptr;
    std::unique_ptr<Transport> captured;
};

/// The octets of each packet as hex would be: sizes tell enough apart here.
std::vector<std::size_t> sizes(const Collected& collected) {
    std::vector<std::size_t> all;
    for (const auto& packet : collected.chunks) { all.push_back(packet.octets.size()); }
    return all;
}

} // namespace

TEST_CASE("a request and its answer come back with direction, time, dissector and line") {
    Bench bench("mbrtu");
    bench.script->arrivals.push_back({250ms, chunk(answer)});
    bench.send(request);
    CHECK(bench.receive() == answer);
    const Collected collected = bench.read();
    CHECK_FALSE(collected.report.error);
    REQUIRE(collected.chunks.size() == 2);
    CHECK(collected.chunks[0].octets == request);
    CHECK(collected.chunks[0].info.direction == Direction::request);
    CHECK(collected.chunks[0].info.time == 1767225600s); // where virtual time starts
    CHECK(collected.chunks[0].description.dissector == "mbrtu");
    CHECK(collected.chunks[0].description.interface == "serial:///dev/ttyUSB0 9600 8E1");
    CHECK(collected.chunks[1].octets == answer);
    CHECK(collected.chunks[1].info.direction == Direction::response);
    CHECK(collected.chunks[1].info.time == 1767225600s + 250ms);
    CHECK(collected.report.streams == 1);
}

TEST_CASE("an answer that comes in pieces is one packet, an answer after a silence another") {
    const Bytes piece(12, 0x55); // 12.5 ms at 9600 8N1
    struct Row {
        const char* name;
        std::vector<Duration> arrivals;
        std::vector<std::size_t> packets;
    };
    const Row rows[] = {
        {"as fast as the line", {0ms, 13ms, 13ms}, {8, 36}},
        {"held back by an adapter", {0ms, 28ms, 28ms}, {8, 36}},
        {"after a silence", {0ms, 60ms, 13ms}, {8, 12, 24}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        Bench bench("mbrtu");
        for (const Duration after : row.arrivals) { bench.script->arrivals.push_back({after, chunk(piece)}); }
        bench.send(request);
        for (std::size_t i = 0; i < row.arrivals.size(); ++i) { bench.receive(); }
        CHECK(sizes(bench.read()) == row.packets);
    }
}

TEST_CASE("a packet ends where the direction changes, where nothing came, and where the line is set anew") {
    Bench bench("mbrtu");
    bench.script->arrivals = {{0ms, chunk({1})}, {0ms, chunk({2, 2})}, {0ms, chunk({3, 3, 3})}};
    bench.receive();
    bench.send(request);
    bench.receive();
    REQUIRE(run(*bench.loop, bench.captured->configure(LineSettings{})));
    bench.receive();
    CHECK(bench.receive().empty());
    bench.script->arrivals.push_back({0ms, chunk({4, 4, 4, 4})});
    bench.receive();
    const Collected collected = bench.read();
    CHECK(sizes(collected) == std::vector<std::size_t>{1, 8, 2, 3, 4});
    CHECK(collected.chunks.at(2).description.interface == "serial:///dev/ttyUSB0 9600 8E1");
    CHECK(collected.chunks.at(3).description.interface == "serial:///dev/ttyUSB0 9600 8E1 anew");
}

TEST_CASE("datagrams are packets each") {
    Bench bench("mbrtu", std::nullopt);
    bench.script->whole_messages = true;
    bench.script->arrivals = {{0ms, chunk({1})}, {0ms, chunk({2, 2})}};
    bench.receive();
    bench.receive();
    CHECK(sizes(bench.read()) == std::vector<std::size_t>{1, 2});
}

TEST_CASE("a server's capture takes what it receives for requests") {
    for (const char* dissector : {"mbrtu", "mbtcp"}) {
        CAPTURE(dissector);
        Bench bench(dissector, std::nullopt, Side::server);
        bench.script->arrivals.push_back({0ms, chunk(request)});
        bench.receive();
        bench.send(answer);
        const Collected collected = bench.read();
        REQUIRE(collected.chunks.size() == 2);
        CHECK(collected.chunks[0].info.direction == Direction::request);
        CHECK(collected.chunks[1].info.direction == Direction::response);
        CHECK(collected.report.streams == 1);
    }
}

TEST_CASE("without a dissector the link type is USER0, for MS/TP its own") {
    for (const auto& [dissector, link_type] : {std::pair("", 147U), std::pair("mstp", 165U), std::pair("sml", 252U)}) {
        Bench bench(dissector);
        bench.send(request);
        const Collected collected = bench.read();
        REQUIRE(collected.chunks.size() == 1);
        CHECK(collected.chunks[0].octets == request);
        CHECK(collected.chunks[0].description.link_type == link_type);
    }
}

TEST_CASE("what was sent is in the file before the capture ends") {
    Bench bench("mbrtu");
    bench.send(request);
    CHECK(capture_collect::collect(bench.file.content()).chunks.size() == 1);
}

TEST_CASE("damaged octets are marked") {
    Bench bench("mbrtu");
    const LineFault fault{.index = 1, .kind = LineFault::Kind::parity_or_framing};
    const LineFault pause{.index = 0, .kind = LineFault::Kind::break_condition};
    bench.script->arrivals = {{0ms, {answer, {fault}}}, {0ms, {Bytes{0}, {pause}}}};
    bench.receive();
    bench.receive();
    bench.captured.reset();
    const Bytes content = bench.file.content();
    const std::string comment = "parity or framing error at octet 1, break at octet 9";
    CHECK(std::string(content.begin(), content.end()).find(comment) != std::string::npos);
}

TEST_CASE("a capture that cannot be written says so") {
    const auto missing = open_capture("/nonexistent/x.pcapng");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().category == Category::endpoint);
    CHECK(missing.error().where == "/nonexistent/x.pcapng");
    const auto full = open_capture("/dev/full");
    REQUIRE(full);
    REQUIRE_FALSE((*full)->result());
    CHECK((*full)->result().error().what == "cannot write the capture: No space left on device");
}

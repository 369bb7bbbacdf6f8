// Plain inputs: hex, traces and octets told apart by what they hold, and handed on line by line.
#include "tests/transports/capture_builder.hpp"
#include "tests/transports/capture_collect.hpp"
#include "transports/capture_input.hpp"
#include "transports/trace_line.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

using namespace capture_builder;
using namespace std::chrono_literals;
using capture_collect::Collected;
using meterctl::codecs::Direction;
using meterctl::transports::CaptureSource;
using meterctl::transports::InputFormat;
using meterctl::transports::InputOptions;
using meterctl::transports::StreamKind;
using meterctl::transports::tell_format;

namespace {

Collected read(std::string_view text, InputFormat format = InputFormat::automatic) {
    Collected out;
    const Octets content = octets(text);
    auto source = CaptureSource::from_memory(content);
    const auto sink = capture_collect::sink_into(out);
    out.report = meterctl::transports::read_input(source, InputOptions{format, {}}, sink);
    return out;
}

} // namespace

TEST_CASE("inputs are told apart by what they hold") {
    using namespace std::string_view_literals;
    struct Row {
        std::string_view input;
        InputFormat format;
    };
    const Row rows[] = {
        {"01 03 50 02 00 02 74 CB\n", InputFormat::text},
        {"010350020002 74cb", InputFormat::text},
        {"\xEF\xBB\xBF"
         "0x01, 0x03\r\n",
         InputFormat::text},
        {"\n# a remark\n\n01-03\n", InputFormat::text},
        {"# nothing but a remark\n", InputFormat::text},
        {"2026-11-21T02:15:00.123456Z > 01 03\n", InputFormat::text},
        {":010350020002A8\r\n", InputFormat::octets}, // Modbus ASCII
        {"/ISk5MT382-1000\r\n", InputFormat::octets}, // IEC 62056-21
        {"hello, world", InputFormat::octets},
        {"\x01\x03\x50\x02\x00\x02\x74\xCB"sv, InputFormat::octets},
        {"\r\n", InputFormat::octets},
        {"", InputFormat::octets},
        {"\xd4\xc3\xb2\xa1"sv, InputFormat::capture},
        {"\x0a\x0d\x0d\x0a"sv, InputFormat::capture},
    };
    for (const Row& row : rows) {
        CAPTURE(row.input);
        CHECK(tell_format(octets(row.input)) == row.format);
    }
}

TEST_CASE("each line of hex is a chunk, remarks and blank lines are none") {
    const auto collected = read("# asked\n01 03 50 02\r\n\n  00:02 # the rest\n74cb");
    CHECK_FALSE(collected.report.error);
    REQUIRE(collected.chunks.size() == 3);
    CHECK(collected.chunks[0].octets == Octets{0x01, 0x03, 0x50, 0x02});
    CHECK(collected.chunks[0].frame == 2);
    CHECK(collected.chunks[1].octets == Octets{0x00, 0x02});
    CHECK(collected.chunks[1].frame == 4);
    CHECK(collected.chunks[2].octets == Octets{0x74, 0xCB});
    CHECK(collected.chunks[2].description.kind == StreamKind::text);
    CHECK(collected.chunks[2].info.direction == Direction::unknown);
    CHECK_FALSE(collected.chunks[2].info.time);
    CHECK(collected.closed == std::vector<std::string>{"text"});
}

TEST_CASE("a trace gives times and directions") {
    const auto collected = read("2023-11-14T22:13:20.000250Z > 01 03\n2023-11-14T22:13:20.5Z < 01 83 # late\n"
                                "2023-11-14T22:13:21Z <\n");
    CHECK_FALSE(collected.report.error);
    REQUIRE(collected.chunks.size() == 2);
    CHECK(collected.chunks[0].octets == Octets{0x01, 0x03});
    CHECK(collected.chunks[0].info.time == 1700000000s + 250us);
    CHECK(collected.chunks[0].info.direction == Direction::request);
    CHECK(collected.chunks[1].octets == Octets{0x01, 0x83});
    CHECK(collected.chunks[1].info.time == 1700000000s + 500ms);
    CHECK(collected.chunks[1].info.direction == Direction::response);
}

TEST_CASE("what a server sent are its answers") {
    const auto collected = read("# tcp-listen://127.0.0.1:1502, as a server\n2023-11-14T22:13:20Z < 01 03\n"
                                "2023-11-14T22:13:21Z > 01 83\n");
    REQUIRE(collected.chunks.size() == 2);
    CHECK(collected.chunks[0].info.direction == Direction::request);
    CHECK(collected.chunks[1].info.direction == Direction::response);
}

TEST_CASE("a trace line reads as it is written in the documentation, and no other") {
    using meterctl::transports::parse_trace_line;
    const std::chrono::system_clock::time_point time(
        std::chrono::duration_cast<std::chrono::system_clock::duration>(1700000000s + 42us));
    const Octets sent{0x01, 0xab};
    CHECK(meterctl::transports::trace_line(time, true, sent) == "2023-11-14T22:13:20.000042Z > 01 AB");
    CHECK(meterctl::transports::trace_line(time, false, {}) == "2023-11-14T22:13:20.000042Z < ");
    for (const char* other : {"", "01 03", "2023-11-14T22:13:20.000042Z", "2023-11-14T22:13:20.000042Z 01 AB",
                              "2023-11-14T22:13:20.Z > 01", "2023-13-14T22:13:20Z > 01", "2023-11-14T22:13:20 > 01"}) {
        CAPTURE(other);
        CHECK_FALSE(parse_trace_line(other));
    }
}

TEST_CASE("a line that is no hex ends the reading and names its place") {
    struct Row {
        std::string_view input, what, where;
    };
    const Row rows[] = {
        {"01 03\n50 0g\n", "half an octet: '0' stands alone", "line 2, byte offset 9"},
        {"01 03\nWaiting for an answer\n", "'W' is no hexadecimal digit", "line 2, byte offset 6"},
        {"2023-11-14T22:13:20Z > 01 03 !\n", "'!' is no hexadecimal digit", "line 1, byte offset 29"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.input);
        const auto collected = read(row.input);
        REQUIRE(collected.report.error);
        CHECK(collected.report.error->category == meterctl::Category::untrusted);
        CHECK(collected.report.error->what == row.what);
        CHECK(collected.report.error->where == row.where);
    }
    CHECK(read(rows[0].input).chunks.size() == 1);
}

TEST_CASE("a line of any length is read in pieces, whatever parts its octets") {
    for (const std::string_view octet : {"5A", "5A ", "0x5A,"}) {
        CAPTURE(octet);
        std::string line = "2023-11-14T22:13:20Z > ";
        for (int i = 0; i < 70'000; ++i) { line += octet; }
        const auto collected = read(line + "# " + std::string(200'000, '!') + "\n5B");
        CHECK_FALSE(collected.report.error);
        Octets all;
        for (const auto& chunk : collected.chunks) {
            all.insert(all.end(), chunk.octets.begin(), chunk.octets.end());
            CHECK(chunk.info.direction == (chunk.frame == 1 ? Direction::request : Direction::unknown));
        }
        CHECK(all == Octets(70'000, 0x5A) + Octets{0x5B});
        CHECK(collected.chunks.back().frame == 2);
    }
}

TEST_CASE("octets that are no text come as they are") {
    const std::string content = std::string(100'000, '\x01') + "\n";
    const auto collected = read(content);
    CHECK_FALSE(collected.report.error);
    CHECK(collected.chunks.size() > 1);
    std::string all;
    for (const auto& chunk : collected.chunks) { all += chunk.text(); }
    CHECK(all == content);
    CHECK(collected.chunks[0].description.kind == StreamKind::binary);
    CHECK(read("").chunks.empty());
}

TEST_CASE("the format can be told instead") {
    CHECK(read("0103", InputFormat::octets).chunks.at(0).text() == "0103");
    CHECK(read("zz", InputFormat::text).report.error->what == "'z' is no hexadecimal digit");
    CHECK(read("0103", InputFormat::capture).report.error->what == "neither pcap nor pcapng");
}

TEST_CASE("a capture is read as one") {
    const Octets file = pcap({octets("meter")}, {.link_type = 147});
    const auto collected = read(std::string(file.begin(), file.end()));
    CHECK_FALSE(collected.report.error);
    CHECK(collected.chunks.at(0).text() == "meter");
}

TEST_CASE("a line from a pipe is given when it is whole, before the pipe ends") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const auto write = [&ends](std::string_view text) {
        REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    };
    write("01 03 50 02\n");
    auto source = CaptureSource::open("/dev/fd/" + std::to_string(ends[0]));
    REQUIRE(source);
    meterctl::transports::CaptureSink sink;
    std::vector<std::uint64_t> lines;
    sink.chunk = [&](const meterctl::transports::CapturedChunk& chunk) {
        lines.push_back(chunk.frame);
        if (chunk.frame == 1) { write("00 02\n"); } // would never be reached, were more waited for
        if (chunk.frame == 2) { ::close(ends[1]); }
    };
    const auto report = meterctl::transports::read_input(*source, {}, sink);
    ::close(ends[0]);
    CHECK_FALSE(report.error);
    CHECK(lines == std::vector<std::uint64_t>{1, 2});
}

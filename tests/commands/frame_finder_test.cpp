#include "commands/frame_finder.hpp"
#include "sessions/protocols.hpp"
#include "src/core/hex.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::commands;
using transports::StreamKind;

namespace {

// "Read holding registers" of a PRO380-Mod, request and answer (MODBUS over Serial Line V1.02 framing).
const char* const request = "01 03 50 02 00 02 74 CB";
const char* const answer = "01 03 04 43 66 80 00 6E 68";

struct Fixture {
    FinderOptions options;
    std::vector<output::FrameRecord> frames;
    transports::CapturedStream stream;

    Fixture() {
        for (const codecs::Decoder& decoder : sessions::find_protocol("modbus")->decoders) {
            options.decoders.push_back(&decoder);
        }
        stream.id = 1;
    }

    std::vector<output::CountersRecord> find(const std::vector<Bytes>& chunks, std::size_t gap_before = 99) {
        FrameFinder finder(options, [this](const output::FrameRecord& frame) { frames.push_back(frame); });
        for (std::size_t i = 0; i < chunks.size(); ++i) {
            finder.chunk({stream, {}, chunks[i], 0, i == gap_before, std::nullopt}, "the input");
        }
        finder.finish();
        return finder.counters();
    }
    std::vector<output::CountersRecord> find(const std::vector<std::string>& chunks, std::size_t gap_before = 99) {
        std::vector<Bytes> octets;
        for (const std::string& text : chunks) { octets.push_back(from_hex(text).value()); }
        return find(octets, gap_before);
    }
};

} // namespace

TEST_CASE_FIXTURE(Fixture, "octets on a line are recognised by their checksum, however they are cut") {
    const std::vector<std::vector<std::string>> cuts{
        {std::string(request) + answer}, {request, answer}, {"01 03 50", "02 00 02 74 CB 01 03 04 43 66 80 00 6E 68"}};
    for (const auto& chunks : cuts) {
        frames.clear();
        const auto counters = find(chunks);
        REQUIRE(frames.size() == 2);
        CHECK(frames[0].protocol == "modbus-rtu");
        CHECK(frames[0].direction == "request");
        CHECK(frames[1].direction == "response");
        CHECK(frames[1].answers == 0U);
        CHECK(frames[1].source == "the input");
        REQUIRE(counters.size() == 1);
        CHECK(counters[0].frames == 2);
    }
}

TEST_CASE_FIXTURE(Fixture, "a well-known port tells the protocol before any octet does") {
    stream.kind = StreamKind::tcp;
    stream.server_port = 502;
    find(std::vector<std::string>{"00 01 00 00 00 06 01 03 50 02 00 02"});
    REQUIRE(frames.size() == 1);
    CHECK(frames[0].protocol == "modbus-tcp");
}

TEST_CASE_FIXTURE(Fixture, "Wireshark's name of a dissector tells the protocol") {
    stream.kind = StreamKind::upper_pdu;
    stream.dissector = "mbtcp";
    find(std::vector<std::string>{"00 01 00 00 00 06 01 03 50 02 00 02"});
    REQUIRE(frames.size() == 1);
    CHECK(frames[0].protocol == "modbus-tcp");
}

TEST_CASE_FIXTURE(Fixture, "what carries no checksum is taken for frames on a line where all of it is frames") {
    find({"00 01 00 00 00 06 01 03 50 02 00 02"});
    REQUIRE(frames.size() == 1);
    CHECK(frames[0].protocol == "modbus-tcp");
}

TEST_CASE_FIXTURE(Fixture, "frames without a checksum among other octets are taken only where they are asked for") {
    const std::vector<std::string> mbap{"FF FF FF", "00 01 00 00 00 06 01 03 50 02 00 02"};
    find(mbap);
    REQUIRE(frames.size() == 1);
    REQUIRE(frames[0].error.has_value());
    CHECK(frames[0].error->category == Category::untrusted);
    REQUIRE_FALSE(frames[0].error->hints.empty());
    CHECK(frames[0].error->hints[0] == "--protocol modbus-tcp");

    frames.clear();
    options.asked_for = true;
    find(mbap);
    REQUIRE(frames.size() == 2);
    CHECK(frames[1].protocol == "modbus-tcp");
}

TEST_CASE_FIXTURE(Fixture, "octets nobody knows are held up to a limit, and every one of them is accounted for") {
    const Bytes noise(3000, 0x55);
    find(std::vector<Bytes>{noise, noise, noise, noise});
    std::size_t octets = 0;
    for (const output::FrameRecord& frame : frames) {
        CHECK(frame.error.has_value());
        CHECK(frame.offset == octets);
        octets += frame.octets.size();
    }
    CHECK(octets == 12000);
    CHECK(frames.size() >= 2);
}

TEST_CASE_FIXTURE(Fixture, "an answer behind a gap is not taken for that of the request before it") {
    options.asked_for = true;
    options.decoders = {options.decoders.front()};
    find(std::vector<std::string>{request, answer}, 1);
    REQUIRE(frames.size() == 2);
    CHECK_FALSE(frames[1].answers.has_value());
}

TEST_CASE_FIXTURE(Fixture, "a capture that says MS/TP is decoded as such, also where its octets are damaged") {
    for (const codecs::Decoder& decoder : sessions::find_protocol("bacnet")->decoders) {
        options.decoders.push_back(&decoder);
    }
    stream.kind = StreamKind::ms_tp;
    const auto counters = find({std::string("55 FF 00 01 02 00 00 41"), "55 FF 00 01 02 00 00 40"});
    REQUIRE(frames.size() == 2);
    CHECK(frames[0].error->code == "bacnet.header_crc");
    CHECK(frames[1].protocol == "bacnet-mstp");
    CHECK(counters[0].frames == 1);
}

TEST_CASE_FIXTURE(Fixture, "where a stream rests, a socket's octets are told, and a line's may still become a frame") {
    for (const StreamKind kind : {StreamKind::tcp, StreamKind::udp, StreamKind::serial}) {
        CAPTURE(static_cast<int>(kind));
        frames.clear();
        stream.kind = kind;
        FrameFinder finder(options, [this](const output::FrameRecord& frame) { frames.push_back(frame); });
        const auto feed = [&](const std::string& text) {
            finder.chunk({stream, {}, from_hex(text).value(), 0, false, std::nullopt}, "the input");
        };
        finder.settle(stream.id);
        feed("FF FE FD");
        CHECK(frames.empty());
        finder.settle(stream.id);
        const bool told = kind != StreamKind::serial;
        CHECK(frames.size() == (told ? 1U : 0U));
        feed(std::string(request) + " " + answer);
        finder.settle(stream.id);
        CHECK(frames.back().direction == "response");
        finder.finish();
        std::size_t bad = 0;
        for (const auto& frame : frames) { bad += frame.error ? 1U : 0U; }
        CHECK(bad == 1);
    }
}

TEST_CASE_FIXTURE(Fixture, "the counters of ever new streams do not grow without end") {
    stream.kind = StreamKind::tcp;
    stream.server_port = 502;
    FrameFinder finder(options, [this](const output::FrameRecord& frame) { frames.push_back(frame); });
    const auto octets = from_hex("00 01 00 00 00 06 01 03 50 02 00 02").value();
    for (std::uint64_t id = 1; id <= 1500; ++id) {
        stream.id = id;
        finder.chunk({stream, {}, octets, 0, false, std::nullopt}, "a peer");
        finder.close(id);
    }
    CHECK(frames.size() == 1500);
    REQUIRE(finder.counters().size() == 1001);
    CHECK(finder.counters().back().source == "others");
    CHECK(finder.counters().back().frames == 500);
}

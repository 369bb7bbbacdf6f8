#include "tests/codecs/modbus/streams.hpp"

#include <doctest/doctest.h>

using namespace modbus_streams;
namespace rtu = meterctl::codecs::modbus::rtu;
namespace tcp = meterctl::codecs::modbus::tcp;
using meterctl::Value;
using meterctl::codecs::Direction;
using modbus_vectors::octets;

TEST_CASE("a listener skips noise between frames and goes on, losing no octet") {
    for (const auto& vector : modbus_vectors::extra("damaged.json")) {
        if (!vector.expect.contains("frames")) { continue; }
        CAPTURE(vector.name);
        const auto name = "modbus-" + vector.layer;
        Counters counters;
        const auto frames = whole(name, vector.octets, nullptr, &counters);
        const auto skipped = octets(vector.expect.at("skipped").get<std::string>());
        CHECK(counters.skipped_octets == skipped.size());
        CHECK(counters.frames == vector.expect.at("frames").size());
        for (const auto& frame : frames) {
            if (frame.error) { CHECK(frame.octets == skipped); }
        }
        check_same(one_by_one(name, vector.octets), frames);
    }
}

TEST_CASE("damage is named: a wrong CRC, a cut frame, a header that is none") {
    for (const auto& vector : modbus_vectors::extra("damaged.json")) {
        const auto error = vector.expect.value("error", "");
        if (error.empty()) { continue; }
        CAPTURE(vector.name);
        const auto frames = whole("modbus-" + vector.layer, joined({vector.request, vector.octets}));
        const auto& last = frames.back();
        const bool good_frame = error.find("asked") != std::string::npos || error.find("echo") != std::string::npos ||
                                error.find("awaited") != std::string::npos;
        CHECK(last.error.has_value() != good_frame);
        if (good_frame) {
            const auto named = error.starts_with("echo") ? std::string("an echo or another master") : error;
            CHECK(last.summary.find(named) != std::string::npos);
            CHECK_FALSE(last.answers.has_value());
            continue;
        }
        const auto& what = last.error->what;
        CHECK(what.starts_with(error == "crc" ? "the CRC is 97 AE" : error));
    }
}

TEST_CASE("a cut answer is decoded as far as it goes") {
    const auto frames = whole("modbus-rtu", octets("0103500C000614CB 01030C41800000418000"));
    REQUIRE(frames.size() == 2);
    CHECK(frames[1].error->what == "incomplete: 10 of 17 octets");
    CHECK(frames[1].direction == Direction::response);
    CHECK(frames[1].readings.empty());
    CHECK(find(frames[1].fields, "registers")->children.size() == 3);
}

TEST_CASE("a flipped bit costs one frame, not the next") {
    auto bytes = joined({request(), answer(), request(), answer()});
    bytes[12] = static_cast<std::uint8_t>(bytes[12] ^ 4U);
    Counters counters;
    const auto frames = whole("modbus-rtu", bytes, nullptr, &counters);
    REQUIRE(frames.size() == 4);
    CHECK(frames[1].error->code == "modbus.crc");
    CHECK(frames[1].readings.empty());
    CHECK(frames[1].fields.empty());
    CHECK(frames[3].answers == 17);
    CHECK(counters.crc_errors == 1);
    CHECK(counters.skipped_octets == answer().size());
}

TEST_CASE("an answer that does not fit its request says so and gives no readings") {
    const auto meter = meter_with("voltage_l1", "holding:0x5002", "float32");
    const auto longer = rtu::encode(1, octets("03 06 4366 8000 0000"));
    const auto frames = whole("modbus-rtu", joined({request(), longer}), &meter);
    REQUIRE(frames.size() == 2);
    CHECK(frames[1].readings.empty());
    CHECK_FALSE(frames[1].answers.has_value());
    CHECK(frames[1].summary.find("3 registers, asked 2") != std::string::npos);
}

TEST_CASE("a long silence ends a frame that was cut, so that the next is found at once") {
    using std::chrono::milliseconds;
    Frames frames;
    const auto stream = decoder("modbus-rtu").open({});
    const auto sink = [&](DecodedFrame&& frame) { frames.push_back(std::move(frame)); };
    const auto cut = octets("01 03 FA 00 00 00");
    stream->feed(cut, {milliseconds(0), Direction::unknown, false}, sink);
    stream->feed(request(), {milliseconds(1000), Direction::unknown, false}, sink);
    REQUIRE(frames.size() == 2);
    CHECK(frames[0].octets == cut);
    CHECK(frames[1].octets == request());
    frames.clear();
    stream->feed(ByteView(answer()).first(4), {milliseconds(1100), Direction::unknown, false}, sink);
    stream->feed(ByteView(answer()).subspan(4), {milliseconds(1116), Direction::unknown, false}, sink);
    REQUIRE(frames.size() == 1);
    CHECK(frames[0].octets == answer());
}

TEST_CASE("a datagram is whole: what is cut in it does not wait for the next") {
    ChunkInfo whole_message;
    whole_message.datagram = true;
    const auto frames = decoded("modbus-rtu", {{octets("01 03 FA 00 00"), whole_message}, {request(), whole_message}});
    REQUIRE(frames.size() == 2);
    CHECK(frames[0].error.has_value());
    CHECK_FALSE(frames[1].error.has_value());
}

TEST_CASE("a TCP stream that begins in the middle of a frame is found again at the next") {
    const auto good = tcp::encode(3, 9, octets("03 5002 0002"));
    Counters counters;
    const auto frames = whole("modbus-tcp", joined({octets("66 80 00 43 66"), good, good}), nullptr, &counters);
    REQUIRE(frames.size() == 3);
    CHECK(frames[0].octets == octets("66 80 00 43 66"));
    CHECK(frames[0].error.has_value());
    CHECK(frames[1].octets == good);
    CHECK(counters.skipped_octets == 5);
}

TEST_CASE("an exception with an octet too many still tells its code") {
    ChunkInfo down;
    down.direction = Direction::response;
    const auto frames = decoded("modbus-tcp", {{tcp::encode(1, 10, octets("81 06 01")), down}});
    REQUIRE(frames.size() == 1);
    CHECK(number(frames[0], "function") == 1);
    CHECK(number(frames[0], "exception") == 6);
    CHECK(find(frames[0].fields, "excess") != nullptr);
    CHECK(frames[0].error.has_value());
}

TEST_CASE("an RTU frame on a Modbus TCP connection is called by its name in a capture") {
    const auto frames = whole("modbus-tcp", answer());
    REQUIRE(frames.size() == 1);
    CHECK(frames[0].summary == "an RTU frame with its CRC, no MBAP header");
}

TEST_CASE("a decoder holds little back, however long the noise") {
    for (const std::string_view name : {"modbus-rtu", "modbus-tcp", "modbus-ascii"}) {
        CAPTURE(name);
        const auto stream = decoder(name).open({});
        std::size_t given = 0, returned = 0;
        const auto sink = [&](DecodedFrame&& frame) { returned += frame.octets.size(); };
        Bytes noise(64);
        std::uint32_t state = 1;
        for (unsigned i = 0; i < 300; ++i) {
            for (auto& one : noise) {
                state = state * 1664525U + 1013904223U;
                one = static_cast<std::uint8_t>(state >> 24U);
            }
            stream->feed(noise, {}, sink);
            given += noise.size();
            CHECK(given - returned <= 1100);
        }
        stream->finish(sink);
        CHECK(given == returned);
    }
}

TEST_CASE("noise that together with the frames behind it ends in a good CRC swallows none of them") {
    const auto noise = octets("D8 55");
    const auto inside = joined({noise, request(), answer()});
    const auto bytes = joined({rtu::encode(inside[0], ByteView(inside).subspan(1)), request()});
    const auto frames = whole("modbus-rtu", bytes);
    REQUIRE(frames.size() == 5);
    CHECK(frames[0].octets == noise);
    CHECK(frames[1].octets == request());
    CHECK(frames[2].octets == answer());
    CHECK(frames[3].octets.size() == 2);
    CHECK(frames[4].octets == request());
    check_same(one_by_one("modbus-rtu", bytes), frames);
}

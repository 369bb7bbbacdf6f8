#include "tests/codecs/modbus/streams.hpp"

#include <doctest/doctest.h>

using namespace modbus_streams;
namespace rtu = meterctl::codecs::modbus::rtu;
namespace tcp = meterctl::codecs::modbus::tcp;
namespace ascii = meterctl::codecs::modbus::ascii;
using meterctl::Value;
using meterctl::codecs::Direction;
using modbus_vectors::octets;

TEST_CASE("a request and its answer on an RS-485 line are told apart, paired, and named by the meter") {
    const auto meter = meter_with("voltage_l1", "holding:0x5002", "float32");
    const auto frames = whole("modbus-rtu", joined({request(), answer()}), &meter);
    REQUIRE(frames.size() == 2);
    CHECK(frames[0].direction == Direction::request);
    CHECK(frames[0].summary == "read holding registers 0x5002, 2 registers");
    CHECK(number(frames[0], "address") == 1);
    CHECK(number(frames[0], "function") == 3);
    CHECK(number(frames[0], "start") == 0x5002);
    CHECK(number(frames[0], "count") == 2);
    CHECK(number(frames[0], "crc") == 0xCB74);
    CHECK(frames[1].direction == Direction::response);
    CHECK(frames[1].summary == "read holding registers 0x5002: 4366 8000");
    CHECK(frames[1].answers == 0);
    CHECK(frames[1].offset == 8);
    REQUIRE(frames[1].readings.size() == 1);
    CHECK(frames[1].readings[0].name == "voltage_l1");
    CHECK(frames[1].readings[0].value.to_string() == "230.5");
    CHECK(frames[1].readings[0].unit == meterctl::Unit::volt);
}

TEST_CASE("without a meter an answer's registers carry their numbers, alone they carry none") {
    const auto pair = whole("modbus-rtu", joined({request(), answer()}));
    CHECK(pair[1].readings.empty());
    const auto* const named = find(pair[1].fields, "registers");
    REQUIRE(named != nullptr);
    REQUIRE(named->children.size() == 2);
    CHECK(named->children[0].name == "holding:0x5002");
    CHECK(named->children[1].name == "holding:0x5003");
    CHECK(named->children[1].value == Value(std::uint64_t{0x8000}));
    const auto alone = whole("modbus-rtu", answer());
    REQUIRE(alone.size() == 1);
    CHECK(alone[0].direction == Direction::response);
    CHECK_FALSE(alone[0].error.has_value());
    CHECK_FALSE(alone[0].answers.has_value());
    CHECK(alone[0].summary == "read holding registers: 4366 8000");
    CHECK(find(alone[0].fields, "registers")->children[0].name == "register");
}

TEST_CASE("every vector decodes in a stream: whole, octet by octet, and with noise behind it") {
    for (const std::string_view layer : {"rtu", "tcp", "ascii"}) {
        const std::string name = "modbus-" + std::string(layer);
        for (const auto& vector : modbus_vectors::layer(layer)) {
            CAPTURE(vector.name);
            const auto bytes = joined({vector.request, vector.octets});
            const auto frames = whole(name, bytes);
            REQUIRE(frames.size() == (vector.request.empty() ? 1 : 2));
            const auto& last = frames.back();
            CHECK(last.octets == vector.octets);
            CHECK_FALSE(last.error.has_value());
            CHECK(last.direction == (vector.response ? Direction::response : Direction::request));
            CHECK(last.answers.has_value() == !vector.request.empty());
            CHECK(number(last, "function") == vector.expect.at("function").get<unsigned>());
            for (const char* const field :
                 {"address", "transaction", "unit", "start", "count", "register", "exception"}) {
                const bool other_address = std::string_view(field) == "address" && layer == "tcp";
                if (vector.expect.contains(field) && !other_address) {
                    const auto expected = vector.expect.at(field).get<unsigned>();
                    const bool single = find(last.fields, field) == nullptr;
                    CHECK(number(last, single ? "coil" : field) == expected);
                }
            }
            std::size_t at = layer == "ascii" ? 1 : 0;
            check_covered(last.fields, at);
            CHECK(at == last.octets.size() - (layer == "ascii" ? 2 : 0));
            check_same(one_by_one(name, bytes), frames);
            const auto noisy = whole(name, joined({bytes, octets("FF FF FF")}));
            REQUIRE(noisy.size() == frames.size() + 1);
            CHECK(noisy[frames.size() - 1].octets == vector.octets);
            CHECK(noisy.back().error.has_value());
        }
    }
}

TEST_CASE("every PDU vector is covered by its fields in every framing") {
    for (const auto& vector : modbus_vectors::layer("pdu")) {
        CAPTURE(vector.name);
        const auto direction = vector.response ? Direction::response : Direction::request;
        ChunkInfo info;
        info.direction = direction;
        const std::vector<std::pair<std::string_view, Bytes>> framed{
            {"modbus-rtu", rtu::encode(9, vector.octets)},
            {"modbus-tcp", tcp::encode(7, 9, vector.octets)},
            {"modbus-ascii", ascii::encode(9, vector.octets)},
        };
        for (const auto& [name, bytes] : framed) {
            const auto frames = decoded(name, {{bytes, info}});
            REQUIRE(frames.size() == 1);
            CHECK_FALSE(frames[0].error.has_value());
            CHECK_FALSE(frames[0].summary.empty());
            CHECK(find(frames[0].fields, "excess") == nullptr);
            const bool in_ascii = name == "modbus-ascii";
            std::size_t at = in_ascii ? 1 : 0;
            check_covered(frames[0].fields, at);
            CHECK(at == bytes.size() - (in_ascii ? 2 : 0));
        }
    }
}

TEST_CASE("a write and its answer are equal octet by octet: the order tells them apart") {
    const auto write = octets("0106401000255C14");
    const auto frames = whole("modbus-rtu", joined({write, write, write}));
    REQUIRE(frames.size() == 3);
    CHECK(frames[0].direction == Direction::request);
    CHECK(frames[1].direction == Direction::response);
    CHECK(frames[1].answers == 0);
    CHECK(frames[2].direction == Direction::request);
    ChunkInfo from_meter;
    from_meter.direction = Direction::response;
    CHECK(decoded("modbus-rtu", {{write, from_meter}})[0].direction == Direction::response);
}

TEST_CASE("a function the standard does not name is found by its CRC and shown raw") {
    const auto bytes = joined({rtu::encode(5, octets("41 01 02 03")), request()});
    const auto frames = whole("modbus-rtu", bytes);
    REQUIRE(frames.size() == 2);
    CHECK(number(frames[0], "function") == 0x41);
    CHECK(find(frames[0].fields, "data")->value == Value(Bytes{1, 2, 3}));
    CHECK(frames[0].summary == "function 65: 01 02 03");
    check_same(one_by_one("modbus-rtu", bytes), frames);
}

TEST_CASE("TCP directions interleave and answers find their requests by transaction") {
    const auto meter = meter_with("voltage_l1", "holding:0x5002", "float32");
    ChunkInfo up, down;
    up.direction = Direction::request;
    down.direction = Direction::response;
    const auto first = tcp::encode(1, 9, octets("03 5002 0002"));
    const auto second = tcp::encode(2, 9, octets("03 0000 0001"));
    const auto late = tcp::encode(1, 9, octets("03 04 4366 8000"));
    const auto early = tcp::encode(2, 9, octets("03 02 1234"));
    const Bytes head(late.begin(), late.begin() + 5), tail(late.begin() + 5, late.end());
    const auto frames =
        decoded("modbus-tcp", {{first, up}, {early, down}, {head, down}, {second, up}, {tail, down}}, &meter);
    REQUIRE(frames.size() == 4);
    CHECK_FALSE(frames[1].answers.has_value());
    CHECK(frames[3].octets == late);
    CHECK(frames[3].answers == 0);
    CHECK(frames[3].offset == first.size() + early.size());
    CHECK(frames[3].readings.at(0).value.to_string() == "230.5");
}

TEST_CASE("a long silence ends a frame on a line, and nothing in a TCP connection") {
    struct Case {
        std::string_view decoder;
        Bytes frame;
        std::size_t frames;
    };
    const auto pdu = octets("03 5002 0002");
    ChunkInfo now, later;
    now.time = std::chrono::seconds(1);
    later.time = std::chrono::seconds(2);
    for (const Case& row :
         {Case{"modbus-tcp", tcp::encode(1, 9, pdu), 1}, Case{"modbus-rtu", rtu::encode(9, pdu), 2}}) {
        CAPTURE(row.decoder);
        const Bytes head(row.frame.begin(), row.frame.begin() + 5), tail(row.frame.begin() + 5, row.frame.end());
        const auto frames = decoded(row.decoder, {{head, now}, {tail, later}});
        CHECK(frames.size() == row.frames);
        CHECK(frames[0].error.has_value() == (row.frames == 2));
    }
}

TEST_CASE("device identification and server id become readings of the points that name them") {
    auto meter = meter_with("vendor_name", "device-id:0", "text");
    meter.points.push_back(meter_with("server_id", "server-id", "text").points[0]);
    const auto id = octets("2B 0E 01 01 00 00 01 00 03 41 42 43");
    const auto frames = whole("modbus-rtu",
                              joined({rtu::encode(1, octets("2B 0E 01 00")), rtu::encode(1, id),
                                      rtu::encode(1, octets("11")), rtu::encode(1, octets("11 02 58 59"))}),
                              &meter);
    REQUIRE(frames.size() == 4);
    CHECK(frames[1].readings.at(0).name == "vendor_name");
    CHECK(frames[1].readings.at(0).value == Value(std::string("ABC")));
    CHECK(frames[3].readings.at(0).value == Value(std::string("XY")));
}

TEST_CASE("each decoder is sure of its own octets and of no others") {
    const auto pair = joined({request(), answer()});
    const auto line = joined({ascii::encode(1, octets("03 5002 0002"))});
    const auto mbap = tcp::encode(1, 1, octets("03 5002 0002"));
    const auto sure = [](std::string_view name, const Bytes& bytes) { return decoder(name).recognise(bytes); };
    CHECK(sure("modbus-rtu", pair) == 100);
    CHECK(sure("modbus-rtu", answer()) == 100);
    CHECK(sure("modbus-ascii", line) == 100);
    CHECK(sure("modbus-tcp", mbap) >= 50);
    CHECK(sure("modbus-tcp", mbap) < 100);
    CHECK(sure("modbus-rtu", joined({octets("00 00"), pair, octets("FF")})) >= 50);
    for (const auto& other : {line, mbap, octets("2F 3F 21 0D 0A"), octets("68 03 03 68 08 01 72 7B 16"), Bytes{}}) {
        CHECK(sure("modbus-rtu", other) == 0);
    }
    for (const auto& other : {pair, mbap, octets("7E A0 07 03 21 93 0F 01 7E")}) {
        CHECK(sure("modbus-ascii", other) == 0);
    }
    CHECK(sure("modbus-tcp", pair) == 0);
    CHECK(decoder("modbus-rtu").has_checksum);
    CHECK_FALSE(decoder("modbus-tcp").has_checksum);
    CHECK(decoder("modbus-tcp").tcp_ports == std::vector<std::uint16_t>{502});
}

// What meters push on carriers other than HDLC and sockets, under keys that stand elsewhere, and without names.
#include "codecs/dlms/decipherer.hpp"
#include "codecs/dlms/point.hpp"
#include "codecs/mbus/frame.hpp"
#include "tests/codecs/dlms/links.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace dlms_links;
namespace codecs = meterctl::codecs;
namespace dlms = meterctl::codecs::dlms;
namespace mbus = meterctl::codecs::mbus;
using meterctl::Reading;

namespace {

/// {"A", 2345, 12056} without names, at no time.
const std::string bare = "0F00000001 00 0203 0A0141 120929 0600002F18";
/// {1-0:1.8.0.255, 1362, {0, Wh}}.
const std::string named = "0F00000001 00 0101 0203 09060100010800FF 0600000552 02020F00161E";

std::vector<Reading> readings_of(const Frames& frames) {
    std::vector<Reading> all;
    for (const auto& frame : frames) { all.insert(all.end(), frame.readings.begin(), frame.readings.end()); }
    return all;
}

Frames decoded_with(std::string_view row, const std::vector<Bytes>& datagrams, const codecs::DecodeOptions& options) {
    Frames frames;
    const auto stream = decoder(row).open(options);
    const codecs::FrameSink sink = [&](DecodedFrame&& frame) { frames.push_back(std::move(frame)); };
    ChunkInfo info;
    info.datagram = true;
    for (const auto& octets : datagrams) { stream->feed(octets, info, sink); }
    stream->finish(sink);
    return frames;
}

/// A message in M-Bus frames of so many octets.
std::vector<Bytes> segments(const Bytes& message, std::size_t size) {
    std::vector<Bytes> frames;
    for (std::size_t at = 0; at < message.size(); at += size) {
        const auto part = ByteView(message).subspan(at, std::min(size, message.size() - at));
        Bytes data{0x01, 0x67};
        data.insert(data.end(), part.begin(), part.end());
        const bool last = at + part.size() == message.size();
        const auto ci = static_cast<std::uint8_t>(frames.size() | (last ? 0x10U : 0U));
        frames.push_back(*mbus::encode_long(0x53, 0xFF, ci, data));
    }
    return frames;
}

meterctl::catalogue::Definition definition_with(std::string lists) {
    meterctl::catalogue::Definition definition;
    definition.model = "listed";
    definition.points.reserve(3);
    for (const auto* const name : {"maker", "voltage", "current"}) {
        meterctl::catalogue::Point point;
        point.name = name;
        point.address = "1:0-0:96.128.0.255:2";
        definition.points.push_back(point);
    }
    definition.points[1].scale = *meterctl::Decimal::parse("0.1");
    definition.points[1].unit = meterctl::Unit::volt;
    definition.settings.emplace("push_lists", std::move(lists));
    return definition;
}

} // namespace

TEST_CASE("a message in one M-Bus frame, and in several, says the same") {
    const auto message = octets(named);
    for (const std::size_t size : {100U, 20U, 7U, 5U}) {
        CAPTURE(size);
        const auto parts = segments(message, size);
        const auto frames = whole("dlms-mbus", joined(parts));
        check_same(one_by_one("dlms-mbus", joined(parts)), frames);
        REQUIRE(frames.size() == parts.size());
        const auto readings = readings_of(frames);
        REQUIRE(readings.size() == 1);
        CHECK(readings.front().name == "active_energy_import");
        CHECK(readings.front().value.to_string() == "1362");
        CHECK(frames.back().readings.size() == 1);
        CHECK(find(frames.front().fields, "source_access_point")->value.to_string() == "1");
        CHECK(find(frames.front().fields, "checksum")->text == "good");
        CHECK(decoder("dlms-mbus").recognise(joined(parts)) == 100);
    }
}

TEST_CASE("an M-Bus segment that is missing, twice there or damaged gives no value") {
    const auto parts = segments(octets(named), 8);
    REQUIRE(parts.size() == 4);
    const auto none = [](const std::vector<Bytes>& sent) {
        return readings_of(whole("dlms-mbus", joined(sent))).empty();
    };
    CHECK(none({parts[0], parts[2], parts[3]}));
    CHECK(none({parts[1], parts[2], parts[3]}));
    CHECK(none({parts[0], parts[1], parts[1], parts[2], parts[3]}));
    CHECK(none({parts[0], parts[1], parts[2]}));
    auto bad = parts[1];
    bad[12] ^= 1U;
    const auto frames = whole("dlms-mbus", joined({parts[0], bad, parts[2], parts[3]}));
    CHECK(readings_of(frames).empty());
    CHECK(std::ranges::any_of(frames, [](const DecodedFrame& frame) { return frame.error.has_value(); }));
    CHECK_FALSE(none({parts[2], parts[0], parts[1], parts[2], parts[3]}));
}

TEST_CASE("values without names have those of the definition's list of as many") {
    const auto definition = definition_with("maker voltage - ; - - - -");
    codecs::DecodeOptions options;
    options.meter = &definition;
    const auto readings = readings_of(decoded_with("dlms-apdu", {octets(bare)}, options));
    REQUIRE(readings.size() == 2);
    CHECK(readings[0].name == "maker");
    CHECK(readings[0].value.to_string() == "A");
    CHECK(readings[1].name == "voltage");
    CHECK(readings[1].value.to_string() == "234.5");
    CHECK(readings[1].unit == meterctl::Unit::volt);
    for (const auto* const lists : {"maker voltage", "maker voltage current; current voltage maker", ""}) {
        const auto other = definition_with(lists);
        options.meter = &other;
        CHECK(readings_of(decoded_with("dlms-apdu", {octets(bare)}, options)).empty());
    }
}

TEST_CASE("a list's scalers count for the values before them too") {
    const auto request = octets("C003C1 02 0003 0100200700FF 02 00 0003 0100200700FF 03 00");
    const auto answer = octets("C403C1 02 00 120903 00 02020FFF1623");
    const auto readings = readings_of(decoded_with("dlms-apdu", {request, answer}, {}));
    REQUIRE(readings.size() == 1);
    CHECK(readings[0].value.to_string() == "230.7");
    CHECK(readings[0].unit == meterctl::Unit::volt);
    CHECK(readings[0].flags.empty());
}

TEST_CASE("a register's number without its scaler has no unit, whatever the definition says of it") {
    auto definition = definition_with("");
    definition.points[1].address = "3:1-0:32.7.0.255:2";
    definition.points[1].scale = meterctl::Decimal{1, 0};
    const auto request = octets("C001C1 0003 0100200700FF 02 00"), answer = octets("C401C1 00 120903");
    const auto scaler = octets("C001C2 0003 0100200700FF 03 00"), told = octets("C401C2 00 02020FFF1623");
    codecs::DecodeOptions options;
    options.meter = &definition;
    const auto readings =
        readings_of(decoded_with("dlms-apdu", {request, answer, scaler, told, request, answer}, options));
    REQUIRE(readings.size() == 2);
    CHECK(readings[0].name == "voltage");
    CHECK(readings[0].value.to_string() == "2307");
    CHECK(readings[0].unit == meterctl::Unit::none);
    CHECK(readings[0].flags == std::vector<std::string>{"unscaled"});
    CHECK(readings[1].value.to_string() == "230.7");
    CHECK(readings[1].unit == meterctl::Unit::volt);
    CHECK(readings[1].flags.empty());
    definition.settings["push_lists"] = "- voltage -";
    const auto pushed = readings_of(decoded_with("dlms-apdu", {octets(bare)}, options));
    REQUIRE(pushed.size() == 1);
    CHECK(pushed[0].flags == std::vector<std::string>{"unscaled"});
}

TEST_CASE("a push setup that names itself is no name of the value behind it") {
    const auto own = octets("0F00000001 00 0202 09060000190900FF 0600002F18");
    CHECK(readings_of(decoded_with("dlms-apdu", {own}, {})).empty());
    const auto definition = definition_with("- current");
    codecs::DecodeOptions options;
    options.meter = &definition;
    const auto readings = readings_of(decoded_with("dlms-apdu", {own}, options));
    REQUIRE(readings.size() == 1);
    CHECK(readings[0].name == "current");
}

TEST_CASE("lists of pushes name points of the definition") {
    CHECK(dlms::validate(definition_with("maker - current")).has_value());
    const auto wrong = dlms::validate(definition_with("maker voltag current"));
    REQUIRE_FALSE(wrong.has_value());
    CHECK(wrong.error().what == "no point 'voltag'");
    CHECK(wrong.error().hints == std::vector<std::string>{"voltage"});
}

TEST_CASE("values without names have those of the push_object_list that was read before") {
    const auto request = octets("C001C1 0028 0000190900FF 02 00");
    const auto list = octets("C401C1 00 0103"
                             "0204 120001 09060000600100FF 0F02 120000"
                             "0204 120003 09060100200700FF 0F02 120000"
                             "0204 120003 090601001F0700FF 0F02 120000");
    const auto readings = readings_of(decoded_with("dlms-apdu", {request, list, octets(bare)}, {}));
    REQUIRE(readings.size() == 3);
    CHECK(readings[0].name == "serial_number");
    CHECK(readings[1].name == "voltage_l1");
    CHECK(readings[1].flags == std::vector<std::string>{"unscaled"});
    CHECK(readings[2].value.to_string() == "12056");
    CHECK(readings_of(decoded_with("dlms-apdu", {octets(bare)}, {})).empty());
}

TEST_CASE("a tag that does not fit is an error also where nothing is encrypted, and gives no value") {
    // general-glo-ciphering of HLY 1, authenticated only; the tag is made up.
    const auto apdu = octets("DB 08 484C590000000001 2E 10 00000001" + named + "000102030405060708090A0B");
    auto keys = meterctl::parse_keys("guek=000102030405060708090A0B0C0D0E0F\ngak=D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF");
    REQUIRE(keys.has_value());
    codecs::DecodeOptions options;
    options.keys = &*keys;
    const auto frames = decoded_with("dlms-apdu", {apdu}, options);
    REQUIRE(frames.size() == 1);
    REQUIRE(frames[0].error.has_value());
    CHECK(frames[0].error->code == "dlms.authentication_key");
    CHECK(frames[0].readings.empty());
    CHECK(find(frames[0].fields, "deciphered")->text == "not encrypted; the tag does not fit");
    const auto unknown = decoded_with("dlms-apdu", {apdu}, {});
    REQUIRE(unknown[0].readings.size() == 1);
    CHECK(unknown[0].readings[0].flags == std::vector<std::string>{"not_authenticated"});
}

TEST_CASE("general-glo APDUs one behind the other are frames of their own") {
    const auto one = octets("DB 08 484C590000000001 06 20 00000001 AA");
    const auto frames = whole("dlms-apdu", joined({one, one}));
    REQUIRE(frames.size() == 2);
    CHECK(frames[0].summary == "general-glo-ciphering, counter 1, 1 octets, no keys");
    CHECK(frames[1].offset == one.size());
}

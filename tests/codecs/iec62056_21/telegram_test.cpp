#include "codecs/iec62056_21/telegram.hpp"
#include "codecs/iec62056_21/telegram_stream.hpp"
#include "src/core/crc.hpp"
#include "tests/codecs/iec62056_21/vectors.hpp"

#include <algorithm>
#include <doctest/doctest.h>

namespace iec = meterctl::codecs::iec62056_21;
using iec_vectors::Json;
using meterctl::Bytes;
using meterctl::ByteView;
using meterctl::codecs::DecodedFrame;
using Check = iec::Telegram::Check;

namespace {

/// One octet a character (ISO 8859-1).
Bytes octets_of(const std::string& utf8) {
    Bytes octets;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto one = static_cast<std::uint8_t>(utf8[i]);
        if (one < 0x80) {
            octets.push_back(one);
        } else {
            octets.push_back(static_cast<std::uint8_t>(((one & 0x1FU) << 6U) | (utf8.at(++i) & 0x3F)));
        }
    }
    return octets;
}

std::vector<DecodedFrame> decoded(ByteView octets, std::size_t piece) {
    std::vector<DecodedFrame> frames;
    const auto sink = [&](DecodedFrame&& frame) { frames.push_back(std::move(frame)); };
    iec::TelegramStream stream{meterctl::codecs::DecodeOptions{}};
    while (!octets.empty()) {
        const auto part = octets.first(std::min(piece, octets.size()));
        stream.feed(part, {}, sink);
        octets = octets.subspan(part.size());
    }
    stream.finish(sink);
    return frames;
}

/// `id(value*unit)(value)`, with the groups of following lines joined, as the vectors have them.
std::vector<std::string> texts(const Json& objects) {
    std::vector<std::string> all;
    for (const auto& object : objects) {
        if (object.contains("bad_line")) { break; }
        std::string text = object.at("id").get<std::string>();
        for (const auto& group : object.at("values")) {
            text += "(" + group.at("value").get<std::string>();
            if (group.contains("unit")) { text += "*" + group.at("unit").get<std::string>(); }
            text += ")";
        }
        all.push_back(text);
    }
    return all;
}

std::vector<std::string> texts(const iec::DataBlock& data) {
    std::vector<std::string> all;
    for (const auto& set : data.sets) {
        set.id.empty() && !all.empty() ? void(all.back() += iec::to_text(set)) : all.push_back(iec::to_text(set));
    }
    return all;
}

Check check_of(const Json& expect) {
    if (!expect.contains("crc")) { return Check::missing; }
    return expect.at("crc_ok").get<bool>() ? Check::good : Check::wrong;
}

const meterctl::Reading* find(const std::vector<meterctl::Reading>& readings, std::string_view name) {
    const auto found = std::ranges::find(readings, name, &meterctl::Reading::name);
    return found == readings.end() ? nullptr : &*found;
}

bool unverified(const meterctl::Reading& reading) {
    return std::ranges::find(reading.flags, "unverified") != reading.flags.end();
}

Bytes telegram(std::string lines, const char* digits = nullptr) {
    lines = "/XYZ5\\2METER\r\n\r\n" + lines + "!";
    const Bytes covered(lines.begin(), lines.end());
    char text[8];
    std::snprintf(text, sizeof text, "%04X", unsigned{meterctl::crc16_arc(covered)});
    lines += std::string(digits == nullptr ? text : digits) + "\r\n";
    return {lines.begin(), lines.end()};
}

} // namespace

TEST_CASE("each P1 telegram's objects and CRC are those of its vector, whole and octet by octet") {
    for (const auto& vector : iec_vectors::extra("dsmr", "telegrams.json")) {
        CAPTURE(vector.name);
        const Json& expect = vector.expect.contains("then") ? vector.expect.at("then") : vector.expect;
        if (!expect.contains("objects")) { continue; }
        const auto octets = octets_of(vector.entry.at("text").get<std::string>());
        for (const std::size_t piece : {std::size_t{1} << 20U, std::size_t{1}}) {
            auto frames = decoded(octets, piece);
            const auto other = [](const DecodedFrame& frame) { return !frame.summary.starts_with("telegram"); };
            std::erase_if(frames, other); // one meter goes on after its telegram
            REQUIRE(!frames.empty());
            const auto found = iec::decode_telegram(frames.back().octets);
            REQUIRE(found.has_value());
            CHECK(found->identification.manufacturer ==
                  expect.at("identification").at("manufacturer").get<std::string>());
            CHECK(found->identification.text == expect.at("identification").at("ident").get<std::string>());
            auto wanted = texts(expect.at("objects"));
            auto got = texts(found->data);
            const bool damaged = wanted.size() < expect.at("objects").size();
            if (damaged) {
                CHECK(!found->data.others.empty());
                CHECK(found->check == Check::wrong);
                got.resize(std::min(got.size(), wanted.size()));
            } else {
                CHECK(found->check == check_of(expect));
            }
            CHECK(got == wanted);
            CHECK(frames.back().error.has_value() == (found->check == Check::wrong));
            CHECK(frames.back().readings.empty() == (found->check == Check::wrong));
        }
    }
}

TEST_CASE("what stands before a whole telegram is skipped and counted") {
    for (const auto& vector : iec_vectors::extra("dsmr", "telegrams.json")) {
        if (!vector.expect.contains("skipped_bytes")) { continue; }
        const auto frames = decoded(octets_of(vector.entry.at("text").get<std::string>()), 100);
        REQUIRE(frames.size() >= 2);
        CHECK(frames.back().offset == vector.expect.at("skipped_bytes").get<std::uint64_t>());
        CHECK(frames.front().error.has_value());
    }
}

TEST_CASE("a telegram that was cut keeps its whole lines, unverified, with the error") {
    for (const auto& vector : iec_vectors::extra("dsmr", "telegrams.json")) {
        if (vector.expect.value("error", "") != "no end mark") { continue; }
        CAPTURE(vector.name);
        const auto frames = decoded(octets_of(vector.entry.at("text").get<std::string>()), 33);
        REQUIRE(frames.size() == 1);
        REQUIRE(frames.front().error.has_value());
        CHECK(frames.front().error->code == "dsmr.incomplete");
        CHECK(frames.front().readings.size() > 5);
        CHECK(std::ranges::all_of(frames.front().readings, unverified));
    }
}

TEST_CASE("a telegram whose line ends lost their CR is good with CR LF put back") {
    auto octets = telegram("1-0:1.8.1(000001.500*kWh)\r\n");
    std::erase(octets, iec::cr);
    const auto found = iec::decode_telegram(octets);
    REQUIRE(found.has_value());
    CHECK(found->check == Check::good_restored);
}

TEST_CASE("with any bit of a telegram with a CRC flipped, none of its readings is given for good") {
    const auto good = telegram("1-0:1.8.1(000001.500*kWh)\r\n0-0:96.14.0(0002)\r\n");
    REQUIRE(decoded(good, 16).size() == 1);
    REQUIRE(decoded(good, 16).front().readings.size() == 2);
    // Behind the '!' a damaged digit can look like the end of the CRC: what is then left of it fits by chance only.
    const auto covered = static_cast<std::size_t>(std::ranges::find(good, '!') - good.begin());
    for (std::size_t bit = 0; bit < 8 * covered; ++bit) {
        CAPTURE(bit);
        auto damaged = good;
        damaged[bit / 8] = static_cast<std::uint8_t>(damaged[bit / 8] ^ (1U << (bit % 8)));
        for (const auto& frame : decoded(damaged, 16)) {
            CHECK((frame.readings.empty() || frame.error));
            for (const auto& reading : frame.readings) { CHECK(unverified(reading)); }
        }
    }
}

TEST_CASE("a telegram's readings have names, exact values, units and the meter's time") {
    const auto octets = telegram("1-3:0.2.8(50)\r\n0-0:1.0.0(261121101500W)\r\n1-0:1.8.1(000581.161*kWh)\r\n"
                                 "0-0:96.14.0(0002)\r\n1-0:32.7.0(0230.0*V)\r\n0-0:96.13.0()\r\n"
                                 "0-0:96.1.1(4142433132)\r\n0-1:24.1.0(003)\r\n"
                                 "0-1:24.2.1(261121101005S)(00000.107*m3)\r\n");
    const auto frames = decoded(octets, 1000);
    REQUIRE(frames.size() == 1);
    const auto& readings = frames.front().readings;
    const auto* const energy = find(readings, "active_energy_import_t1");
    REQUIRE(energy != nullptr);
    CHECK(energy->value.to_string() == "581.161");
    CHECK(energy->unit == meterctl::Unit::kilowatt_hour);
    CHECK(energy->obis->to_string() == "1-0:1.8.1");
    const auto* const clock = find(readings, "clock");
    REQUIRE(clock != nullptr);
    CHECK(clock->value.to_string() == "2026-11-21T10:15:00+01:00");
    REQUIRE(find(readings, "voltage_l1") != nullptr);
    CHECK(find(readings, "voltage_l1")->value.to_string() == "230.0");
    const auto* const gas = find(readings, "gas_volume");
    REQUIRE(gas != nullptr);
    CHECK(gas->value.to_string() == "0.107");
    CHECK(gas->unit == meterctl::Unit::cubic_metre);
    CHECK(gas->time->to_string() == "2026-11-21T10:10:05+02:00");
    const auto* const identity = find(readings, "0-0:96.1.1");
    REQUIRE(identity != nullptr);
    CHECK(identity->value.to_string() == "ABC12");
    const auto* const message = find(readings, "0-0:96.13.0");
    REQUIRE(message != nullptr);
    CHECK(message->value.is_null());
    CHECK(message->flags == std::vector<std::string>{"not_available"});
}

TEST_CASE("the gas value of older telegrams, on a line of its own, has its unit and time") {
    const auto octets =
        telegram("0-1:24.1.0(3)\r\n0-1:24.3.0(120517020000)(08)(60)(1)(0-1:24.2.1)(m3)\r\n(00124.477)\r\n", "");
    const auto frames = decoded(octets, 1000);
    REQUIRE(frames.size() == 1);
    const auto* const gas = find(frames.front().readings, "gas_volume");
    REQUIRE(gas != nullptr);
    CHECK(gas->value.to_string() == "124.477");
    CHECK(gas->unit == meterctl::Unit::cubic_metre);
    CHECK(gas->time->to_string() == "2012-05-17T02:00:00");
}

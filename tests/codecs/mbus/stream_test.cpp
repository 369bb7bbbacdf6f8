#include "tests/codecs/mbus/streams.hpp"

#include "codecs/mbus/decoders.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace mbus_streams;
using mbus_vectors::octets;
using meterctl::codecs::Direction;

namespace {

/// The documentation's answer: volume, a maximum flow five months ago, energy of a second tariff.
const char* const answer = "681F1F6808027278563412244001075500000003131531 00DA023B13018B60043718021816";

std::vector<std::string> names(const DecodedFrame& frame) {
    std::vector<std::string> all;
    for (const auto& reading : frame.readings) { all.push_back(reading.name); }
    return all;
}

TEST_CASE("a request and its answer are paired, and records are named") {
    const auto frames = whole(joined({octets("107B027D16"), octets(answer)}));
    REQUIRE(frames.size() == 2);
    CHECK(frames[0].direction == Direction::request);
    CHECK(frames[0].summary == "REQ_UD2, FCB 1 to 2");
    CHECK(frames[1].direction == Direction::response);
    CHECK(frames[1].answers == 0);
    CHECK(frames[1].summary == "RSP_UD of 2: 12345678 PAD, water, 3 records");
    CHECK(names(frames[1]) == std::vector<std::string>{"volume", "max_volume_flow@5", "energy_u1_t2"});
    CHECK(frames[1].readings[0].value.to_string() == "12.565");
    CHECK(frames[1].readings[0].unit == meterctl::Unit::cubic_metre);
    CHECK(frames[1].readings[0].address == "drh:0313");
    CHECK(frames[1].readings[2].address == "drh:8B6004");
}

TEST_CASE("fields say where each part of a frame stands and what it is") {
    const auto frame = whole(octets(answer)).front();
    const auto* const id = find(frame.fields, "id");
    REQUIRE(id != nullptr);
    CHECK(id->value.to_string() == "12345678");
    CHECK(id->offset == 7);
    CHECK(find(frame.fields, "manufacturer")->value.to_string() == "PAD");
    CHECK(find(frame.fields, "medium")->text == "water");
    CHECK(find(frame.fields, "status")->text == "no error");
    const auto& record = frame.fields[frame.fields.size() - 4]; // the second of three, before checksum and stop
    CHECK(record.name == "record");
    CHECK(record.offset == 24);
    CHECK(record.value.to_string() == "0.113");
    const auto* const dib = find(record.children, "dib");
    REQUIRE(dib != nullptr);
    CHECK(dib->text == "bcd4");
    CHECK(find(dib->children, "function")->value.to_string() == "maximum");
    CHECK(find(dib->children, "storage")->value.to_string() == "5");
    CHECK(find(dib->children, "tariff")->value.to_string() == "0");
    CHECK(find(dib->children, "subunit")->value.to_string() == "0");
    CHECK(find(record.children, "vib")->text == "volume flow");
    CHECK(find(record.children, "unit")->value.to_string() == "m³/h");
}

TEST_CASE("every answer decodes in a stream: whole, octet by octet, and with octets behind it") {
    for (const auto& vector : mbus_vectors::answers()) {
        CAPTURE(vector.name);
        const auto frames = whole(vector.octets);
        REQUIRE(frames.size() == 1);
        CHECK_FALSE(frames[0].error.has_value());
        if (vector.expect.contains("records")) {
            CHECK(frames[0].readings.size() == vector.expect.at("records").size());
        }
        check_same(one_by_one(vector.octets), frames);
        const auto followed = whole(joined({vector.octets, octets("0055AA")}));
        REQUIRE(followed.size() == 2);
        CHECK(followed[0].summary == frames[0].summary);
        CHECK(followed[1].error->code == "mbus.noise");
    }
}

TEST_CASE("telegrams of one readout share their names, those of the next begin anew") {
    const auto first = octets("681616680802727856341224400107550000000413010000001F8816");
    const auto frames = whole(joined({octets("107B027D16"), first, octets("105B025D16"), first}));
    REQUIRE(frames.size() == 4);
    CHECK(names(frames[1]) == std::vector<std::string>{"volume"});
    CHECK(names(frames[3]) == std::vector<std::string>{"volume_2"});
    CHECK(frames[1].summary.ends_with("1 record, more follows"));
}

TEST_CASE("commands of a master are told in words") {
    struct Row {
        const char* hex;
        const char* summary;
    };
    constexpr Row rows[] = {
        {"1040014116", "SND_NKE to 1"},
        {"6806066853FE51017A082516", "SND_UD, FCB 0 to 254: set address to 8"},
        {"680B0B6853FD52FFFFFF1FFFFFFFFFBA16", "SND_UD, FCB 0 to 253: select 1FFFFFFF"},
        {"680B0B6853FD5278563412CD250102AB16", "SND_UD, FCB 0 to 253: select 12345678-INM-01-02"},
        {"6803036853FEBD0E16", "SND_UD, FCB 0 to 254: set baud rate 9600 (CI BD)"},
        {"680404685303517F2A16", "SND_UD, FCB 0 to 3: all records wanted"},
        {"6804046853FE5010B516", "SND_UD, FCB 0 to 254: application select 10"},
        {"68 03 03 68 53 00 B4 07 16", "SND_UD, FCB 0 to 0: manufacturer specific (CI B4)"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.hex);
        auto bytes = octets(row.hex);
        unsigned sum = 0;
        for (std::size_t at = 4; bytes[0] == 0x68 && at + 2 < bytes.size(); ++at) { sum += bytes[at]; }
        if (bytes[0] == 0x68) { bytes[bytes.size() - 2] = static_cast<std::uint8_t>(sum); }
        const auto frames = whole(bytes);
        REQUIRE(frames.size() == 1);
        CHECK(frames[0].summary == row.summary);
        CHECK_FALSE(frames[0].error.has_value());
    }
}

TEST_CASE("an optical session with wake-up octets, an echo and a cut telegram is taken apart") {
    for (const auto& vector : mbus_vectors::extra("streams.json")) {
        CAPTURE(vector.name);
        const auto frames = whole(vector.octets);
        check_same(one_by_one(vector.octets), frames);
        for (const auto& expect : vector.entry.at("frames")) {
            const auto offset = expect.at("offset").get<std::uint64_t>();
            const auto found = std::ranges::find(frames, offset, &DecodedFrame::offset);
            REQUIRE(found != frames.end());
            CHECK(found->octets.size() == expect.at("length").get<std::size_t>());
            const bool cut = expect.at("kind") == "incomplete";
            CHECK(found->error.has_value() == cut);
            if (cut) {
                const auto missing = expect.at("missing").get<std::size_t>();
                const auto there = found->octets.size();
                CHECK(found->error->what == fmt::format("incomplete: {} of {} octets", there, there + missing));
                CHECK(found->readings.empty());
            }
            if (expect.contains("expect")) {
                mbus_vectors::check_telegram(expect.at("expect"), mbus_vectors::variable_data(found->octets));
            }
        }
    }
}

TEST_CASE("the decoder is sure of whole frames, less of one among others, and of noise not at all") {
    const auto& decoder = meterctl::codecs::mbus::decoders()[0];
    CHECK(decoder.recognise(octets(answer)) == 100);
    CHECK(decoder.recognise(joined({octets("00FF00FF"), octets("107B027D16")})) < 100);
    CHECK(decoder.recognise(joined({octets("00FF00FF"), octets("107B027D16")})) > 0);
    CHECK(decoder.recognise(octets("E5")) == 5);
    CHECK(decoder.recognise(octets("01035002000274CB")) == 0);
}

} // namespace

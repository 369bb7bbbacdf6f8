#include "codecs/mbus/frame.hpp"
#include "tests/codecs/mbus/streams.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace mbus_streams;
using mbus_vectors::octets;

namespace {

namespace mbus = meterctl::codecs::mbus;

const char* const header = "7856341224400107550000 00";

Bytes frame_with(const std::string& records) {
    return *mbus::encode_long(0x08, 2, 0x72, octets(std::string(header) + records));
}

TEST_CASE("records before a damage are kept, and what is behind is named with its offset") {
    struct Row {
        const char* records;
        std::size_t kept;
        std::size_t at; ///< in the frame, whose records begin at 19
        const char* code;
    };
    constexpr Row rows[] = {
        {"0313153100 8B", 1, 24, "mbus.truncated"},
        {"0313153100 8B60", 1, 24, "mbus.truncated"},
        {"0313153100 8B6084", 1, 24, "mbus.truncated"},
        {"0313153100 8B60043718", 1, 24, "mbus.truncated"},
        {"0313153100 0D13", 1, 24, "mbus.truncated"},
        {"0313153100 0D1305 4142", 1, 24, "mbus.truncated"},
        {"0313153100 0D13CA", 1, 24, "mbus.reserved_lvar"},
        {"0313153100 0D13F7", 1, 24, "mbus.reserved_lvar"},
        {"0313153100 3F", 1, 24, "mbus.reserved_dif"},
        {"0313153100 848080808080808080808080 13", 1, 24, "mbus.too_many_difes"},
        {"0313153100 0484808080808080808080 8080 13", 1, 24, "mbus.too_many_vifes"},
        {"0313153100 02FC134852257411", 1, 24, "mbus.truncated"},
        {"FF", 0, 19, "mbus.reserved_dif"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.records);
        const auto bytes = frame_with(row.records);
        const auto frames = whole(bytes);
        REQUIRE(frames.size() == 1);
        REQUIRE(frames[0].error.has_value());
        CHECK(frames[0].error->category == meterctl::Category::untrusted);
        CHECK(frames[0].error->code == row.code);
        CHECK(frames[0].error->where == fmt::format("octet {}", row.at));
        CHECK(frames[0].readings.size() == row.kept);
        const auto* const rest = find(frames[0].fields, "undecoded");
        REQUIRE(rest != nullptr);
        CHECK(rest->offset == row.at);
        CHECK(rest->offset + rest->length == bytes.size() - 2);
    }
}

TEST_CASE("ten DIFEs and ten VIFEs are a record, eleven are none") {
    CHECK_FALSE(whole(frame_with("84808080808080808080 00 13 01000000")).front().error.has_value());
    CHECK_FALSE(whole(frame_with("04 93BABABABABABABABABA3A 01000000")).front().error.has_value());
    CHECK(whole(frame_with("8480808080808080808080 00 13 01000000")).front().error->code == "mbus.too_many_difes");
    CHECK(whole(frame_with("04 93BABABABABABABABABABA3A 01000000")).front().error->code == "mbus.too_many_vifes");
}

TEST_CASE("a header that is too short, fixed data of a wrong size: untrusted, and nothing is read") {
    for (const auto& bytes : {*mbus::encode_long(0x08, 2, 0x72, octets("7856341224")),
                              *mbus::encode_long(0x08, 2, 0x73, octets("78563412"))}) {
        const auto frame = whole(bytes).front();
        REQUIRE(frame.error.has_value());
        CHECK(frame.error->code == "mbus.length");
        CHECK(frame.readings.empty());
    }
}

TEST_CASE("a flipped bit anywhere in an answer is noticed, and costs one frame, not the next") {
    const auto good = frame_with("0313153100DA023B13018B6004371802");
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        CAPTURE(bit);
        auto damaged = good;
        damaged[bit / 8] = static_cast<std::uint8_t>(damaged[bit / 8] ^ (1U << bit % 8));
        const auto frames = whole(joined({damaged, good, good}));
        const auto bad = std::ranges::count_if(frames, [](const DecodedFrame& one) { return one.error.has_value(); });
        CHECK(bad >= 1);
        CHECK(frames.back().octets == good);
        CHECK_FALSE(frames.back().error.has_value());
        for (const auto& frame : frames) {
            if (!frame.readings.empty()) { CHECK(frame.octets == good); }
        }
    }
}

TEST_CASE("two acknowledgements to one request are a collision") {
    const auto frames = whole(octets("1040FE3E16E5E5"));
    REQUIRE(frames.size() == 3);
    CHECK_FALSE(frames[1].error.has_value());
    REQUIRE(frames[2].error.has_value());
    CHECK(frames[2].error->code == "mbus.collision");
}

TEST_CASE("encrypted records are said to be, not shown as values") {
    const auto bytes =
        *mbus::encode_long(0x08, 2, 0x72, octets("78563412244001075500 1005 000102030405060708090A0B0C0D0E0F"));
    const auto frame = whole(bytes).front();
    REQUIRE(frame.error.has_value());
    CHECK(frame.error->code == "mbus.encrypted");
    CHECK(frame.readings.empty());
    CHECK(find(frame.fields, "encrypted")->length == 16);
}

TEST_CASE("frames that other decoders refuse are refused here, or decoded up to the fault") {
    for (const auto& vector : mbus_vectors::extra_folder("error-frames")) {
        CAPTURE(vector.name);
        const auto frames = whole(vector.octets);
        check_same(one_by_one(vector.octets), frames);
        const auto& frame = frames.front();
        const bool application_error = frame.summary.find("application error") != std::string::npos;
        // Ten extensions are allowed; the file holds one of each too few to be wrong.
        const bool allowed = vector.name == "too_many_dife" || vector.name == "too_many_vife";
        if (!application_error && !allowed) { CHECK(frame.error.has_value()); }
    }
}

TEST_CASE("broken and special frames are what their vectors say") {
    for (const auto& vector : mbus_vectors::extra("bad_and_special.json")) {
        CAPTURE(vector.name);
        const auto frames = whole(vector.octets);
        check_same(one_by_one(vector.octets), frames);
        const auto bad = std::ranges::any_of(frames, [](const DecodedFrame& one) { return one.error.has_value(); });
        CHECK(bad == vector.expect.contains("error"));
        if (vector.expect.contains("application_error")) {
            CHECK(frames[0].summary.find("application error") != std::string::npos);
        }
        if (!vector.expect.contains("counters")) { continue; }
        const auto& counters = vector.expect.at("counters");
        REQUIRE(frames[0].readings.size() == counters.size());
        for (std::size_t index = 0; index < counters.size(); ++index) {
            const auto& reading = frames[0].readings[index];
            CHECK(reading.value.to_string() == counters[index].at("value").get<std::string>());
            CHECK(meterctl::symbol(reading.unit) == counters[index].at("unit").get<std::string>());
            CHECK((reading.name.find("@1") != std::string::npos) == counters[index].value("historic", false));
        }
    }
}

} // namespace

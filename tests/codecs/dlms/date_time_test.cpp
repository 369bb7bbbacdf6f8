#include "codecs/dlms/date_time.hpp"
#include "src/core/hex.hpp"
#include "tests/codecs/dlms/vectors.hpp"

#include <doctest/doctest.h>

namespace dlms = meterctl::codecs::dlms;
using dlms_vectors::octets;
using Flags = std::vector<std::string>;

namespace {

struct Row {
    const char* hex;
    const char* value;
    Flags flags;
    const char* text = "";
};

} // namespace

TEST_CASE("date-times keep their deviation, and what is open stays open") {
    const Row rows[] = {
        {"07 E4 01 01 FF 00 03 00 00 FF 88 00", "2020-01-01T00:03:00+02:00", {}},
        {"07 E5 06 03 04 0E 09 17 00 FF C4 80", "2021-06-03T14:09:23+01:00", {"summer_time"}},
        {"07 E5 06 03 04 0E 09 17 FF 00 3C 00", "2021-06-03T14:09:23-01:00", {}},
        {"07 E5 0C 0A 05 10 39 00 FF 80 00 FF", "2021-12-10T16:57:00", {"local_time"}},
        {"07 E5 0C 0A 05 10 39 00 FF 00 00 0F",
         "2021-12-10T16:57:00Z",
         {"clock_invalid", "clock_doubtful", "clock_base", "clock_status_invalid"}},
        {"FF FF FF FF FF FF FF FF FF 80 00 FF", "", {"not_available"}},
        {"07 E5 0D 0A 05 10 39 00 FF 80 00 FF", "", {"invalid_date"}, "2021-13-10 16:57:0"},
        {"07 E5 02 1D FF 10 39 00 FF 80 00 FF", "", {"invalid_date"}, "2021-2-29 16:57:0"},
        {"00 00 00 00 00 00 00 00 00 00 00 00", "", {"invalid_date"}, "0-0-0 0:0:0"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.hex);
        const auto time = dlms::decode_date_time(octets(row.hex));
        REQUIRE(time.has_value());
        CHECK(meterctl::to_hex(dlms::encode_date_time(*time)) == row.hex);
        const auto shown = dlms::show_date_time(*time);
        CHECK(shown.value.to_string() == row.value);
        CHECK(shown.flags == row.flags);
        CHECK(shown.text == row.text);
    }
}

TEST_CASE("rules for days are told in words") {
    const Row rows[] = {
        {"FF FF FF FE FF", "", {"unspecified_fields"}, "last day of every month"},
        {"FF FF FF FE 07", "", {"unspecified_fields"}, "last Sunday of every month"},
        {"FF FF 03 FE 07", "", {"unspecified_fields"}, "last Sunday of March"},
        {"FF FF 03 01 07", "", {"unspecified_fields"}, "Sunday on or after day 1 of March"},
        {"FF FF 0A 16 07", "", {"unspecified_fields"}, "Sunday on or after day 22 of October"},
        {"FF FF FF FD FF", "", {"unspecified_fields"}, "last day but one of every month"},
        {"FF FF FE FF FF", "", {"unspecified_fields"}, "begin of summer time"},
        {"FF FF FD FF FF", "", {"unspecified_fields"}, "end of summer time"},
        {"FF FF FF FF 01", "", {"unspecified_fields"}, "every Monday of every month"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.hex);
        const auto date = dlms::decode_date(octets(row.hex));
        REQUIRE(date.has_value());
        CHECK(meterctl::to_hex(dlms::encode_date(*date)) == row.hex);
        const auto shown = dlms::show_date(*date);
        CHECK(shown.value.get<meterctl::DateTime>() != nullptr);
        CHECK(shown.flags == row.flags);
        CHECK(shown.text == row.text);
    }
}

TEST_CASE("a date and a time of day alone") {
    const auto date = dlms::show_date(*dlms::decode_date(octets("07 E8 0B 15 FF")));
    CHECK(date.value.to_string() == "2024-11-21");
    CHECK(date.flags.empty());
    const auto time = dlms::show_time(*dlms::decode_time(octets("08 1E 0F 17")));
    CHECK(time.value.to_string() == "08:30:15.23");
    CHECK(dlms::parse_time("08:30:15.23") == dlms::decode_time(octets("08 1E 0F 17")));
    CHECK_FALSE(dlms::parse_time("25:00").has_value());
    CHECK(dlms::show_time(*dlms::decode_time(octets("18 00 00 00"))).flags == Flags{"invalid_date"});
    CHECK_FALSE(dlms::decode_date(octets("07 E8 0B 15")).has_value());
    CHECK_FALSE(dlms::decode_time(octets("07 E8 0B")).has_value());
    CHECK_FALSE(dlms::decode_date_time(octets("07 E8 0B 15 FF")).has_value());
}

TEST_CASE("a DateTime goes to a meter with its deviation, open fields open") {
    const auto time = meterctl::DateTime::parse("2026-11-21T03:15:00.25+01:00");
    REQUIRE(time.has_value());
    CHECK(meterctl::to_hex(dlms::encode_date_time(dlms::to_cosem(*time))) == "07 EA 0B 15 FF 03 0F 00 19 FF C4 00");
    const auto local = meterctl::DateTime::parse("2026-11-21T03:15:00");
    CHECK(meterctl::to_hex(dlms::encode_date_time(dlms::to_cosem(*local, 0xFF))) ==
          "07 EA 0B 15 FF 03 0F 00 FF 80 00 FF");
}

TEST_CASE("twelve octets are taken for a date-time only where they can be one") {
    CHECK(dlms::looks_like_date_time(octets("07 E4 01 01 FF 00 03 00 00 FF 88 00")));
    CHECK_FALSE(dlms::looks_like_date_time(octets("48 65 6C 6C 6F 20 57 6F 72 6C 64 21")));
    CHECK_FALSE(dlms::looks_like_date_time(octets("07 E4 01 01 FF 00 03 00 00 FF 88")));
}

#include "commands/values.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::commands;
using namespace std::chrono_literals;

TEST_CASE("durations read with their unit, seconds without one") {
    struct Row {
        std::string text;
        std::chrono::nanoseconds expected;
    };
    const std::vector<Row> rows{{"500ms", 500ms}, {"2s", 2s},       {"1.5s", 1500ms}, {"5m", 5min},
                                {"1h", 1h},       {"250us", 250us}, {"3", 3s},        {"0", 0s}};
    for (const Row& row : rows) {
        const auto duration = parse_duration("--timeout", row.text);
        REQUIRE_MESSAGE(duration.has_value(), row.text);
        CHECK(*duration == row.expected);
    }
}

TEST_CASE("what is no duration is a usage error that names the option") {
    for (const std::string text : {"", "ms", "-1s", "1 s", "1d", "nan", "inf", "1e400s", "99999999h"}) {
        const auto duration = parse_duration("--timeout", text);
        REQUIRE_FALSE_MESSAGE(duration.has_value(), text);
        CHECK(duration.error().category == Category::usage);
        CHECK(duration.error().what.starts_with("--timeout: "));
    }
}

TEST_CASE("counts are whole and bounded") {
    CHECK(parse_count("--retries", "0", 10) == 0U);
    CHECK(parse_count("--retries", "10", 10) == 10U);
    for (const std::string text : {"", "11", "-1", "1.5", "0x1", "18446744073709551616"}) {
        CHECK_FALSE(parse_count("--retries", text, 10).has_value());
    }
}

TEST_CASE("shares lie between 0 and 1") {
    CHECK(parse_share("--drop", "0.25") == 0.25);
    for (const std::string text : {"", "1.1", "-0.1", "10%", "nan"}) {
        CHECK_FALSE(parse_share("--drop", text).has_value());
    }
}

TEST_CASE("address lists hold numbers, ranges and other texts") {
    const auto list = parse_address_list("--addresses", "1,5, 8-10,device");
    REQUIRE(list.has_value());
    CHECK(*list == std::vector<std::string>{"1", "5", "8", "9", "10", "device"});
    CHECK(*parse_address_list("--addresses", "1/16-18,16/17,9:1") ==
          std::vector<std::string>{"1/16", "1/17", "1/18", "16/17", "9:1"});
    for (const std::string text : {"", "1,,2", "9-1", "0-99999999999", "1/9-1"}) {
        CHECK_FALSE(parse_address_list("--addresses", text).has_value());
    }
}

TEST_CASE("durations are told as people say them") {
    CHECK(format_duration(850ms) == "850 ms");
    CHECK(format_duration(20s) == "20 s");
    CHECK(format_duration(80s) == "1 min 20 s");
    CHECK(format_duration(2h + 5min) == "2 h 5 min");
}

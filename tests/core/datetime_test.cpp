#include "src/core/datetime.hpp"

#include <doctest/doctest.h>

using namespace meterctl;

TEST_CASE("a time reads and prints as RFC 3339") {
    for (const std::string_view text :
         {"2026-11-21T02:15:00Z", "2026-11-21T03:15:00+01:00", "2026-11-21T03:15:00-09:30", "2026-11-21T03:15:00",
          "2026-11-21T03:15:00.250Z", "2026-11-21", "2016-12-31T23:59:60Z", "2024-02-29"}) {
        CAPTURE(text);
        const auto time = DateTime::parse(text);
        REQUIRE(time);
        CHECK(time->to_string() == text);
    }
    CHECK(DateTime::parse("2026-11-21 03:15")->to_string() == "2026-11-21T03:15:00");
}

TEST_CASE("what is no date is a usage error") {
    for (const std::string_view text :
         {"", "yesterday", "2026-13-01", "2026-02-29", "2026-11-21T24:00:00Z", "2026-11-21T02:15:00+25:00",
          "2026-11-21T02:15:00Zx", "2026-11-21T", "2026-11-21T02:15:00.Z", "26-11-21"}) {
        CAPTURE(text);
        const auto time = DateTime::parse(text);
        REQUIRE_FALSE(time);
        CHECK(time.error().category == Category::usage);
    }
}

TEST_CASE("a point in time goes to UTC and back") {
    const auto time = DateTime::parse("2026-11-21T03:15:00.250+01:00");
    REQUIRE(time);
    const auto point = time->to_utc();
    REQUIRE(point);
    CHECK(point->time_since_epoch() == std::chrono::milliseconds(1795227300250));
    CHECK(DateTime::from_utc(*point).to_string() == "2026-11-21T02:15:00.250Z");
}

TEST_CASE("open fields stay open") {
    DateTime daily;
    daily.hour = 2;
    daily.minute = 15;
    CHECK(daily.to_string() == "*-*-*T02:15:*");
    CHECK_FALSE(daily.complete());
    CHECK_FALSE(daily.to_utc());
    const auto local = DateTime::parse("2026-11-21T03:15:00");
    CHECK(local->complete());
    CHECK_FALSE(local->to_utc());
}

TEST_CASE("a year that the clock cannot hold is no point in time") {
    for (const char* text : {"0226-11-21T02:15:00Z", "1677-12-31T23:59:59Z", "2262-01-01T00:00:00Z"}) {
        CAPTURE(text);
        const auto time = DateTime::parse(text);
        REQUIRE(time);
        CHECK_FALSE(time->to_utc());
    }
}

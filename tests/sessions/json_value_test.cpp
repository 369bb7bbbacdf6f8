// Values of many parts as users write them.
#include "sessions/json_value.hpp"
#include "sessions/protocols.hpp"

#include <doctest/doctest.h>

using namespace meterctl;

TEST_CASE("JSON becomes lists and structures, its numbers exact") {
    const auto value =
        sessions::parse_json_value(R"([{"day_id": 1, "share": 0.10, "on": true, "name": "x", "no": null}])");
    REQUIRE(value);
    const auto& members = *value->get<List>()->front().get<Structure>();
    CHECK(members[0] == NamedValue{"day_id", Value(std::int64_t{1})});
    CHECK(members[1].value.to_string() == "0.10");
    CHECK(members[2].value == Value(true));
    CHECK(members[3].value == Value("x"));
    CHECK(members[4].value.is_null());
}

TEST_CASE("what is no JSON is refused with its line") {
    const auto wrong = sessions::parse_json_value("[{\"day_id\": 1,\n]");
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().category == Category::usage);
    CHECK(wrong.error().where.find(":2") != std::string::npos);
}

TEST_CASE("points of many parts take JSON, and times with open fields their texts") {
    catalogue::Point days;
    days.name = "days";
    days.type = "array(structure(day_id: unsigned))";
    const auto value = sessions::parse_write_value(days, R"([{"day_id": 2}])");
    REQUIRE(value);
    CHECK(value->get<List>()->size() == 1);
    catalogue::Point begin;
    begin.name = "begin";
    begin.type = "date-time-pattern";
    CHECK(sessions::parse_write_value(begin, "*-03-last sun 02:00:00") == Value("*-03-last sun 02:00:00"));
    catalogue::Point title;
    title.name = "title";
    title.type = "octet-string";
    CHECK(sessions::parse_write_value(title, "48 4C 59") == Value(Bytes{0x48, 0x4C, 0x59}));
}

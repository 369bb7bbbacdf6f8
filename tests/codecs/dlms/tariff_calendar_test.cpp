// Tariff calendars: as JSON has them, as a meter holds them, and what is wrong with one.
#include "codecs/dlms/tariff_calendar.hpp"

#include "src/core/hex.hpp"

#include <doctest/doctest.h>
#include <functional>

using namespace meterctl;
using namespace meterctl::codecs::dlms;

namespace {

Value slot(std::string from, std::int64_t tariff) {
    return Structure{{"from", std::move(from)}, {"tariff", tariff}};
}

Value week(std::string name, std::int64_t workday, std::int64_t weekend) {
    return Structure{{"name", std::move(name)}, {"monday", workday}, {"tuesday", workday},  {"wednesday", workday},
                     {"thursday", workday},     {"friday", workday}, {"saturday", weekend}, {"sunday", weekend}};
}

Value season(std::string name, std::string start, std::string week_name) {
    return Structure{{"name", std::move(name)}, {"start", std::move(start)}, {"week", std::move(week_name)}};
}

Value day(std::int64_t id, List slots) {
    return Structure{{"id", id}, {"slots", std::move(slots)}};
}

struct Parts {
    Value name = std::string("2027");
    List seasons{season("winter", "*-01-01", "usual"), season("summer", "*-04-01", "usual")};
    List weeks{week("usual", 1, 2)};
    List days{day(1, {slot("00:00", 2), slot("07:00", 1)}), day(2, {slot("00:00", 2)})};

    [[nodiscard]] Value value() const {
        return Structure{{"name", name}, {"seasons", seasons}, {"weeks", weeks}, {"days", days}};
    }
};

struct Wrong {
    const char* what;
    std::function<void(Parts&)> change;
    std::string where;
};

const CalendarLimits limits{10, 12, 12, 12, 8, 16};

} // namespace

TEST_CASE("a calendar goes into its attributes and comes out of them, and out of JSON again") {
    const auto calendar = calendar_of(Parts().value(), limits);
    REQUIRE_MESSAGE(calendar.has_value(), describe(calendar.error()));
    const auto parts = to_parts(*calendar);
    // By hand from IEC 62056-6-2, 4.5.5: an octet-string; {name, date-time of 12 octets, week name}; {name, 7 days};
    // {day, {time of 4 octets, script's logical name, selector}}.
    CHECK(to_hex(encode(parts[0])) == "09 04 32 30 32 37");
    CHECK(to_hex(encode(parts[1].items()->front())) == "02 03 09 06 77 69 6E 74 65 72 09 0C FF FF 01 01 FF 00 00 00 00 "
                                                       "80 00 FF 09 05 75 73 75 61 6C");
    CHECK(to_hex(encode(parts[2].items()->front())) ==
          "02 08 09 05 75 73 75 61 6C 11 01 11 01 11 01 11 01 11 01 11 02 11 02");
    CHECK(to_hex(encode(parts[3].items()->back())) ==
          "02 02 11 02 01 01 02 03 09 04 00 00 00 00 09 06 00 00 0A 00 64 FF 12 00 02");
    const auto held = calendar_of(parts);
    REQUIRE(held.has_value());
    CHECK(*held == *calendar);
    CHECK(calendar_of(to_value(*held), limits).value() == *calendar);
}

TEST_CASE("what does not hold together is rejected with its place") {
    const Wrong cases[]{
        {"a week that nothing defines", [](Parts& p) { p.seasons = {season("a", "*-01-01", "other")}; }, "seasons[1]"},
        {"a day that nothing defines", [](Parts& p) { p.weeks = {week("usual", 1, 3)}; }, "weeks[1]"},
        {"seasons out of order",
         [](Parts& p) {
             p.seasons = {season("b", "*-04-01", "usual"), season("a", "*-01-01", "usual")};
         },
         "seasons[2]"},
        {"two seasons that begin together",
         [](Parts& p) {
             p.seasons = {season("b", "*-04-01", "usual"), season("a", "*-04-01", "usual")};
         },
         "seasons[2]"},
        {"a season that is there twice",
         [](Parts& p) {
             p.seasons = {season("a", "*-01-01", "usual"), season("a", "*-04-01", "usual")};
         },
         "seasons[2]"},
        {"a season without a month", [](Parts& p) { p.seasons = {season("a", "*-*-01", "usual")}; }, "seasons[1]"},
        {"a start that is no date", [](Parts& p) { p.seasons = {season("a", "spring", "usual")}; }, "seasons[1]"},
        {"no seasons", [](Parts& p) { p.seasons.clear(); }, "seasons"},
        {"a week that is there twice", [](Parts& p) { p.weeks.push_back(p.weeks.front()); }, "weeks[2]"},
        {"a day that is there twice", [](Parts& p) { p.days.push_back(p.days.front()); }, "days[3]"},
        {"a day without a first hour", [](Parts& p) { p.days[1] = day(2, {slot("01:00", 2)}); }, "days[2].slots[1]"},
        {"slots out of order",
         [](Parts& p) {
             p.days[1] = day(2, {slot("00:00", 2), slot("07:00", 1), slot("06:00", 1)});
         },
         "days[2].slots[3]"},
        {"slots that begin together",
         [](Parts& p) {
             p.days[1] = day(2, {slot("00:00", 2), slot("00:00", 1)});
         },
         "days[2].slots[2]"},
        {"a tariff too many", [](Parts& p) { p.days[1] = day(2, {slot("00:00", 9)}); }, "days[2].slots[1]"},
        {"tariff 0", [](Parts& p) { p.days[1] = day(2, {slot("00:00", 0)}); }, "days[2].slots[1]"},
        {"no time", [](Parts& p) { p.days[1] = day(2, {slot("24:00", 1)}); }, "days[2].slots[1]"},
        {"slots too many", [](Parts& p) { p.days[1] = day(2, List(13, slot("00:00", 1))); }, "days[2]"},
        {"days too many", [](Parts& p) { p.days.resize(13, p.days.front()); }, "days"},
        {"a name too long", [](Parts& p) { p.name = std::string(17, 'x'); }, "name"},
        {"no name", [](Parts& p) { p.name = std::string(); }, "name"},
        {"another key",
         [](Parts& p) {
             p.days[1] = Structure{{"id", std::int64_t{2}}, {"slot", List()}};
         },
         "days[2]"},
        {"a number for a name", [](Parts& p) { p.name = std::int64_t{7}; }, ""},
    };
    for (const Wrong& one : cases) {
        CAPTURE(one.what);
        Parts parts;
        one.change(parts);
        const auto calendar = calendar_of(parts.value(), limits);
        REQUIRE_FALSE(calendar.has_value());
        CHECK(calendar.error().category == Category::rejected);
        CHECK(calendar.error().where == one.where);
    }
    CHECK_FALSE(calendar_of(Value(std::string("no object")), limits).has_value());
}

TEST_CASE("attributes of another shape are told from a calendar") {
    const auto good = to_parts(calendar_of(Parts().value(), limits).value());
    for (std::size_t at = 0; at < good.size(); ++at) {
        auto parts = good;
        parts[at] = Data::long_unsigned(1);
        CHECK(calendar_of(parts).error().category == Category::untrusted);
        if (at == 0) { continue; }
        parts[at] = Data::array({Data::structure({Data::long_unsigned(1)})});
        CHECK(calendar_of(parts).error().category == Category::untrusted);
    }
}

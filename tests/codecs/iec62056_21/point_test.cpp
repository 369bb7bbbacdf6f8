#include "codecs/iec62056_21/point.hpp"

#include "src/catalogue/catalogue.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace iec = meterctl::codecs::iec62056_21;
using iec::PointAddress;
using meterctl::Category;
using meterctl::Decimal;
using meterctl::Value;
using meterctl::catalogue::Point;

namespace {

Point point_of(std::string_view address, std::string_view type = {}) {
    Point point;
    point.name = "it";
    point.address = address;
    point.type = type;
    return point;
}

std::vector<iec::Group> groups(std::string_view text) {
    return iec::parse_block(text).sets.at(0).groups;
}

meterctl::Result<meterctl::catalogue::Definition> definition(std::string_view points,
                                                             std::string_view settings = "{}") {
    return meterctl::catalogue::parse_definition(
        fmt::format(R"({{"model":"m","title":"M","maker":"Acme","sources":["s"],"protocol":"iec62056-21",)"
                    R"("line":{{"baud":300,"frame":"7E1"}},"settings":{},"points":[{}]}})",
                    settings, points),
        "m.json");
}

} // namespace

TEST_CASE("a readout's point is its id, a register's has its commands") {
    struct Row {
        const char* text;
        PointAddress::Kind kind;
        const char* id;
        const char* value;
        char read;
        char command;
        char write;
    };
    using Kind = PointAddress::Kind;
    for (const Row& row : std::vector<Row>{
             {"1.8.0", Kind::readout, "1.8.0", "", '1', 'W', '1'},
             {"F.F", Kind::readout, "F.F", "", '1', 'W', '1'},
             {"1-0:1.8.0*255", Kind::readout, "1-0:1.8.0*255", "", '1', 'W', '1'},
             {"1.8.1&01", Kind::readout, "1.8.1&01", "", '1', 'W', '1'},
             {"96.1", Kind::readout, "96.1", "", '1', 'W', '1'},
             {"reg:0001", Kind::reg, "0001", "", '1', 'W', '1'},
             {"reg:0001:R3", Kind::reg, "0001", "", '3', 'W', '1'},
             {"reg:0001:W5", Kind::reg, "0001", "", '1', 'W', '5'},
             {"reg:0001:R5:W5", Kind::reg, "0001", "", '5', 'W', '5'},
             {"reg:4000:E2", Kind::reg, "4000", "", '1', 'E', '2'},
             {"reg:1-0:1.8.0*255:R5", Kind::reg, "1-0:1.8.0*255", "", '5', 'W', '1'},
             {"reg:1.8.0(1)", Kind::reg, "1.8.0", "1", '1', 'W', '1'},
             {"reg:P.01(2611210000;):R6", Kind::reg, "P.01", "2611210000;", '6', 'W', '1'},
             {"reg:0001:hex", Kind::reg, "0001", "", '1', 'W', '1'},
         }) {
        CAPTURE(row.text);
        const auto point = iec::ad_hoc_point(row.text);
        REQUIRE_MESSAGE(point.has_value(), meterctl::describe(point.error()));
        CHECK(point->name == row.text);
        const auto address = iec::point_address(*point);
        REQUIRE(address.has_value());
        CHECK(address->kind == row.kind);
        CHECK(address->id == row.id);
        CHECK(address->value == row.value);
        CHECK(address->read_type == row.read);
        CHECK(address->write_command == row.command);
        CHECK(address->write_type == row.write);
    }
    CHECK(iec::ad_hoc_point("reg:0001:hex")->type == "hex");
    CHECK(iec::ad_hoc_point("1.8.0:text")->type == "text");
}

TEST_CASE("what is no point is a usage error that says what one looks like") {
    for (const char* const text : {"", "reg:", "voltage", "1.8.0(", "reg:1(2", "reg:0001:R7", "reg:0001:R0", "1.8.0!",
                                   "/1.8.0", "1 8 0", "reg:a/b"}) {
        CAPTURE(text);
        const auto point = iec::ad_hoc_point(text);
        REQUIRE(!point.has_value());
        CHECK(point.error().category == Category::usage);
        CHECK(!point.error().hints.empty());
    }
}

TEST_CASE("values decode by their type, scaled, with unit, label, bits and time") {
    auto energy = point_of("1.8.0", "number");
    energy.unit = meterctl::Unit::kilowatt_hour;
    auto reading = iec::decode_point(energy, groups("(000123.45*kWh)"));
    REQUIRE(reading.has_value());
    CHECK(reading->value.to_string() == "123.45");
    CHECK(reading->unit == meterctl::Unit::kilowatt_hour);
    reading = iec::decode_point(energy, groups("(000123450*Wh)"));
    REQUIRE(reading.has_value());
    CHECK(reading->unit == meterctl::Unit::watt_hour);

    auto scaled = point_of("reg:0001", "integer");
    scaled.scale = Decimal{1, -2};
    CHECK(iec::decode_point(scaled, groups("(12345)"))->value.to_string() == "123.45");

    auto word = point_of("reg:0002", "hex");
    word.bits = {{0, "cover", "", true, true}, {4, "reverse", "", true, false}};
    reading = iec::decode_point(word, groups("(0011)"));
    REQUIRE(reading.has_value());
    CHECK(reading->value == Value(std::uint64_t{0x11}));
    CHECK(reading->text == "cover, reverse");
    CHECK(reading->flags == std::vector<std::string>{"fault:cover"});

    auto choice = point_of("reg:0003", "integer");
    choice.choices = {{Value(std::int64_t{2}), "two", false, ""}};
    CHECK(iec::decode_point(choice, groups("(2)"))->text == "two");

    auto demand = point_of("1.6.0", "number");
    CHECK(iec::decode_point(demand, groups("(1.5*kW)(2611210930)"))->time->to_string() == "2026-11-21T09:30:00");

    auto clock = point_of("reg:0004", "datetime");
    reading = iec::decode_point(clock, groups("(261121093000)"));
    REQUIRE(reading.has_value());
    CHECK(reading->value.to_string() == "2026-11-21T09:30:00");
    CHECK(reading->flags == std::vector<std::string>{"local_time"});

    auto absent = point_of("reg:0005", "integer");
    absent.invalid = {"39 39 39"};
    reading = iec::decode_point(absent, groups("(999)"));
    REQUIRE(reading.has_value());
    CHECK(reading->value.is_null());
    CHECK(reading->flags == std::vector<std::string>{"not_available"});
}

TEST_CASE("what is not what the point says is untrusted, and names the point") {
    auto energy = point_of("1.8.0", "number");
    energy.unit = meterctl::Unit::kilowatt_hour;
    for (const char* const sent : {"(12A4*kWh)", "(1*kvarh)", "(1*bananas)"}) {
        CAPTURE(sent);
        const auto reading = iec::decode_point(energy, groups(sent));
        REQUIRE(!reading.has_value());
        CHECK(reading.error().category == Category::untrusted);
        CHECK(reading.error().where == "it");
    }
    CHECK(!iec::decode_point(energy, {}).has_value());
    CHECK(!iec::decode_point(point_of("x.1", "hex"), groups("(12G4)")).has_value());
    CHECK(!iec::decode_point(point_of("x.1", "datetime"), groups("(2613210930)")).has_value());
}

TEST_CASE("values to write are filled with zeros to their length, and nothing is rounded") {
    struct Row {
        const char* type;
        unsigned length;
        Value value;
        const char* text; ///< nullptr: rejected
    };
    const auto decimal = [](const char* text) { return Value(*Decimal::parse(text)); };
    for (const Row& row : std::vector<Row>{
             {"integer", 4, Value(std::int64_t{7}), "0007"},
             {"integer", 4, Value(std::int64_t{-7}), "-007"},
             {"integer", 0, Value(std::int64_t{7}), "7"},
             {"integer", 2, Value(std::int64_t{700}), nullptr},
             {"integer", 0, decimal("1.5"), nullptr},
             {"number", 6, decimal("1.50"), "001.50"},
             {"hex", 4, Value(std::uint64_t{0xAB}), "00AB"},
             {"hex", 4, Value(std::int64_t{-1}), nullptr},
             {"hex", 4, Value(std::string("ab")), "00AB"},
             {"hex", 4, Value(std::string("xy")), nullptr},
             {"", 0, Value(std::string("0005")), "0005"},
             {"time", 0, Value(std::string("09:30")), "093000"},
             {"text", 0, Value(std::string("hello")), "hello"},
             {"text", 0, Value(std::string("a(b)")), nullptr},
             {"text", 0, Value(std::string("a!")), nullptr},
             {"text", 4, Value(std::string("abc")), nullptr},
             {"bool", 0, Value(true), "1"},
             {"bool", 2, Value(std::int64_t{0}), "00"},
             {"bool", 0, Value(std::int64_t{2}), nullptr},
             {"datetime", 0, Value(*meterctl::DateTime::parse("2026-11-21T09:30:15")), "261121093015"},
             {"datetime_season", 0, Value(*meterctl::DateTime::parse("2026-11-21T09:30:15Z")), "2261121093015"},
             {"datetime_season", 0, Value(*meterctl::DateTime::parse("2026-11-21T09:30:15")), "0261121093015"},
             {"datetime_season", 0, Value(*meterctl::DateTime::parse("2026-11-21T09:30:15+01:00")), nullptr},
             {"date", 0, Value(*meterctl::DateTime::parse("2026-11-21")), "261121"},
             {"time", 0, Value(*meterctl::DateTime::parse("2026-11-21T09:30:15")), "093015"},
             {"datetime", 0, Value(std::string("noon")), nullptr},
         }) {
        CAPTURE(row.type);
        CAPTURE(row.value.to_string());
        auto point = point_of("reg:0001", row.type);
        point.length = row.length;
        const auto text = iec::encode_point(point, row.value);
        CHECK(text.has_value() == (row.text != nullptr));
        if (text && row.text != nullptr) { CHECK(*text == row.text); }
        if (!text) { CHECK(text.error().category == Category::rejected); }
    }
    auto scaled = point_of("reg:0001", "integer");
    scaled.scale = Decimal{1, -1};
    CHECK(iec::encode_point(scaled, decimal("12.5")) == "125");
    CHECK(!iec::encode_point(scaled, decimal("12.55")).has_value());
    auto labelled = point_of("reg:0001", "integer");
    labelled.choices = {{Value(std::int64_t{3}), "fast", false, ""}};
    CHECK(iec::encode_point(labelled, Value(std::string("Fast"))) == "3");
}

TEST_CASE("a good definition passes") {
    const auto good = definition(
        R"({"name":"active_energy_import","title":"t","address":"1.8.0","type":"number","unit":"kWh"},)"
        R"({"name":"rate","title":"t","address":"reg:0001:R1","type":"integer","length":4,"access":"read_write","write_with":"W2"})",
        R"({"mode":"c","password":"00000000","max_baud":9600,"answer_ms":1500,"wake_up":false})");
    REQUIRE_MESSAGE(good.has_value(), meterctl::describe(good.error()));
    const auto checked = iec::validate(*good);
    REQUIRE_MESSAGE(checked.has_value(), meterctl::describe(checked.error()));
    const auto settings = iec::settings(*good);
    REQUIRE(settings.has_value());
    CHECK(settings->mode == "c");
    CHECK(settings->password == "00000000");
    CHECK(settings->max_baud == 9600U);
    CHECK(settings->answer == std::chrono::milliseconds(1500));
}

TEST_CASE("a wrong definition is refused with the point's or setting's name") {
    struct Row {
        const char* points;
        const char* settings;
        const char* where;
    };
    for (const Row& row : std::vector<Row>{
             {R"({"name":"a","title":"t","address":"1 8 0"})", "{}", "a"},
             {R"({"name":"a","title":"t","address":"1.8.0","type":"float32"})", "{}", "a"},
             {R"({"name":"a","title":"t","address":"1.8.0","access":"read_write"})", "{}", "a"},
             {R"({"name":"a","title":"t","address":"reg:1","access":"read_write","write_with":"fc06"})", "{}", "a"},
             {R"({"name":"a","title":"t","address":"reg:1:R9"})", "{}", "a"},
             {R"({"name":"a","title":"t","address":"reg:1","order":"cdab"})", "{}", "a"},
             {"", R"({"mode":"f"})", "mode"},
             {"", R"({"max_baud":1000})", "max_baud"},
             {"", R"({"password":"a(b"})", "password"},
             {"", R"({"pasword":"1"})", "m"},
             {"", R"({"answer_ms":0})", "answer_ms"},
         }) {
        CAPTURE(row.points);
        CAPTURE(row.settings);
        const auto parsed = definition(row.points, row.settings);
        REQUIRE_MESSAGE(parsed.has_value(), meterctl::describe(parsed.error()));
        const auto checked = iec::validate(*parsed);
        REQUIRE(!checked.has_value());
        CHECK(checked.error().category == Category::usage);
        CHECK(checked.error().where.starts_with(row.where));
    }
}

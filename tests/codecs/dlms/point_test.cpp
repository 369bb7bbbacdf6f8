// Points of DLMS/COSEM: addresses, values by their shape, times with open fields, and the built-in definitions.
#include "codecs/dlms/point.hpp"
#include "codecs/dlms/shape.hpp"
#include "codecs/dlms/time_pattern.hpp"
#include "src/catalogue/catalogue.hpp"
#include "src/core/hex.hpp"

#include <array>
#include <doctest/doctest.h>
#include <string>

using namespace meterctl;
using namespace meterctl::codecs::dlms;

namespace {

Data data_of(std::string_view hex) {
    return decode_data(from_hex(hex).value()).value();
}

std::string hex_of(const Data& data) {
    return to_hex(encode(data));
}

catalogue::Point point_of(std::string_view address, std::string_view type = {}) {
    catalogue::Point point;
    point.name = "p";
    point.address = address;
    point.type = type;
    return point;
}

struct Address {
    std::string_view text;
    std::uint16_t class_id;
    std::string_view name;
    int index;
    bool method;
    std::string_view printed;
};
constexpr std::array addresses{
    Address{"3:1-0:1.8.0.255:2", 3, "1-0:1.8.0.255", 2, false, "3:1-0:1.8.0.255:2"},
    Address{"1-0:1.8.0.255", 3, "1-0:1.8.0.255", 2, false, "3:1-0:1.8.0.255:2"},
    Address{"1-0:1.6.1.255", 4, "1-0:1.6.1.255", 2, false, "4:1-0:1.6.1.255:2"},
    Address{"1-0:1.4.0.255:3", 5, "1-0:1.4.0.255", 3, false, "5:1-0:1.4.0.255:3"},
    Address{"0-0:96.1.0.255", 1, "0-0:96.1.0.255", 2, false, "1:0-0:96.1.0.255:2"},
    Address{"1-0:99.1.0.255", 7, "1-0:99.1.0.255", 2, false, "7:1-0:99.1.0.255:2"},
    Address{"8:0-0:1.0.0.255:time_zone", 8, "0-0:1.0.0.255", 3, false, "8:0-0:1.0.0.255:3"},
    Address{"clock/time_zone", 8, "0-0:1.0.0.255", 3, false, "8:0-0:1.0.0.255:3"},
    Address{"clock", 8, "0-0:1.0.0.255", 2, false, "8:0-0:1.0.0.255:2"},
    Address{"disconnect_control/remote_reconnect", 70, "0-0:96.3.10.255", 2, true, "70:0-0:96.3.10.255:m2"},
    Address{"70:0-0:96.3.10.255:m1", 70, "0-0:96.3.10.255", 1, true, "70:0-0:96.3.10.255:m1"},
    Address{"70:0-0:96.3.10.255:m", 70, "0-0:96.3.10.255", 0, true, "70:0-0:96.3.10.255:m"},
    Address{"register:1-0:1.8.0.255:scaler_unit", 3, "1-0:1.8.0.255", 3, false, "3:1-0:1.8.0.255:3"},
    Address{"71:0-0:17.0.0.255:11[2][1]", 71, "0-0:17.0.0.255", 11, false, "71:0-0:17.0.0.255:11[2][1]"},
    Address{"1:0-0:96.1.0.255:-3", 1, "0-0:96.1.0.255", -3, false, "1:0-0:96.1.0.255:-3"},
};

constexpr std::array<std::string_view, 10> no_addresses{
    "",
    "clok",
    "clock/tme",
    "3:1-0:1.8.0.255:value:2",
    "3:1-0:1.8.300:2",
    "register",
    "x:1-0:1.8.0.255:2",
    "70:0-0:96.3.10.255:m0",
    "7:1-0:99.1.0.255:2[0]",
    "70:0-0:96.3.10.255:m1[1]",
};

struct Pattern {
    std::string_view hex, text;
    PatternKind kind;
};
// IEC 62056-6-2, clause 4.1.6.1: FD end and FE begin of summer time, FE and FD last and last but one day.
constexpr std::array patterns{
    Pattern{"FFFF03FE07020000FF800080", "*-03-last sun 02:00:00", PatternKind::date_time},
    Pattern{"FFFFFEFFFF030000008000FF", "*-dst-begin-* 03:00:00", PatternKind::date_time},
    Pattern{"07EA010104000000008000FF", "2026-01-01 thu 00:00:00", PatternKind::date_time},
    Pattern{"07EA010104000000000000FF", "2026-01-01 thu 00:00:00 +00:00", PatternKind::date_time},
    Pattern{"07EA01010400000000FFC4FF", "2026-01-01 thu 00:00:00 +01:00", PatternKind::date_time},
    Pattern{"FFFFFFFDFF", "*-*-last-1", PatternKind::date},
    Pattern{"07EA0C19FF", "2026-12-25", PatternKind::date},
    Pattern{"06000000", "06:00:00", PatternKind::time},
    Pattern{"FFFFFFFF", "*", PatternKind::time},
};

Bytes pattern_octets(const CosemTime& time, PatternKind kind) {
    if (kind == PatternKind::date) { return encode_date(time); }
    return kind == PatternKind::time ? encode_time(time) : encode_date_time(time);
}

CosemTime pattern_time(ByteView octets, PatternKind kind) {
    if (kind == PatternKind::date) { return decode_date(octets).value(); }
    return kind == PatternKind::time ? decode_time(octets).value() : decode_date_time(octets).value();
}

} // namespace

TEST_CASE("points are spelled by class, logical name and attribute, or by names") {
    for (const Address& row : addresses) {
        CAPTURE(row.text);
        const auto address = parse_point_address(row.text);
        REQUIRE(address);
        CHECK(address->class_id == row.class_id);
        CHECK(address->logical_name.to_logical_name() == row.name);
        CHECK(address->index == row.index);
        CHECK(address->method == row.method);
        CHECK(address->text() == row.printed);
        CHECK(parse_point_address(address->text()) == *address);
    }
}

TEST_CASE("what is no point is refused with hints") {
    for (const auto text : no_addresses) {
        CAPTURE(text);
        const auto address = parse_point_address(text);
        REQUIRE_FALSE(address);
        CHECK(address.error().category == Category::usage);
        CHECK_FALSE(address.error().hints.empty());
    }
    CHECK(parse_point_address("clok").error().hints.front() == "clock");
    CHECK(parse_point_address("clock/tim_zone").error().hints.front() == "time_zone");
}

TEST_CASE("registers have their scaler and unit, extended ones their time, where the standard has them") {
    const auto address = [](std::string_view text) { return parse_point_address(text).value(); };
    CHECK(scaler_unit_address(address("3:1-0:1.8.0.255:2")) == address("3:1-0:1.8.0.255:3"));
    CHECK(scaler_unit_address(address("5:1-0:1.4.0.255:3")) == address("5:1-0:1.4.0.255:4"));
    CHECK(scaler_unit_address(address("4:1-0:1.6.0.255:5")) == std::nullopt);
    CHECK(scaler_unit_address(address("1:0-0:96.1.0.255:2")) == std::nullopt);
    CHECK(capture_time_address(address("4:1-0:1.6.0.255:2")) == address("4:1-0:1.6.0.255:5"));
    CHECK(capture_time_address(address("3:1-0:1.8.0.255:2")) == std::nullopt);
}

TEST_CASE("a register's value comes in the point's unit, exactly") {
    auto point = point_of("3:1-0:1.8.0.255:2");
    point.unit = Unit::kilowatt_hour;
    const auto energy = decode_point(point, data_of("06 00BC614E"), ScalerUnit{0, 30});
    REQUIRE(energy);
    CHECK(energy->value.to_string() == "12345.678");
    CHECK(energy->unit == Unit::kilowatt_hour);
    CHECK(energy->flags.empty());
    const auto tens = decode_point(point, data_of("06 00BC614E"), ScalerUnit{1, 30});
    CHECK(tens->value.to_string() == "123456.78");
    const auto other = decode_point(point, data_of("06 00000001"), ScalerUnit{0, 32});
    CHECK(other->unit == Unit::var_hour);
    CHECK(other->flags == std::vector<std::string>{"unexpected_unit"});
    const auto none = decode_point(point, data_of("00"), ScalerUnit{0, 30});
    CHECK(none->value.is_null());
    CHECK(none->flags == std::vector<std::string>{"not_available"});
}

TEST_CASE("what is written goes back into the meter's own steps, or not at all") {
    auto point = point_of("3:1-0:12.31.0.255:2", "long-unsigned");
    point.unit = Unit::volt;
    CHECK(hex_of(encode_point(point, Value(Decimal{196, 0}), ScalerUnit{-1, 35}).value()) == "12 07 A8");
    CHECK(encode_point(point, Value(Decimal{19605, -2}), ScalerUnit{-1, 35}).error().category == Category::rejected);
    auto limit = point_of("71:0-0:17.0.0.255:4", "double-long-unsigned");
    limit.unit = Unit::kilowatt;
    limit.scale = Decimal{1, -3};
    CHECK(hex_of(encode_point(limit, Value(Decimal{55, -1})).value()) == "06 00 00 15 7C");
    CHECK(decode_point(limit, data_of("06 0000157C"))->value.to_string() == "5.500");
    const auto before = data_of("12 0001");
    CHECK(hex_of(encode_point(point_of("1:0-0:96.2.0.255:2"), Value(Decimal{7, 0}), {}, &before).value()) ==
          "12 00 07");
    CHECK(encode_point(point_of("1:0-0:96.2.0.255:2"), Value(Decimal{7, 0})).error().code == "dlms.type_unknown");
}

TEST_CASE("a part of a structure is taken out, and put back into the whole") {
    const auto actions = data_of("0202 0202 0906 00000A006AFF 120001 0202 0906 00000A006AFF 120002");
    const auto point = point_of("71:0-0:17.0.0.255:11[2][2]");
    CHECK(decode_point(point, actions)->value == Value(std::uint64_t{2}));
    const auto whole = encode_point(point, Value(Decimal{1, 0}), {}, &actions);
    REQUIRE(whole);
    CHECK(hex_of(*whole) == hex_of(data_of("0202 0202 0906 00000A006AFF 120001 0202 0906 00000A006AFF 120001")));
    CHECK(decode_point(point_of("71:0-0:17.0.0.255:11[3]"), actions).error().category == Category::untrusted);
}

TEST_CASE("structures have the names of the standard, and are written by them in any order") {
    const auto day = data_of("0101 0202 1101 0102 0203 0904 06000000 0906 00000A0064FF 120001"
                             "0203 0904 16000000 0906 00000A0064FF 120002");
    const auto point = point_of("20:0-0:13.0.0.255:9");
    const auto reading = decode_point(point, day);
    REQUIRE(reading);
    const auto& table = *reading->value.get<List>()->front().get<Structure>();
    CHECK(table[0].name == "day_id");
    const auto& slot = *table[1].value.get<List>()->at(1).get<Structure>();
    CHECK(slot[0].name == "start_time");
    CHECK(slot[0].value == Value("22:00:00"));
    CHECK(slot[1].value == Value("0-0:10.0.100.255"));
    CHECK(hex_of(encode_point(point, reading->value).value()) == hex_of(day));
    const Structure turned{{"script_selector", Value(std::int64_t{1})},
                           {"start_time", Value("06:00")},
                           {"script_logical_name", Value("0-0:10.0.100.255")}};
    const Value value(List{Structure{{"day_id", Value(std::int64_t{1})}, {"day_schedule", Value(List{turned})}}});
    CHECK(encode_point(point, value));
    const Value wrong(List{Structure{{"day_id", Value(std::int64_t{1})}, {"day_schedul", Value(List{turned})}}});
    CHECK(encode_point(point, wrong).error().category == Category::rejected);
}

TEST_CASE("times with open fields are texts, both ways") {
    for (const Pattern& row : patterns) {
        CAPTURE(row.text);
        const auto octets = from_hex(row.hex).value();
        CHECK(pattern_text(pattern_time(octets, row.kind), row.kind) == row.text);
        const auto parsed = parse_pattern(row.text, row.kind);
        REQUIRE(parsed);
        CHECK(pattern_text(*parsed, row.kind) == row.text);
    }
    CHECK(to_hex(pattern_octets(parse_pattern("2026-12-25", PatternKind::date).value(), PatternKind::date)) ==
          "07 EA 0C 19 FF");
    for (const auto* const text : {"", "25.12.2026", "2026-13-01", "06:60", "2026-01-01 00:00:00 x", "mon"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_pattern(text, PatternKind::date_time));
    }
}

TEST_CASE("octets that are no time are none, with a flag that says so") {
    const auto clock = point_of("8:0-0:1.0.0.255:2");
    const auto good = decode_point(clock, data_of("090C07EA0B1506111C0500003C00"), {});
    REQUIRE(good);
    CHECK(good->value.to_string() == "2026-11-21T17:28:05-01:00"); // 18:28:05 UTC: the deviation is 60
    const auto wrapped = decode_point(clock, data_of("090E090C07EA0B1506111C0500003C00"), {});
    REQUIRE(wrapped);
    CHECK(wrapped->value.is_null());
    CHECK(wrapped->flags == std::vector<std::string>{"invalid_time"});
    const auto unset = decode_point(clock, data_of("0900"), {});
    REQUIRE(unset);
    CHECK(unset->value.is_null());
    CHECK(unset->flags == std::vector<std::string>{"not_available"});
}

TEST_CASE("a null within a structure is no flag of the whole") {
    const auto list = decode_point(point_of("15:0-0:40.0.0.255:2"),
                                   data_of("0101 0204 120003 1100 0906 0100010800FF 0202 0101 0203 0F02 1601 00 0100"),
                                   {}); // no selectors
    REQUIRE_MESSAGE(list.has_value(), (list ? "" : list.error().what));
    CHECK(list->flags.empty());
    CHECK(list->value.to_string().find("1-0:1.8.0.255") != std::string::npos);
}

TEST_CASE("names and destinations that the standard has as octets are texts") {
    const auto shown = [](std::string_view address, std::string_view hex) {
        return decode_point(point_of(address), data_of(hex), {}).value().value.to_string();
    };
    CHECK(shown("45:0-0:25.4.0.255:2", "090E76706E2E67757275782E66693132") == "vpn.gurux.fi12");
    CHECK(shown("17:0-0:41.0.0.255:2", "0101 0202 120001 0903 475258").find("GRX") != std::string::npos);
    CHECK(shown("40:0-0:25.9.0.255:3", "0203 1600 0909 3132372E302E302E31 1600").find("127.0.0.1") !=
          std::string::npos);
    CHECK(shown("29:0-0:2.1.0.255:6", "0101 0904 612E6E6C").find("a.nl") != std::string::npos);
}

TEST_CASE("labels and status bits are named") {
    const auto state = decode_point(point_of("70:0-0:96.3.10.255:3"), data_of("1602"));
    CHECK(state->text == "ready_for_reconnection");
    auto status = point_of("1:0-0:96.10.1.255:2");
    status.bits = {{1, "clock_invalid", {}, true, true}, {3, "daylight_saving", {}, true, false}};
    const auto reading = decode_point(status, data_of("110A"));
    CHECK(reading->text == "clock_invalid, daylight_saving");
    CHECK(reading->flags == std::vector<std::string>{"fault:clock_invalid"});
}

TEST_CASE("a method takes its parameter, or tells which one is meant") {
    auto relay = point_of("70:0-0:96.3.10.255:m", "unsigned");
    relay.method = true;
    relay.choices = {{Value(std::int64_t{1}), "disconnect", false, {}},
                     {Value(std::int64_t{2}), "reconnect", false, {}}};
    const auto call = encode_method(relay, Value("reconnect"));
    REQUIRE(call);
    CHECK(call->address.text() == "70:0-0:96.3.10.255:m2");
    CHECK(hex_of(call->parameter) == "0F 00");
    CHECK(encode_method(relay, Value("toggle")).error().category == Category::rejected);
    const auto shift = encode_method(point_of("8:0-0:1.0.0.255:m6"), Value(std::int64_t{-30}));
    CHECK(hex_of(shift->parameter) == "10 FF E2");
    CHECK(hex_of(encode_method(point_of("20:0-0:13.0.0.255:m1"), Value())->parameter) == "0F 00");
}

TEST_CASE("types that are none are refused with the nearest word") {
    CHECK(parse_shape("long-unsignd").error().hints.front() == "long-unsigned");
    for (const auto* const text : {"", "array", "array()", "array(long, long)", "structure(a: long", "long)"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_shape(text));
    }
    std::string deep;
    for (int level = 0; level < 1000; ++level) { deep += "array("; }
    CHECK_FALSE(parse_shape(deep));
}

TEST_CASE("every type in the tables of classes is one") {
    for (const auto& one : interface_classes()) {
        CAPTURE(one.name);
        for (const auto& attribute : one.attributes) { CHECK(parse_shape(attribute.type)); }
        for (const auto& method : one.methods) { CHECK(parse_shape(method.parameter)); }
        const bool shares_its_name = one.id == 12; // with the association that refers by logical names
        if (!one.usual_logical_name.empty() && !shares_its_name) {
            CHECK(usual_class(Obis::parse(one.usual_logical_name).value()) == one.id);
        }
    }
}

TEST_CASE("the built-in definitions of this protocol are valid") {
    const catalogue::Catalogue catalogue;
    unsigned count = 0;
    const auto all = catalogue.all();
    REQUIRE(all);
    for (const auto* const definition : *all) {
        if (definition->protocol != "dlms") { continue; }
        CAPTURE(definition->model);
        const auto valid = validate(*definition);
        INFO((valid ? std::string() : describe(valid.error())));
        CHECK(valid);
        ++count;
    }
    CHECK(count == 2);
}

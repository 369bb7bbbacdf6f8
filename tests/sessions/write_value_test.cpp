#include "sessions/protocols.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::sessions;
using catalogue::Point;

namespace {

Point number_point() {
    Point point;
    point.name = "lcd_cycle_time";
    point.type = "uint16";
    point.unit = Unit::second;
    point.access = catalogue::Access::read_write;
    point.minimum = Decimal{1, 0};
    point.maximum = Decimal{30, 0};
    point.step = Decimal{1, 0};
    return point;
}

Point parity_point() {
    Point point;
    point.name = "parity";
    point.type = "uint16";
    point.access = catalogue::Access::read_write;
    for (const auto& [value, label] : {std::pair(1, "even"), std::pair(2, "none")}) {
        catalogue::Choice choice;
        choice.value = Value(std::int64_t{value});
        choice.label = label;
        point.choices.push_back(choice);
    }
    point.choices_only = true;
    return point;
}

Value parsed(const Point& point, std::string_view text) {
    auto value = parse_write_value(point, text);
    REQUIRE_MESSAGE(value.has_value(), text);
    return *value;
}

void check_rejected(const Result<void>& result, std::string_view code) {
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().category == Category::rejected);
    CHECK(result.error().code == code);
}

} // namespace

TEST_CASE("numbers are read as people write them") {
    struct Case {
        const char* text;
        const char* value;
    };
    for (const Case& one : {Case{"25", "25"}, Case{"0x10", "16"}, Case{" 12.5 ", "12.5"}, Case{"-3", "-3"},
                            Case{"20 s", "20"}, Case{"20s", "20"}}) {
        const auto number = parsed(number_point(), one.text).number();
        REQUIRE(number.has_value());
        CHECK_MESSAGE(*number == *Decimal::parse(one.value), one.text);
    }
}

TEST_CASE("a unit of the same kind is converted exactly, another is a usage error") {
    Point point = number_point();
    point.unit = Unit::kilowatt_hour;
    CHECK(*parsed(point, "1500 Wh").number() == *Decimal::parse("1.5"));
    const auto wrong = parse_write_value(point, "5 V");
    REQUIRE_FALSE(wrong.has_value());
    CHECK(wrong.error().category == Category::usage);
}

TEST_CASE("what is no number is rejected before it is sent") {
    const auto value = parse_write_value(number_point(), "abc");
    REQUIRE_FALSE(value.has_value());
    CHECK(value.error().category == Category::rejected);
}

TEST_CASE("labels stand for their values, in any case") {
    CHECK(*parsed(parity_point(), "Even").number() == Decimal{1, 0});
    CHECK(*parsed(parity_point(), "2").number() == Decimal{2, 0});
}

TEST_CASE("a register of text without a type keeps what was typed") {
    Point point;
    point.name = point.address = "reg:0001";
    CHECK(parsed(point, "0005") == Value(std::string("0005")));
    point.type = "time";
    CHECK(parsed(point, "09:30:00") == Value(std::string("09:30:00")));
    point.type = "number";
    CHECK(parsed(point, "0005") == Value(std::int64_t{5}));
}

TEST_CASE("on and off, texts and hex digits are read by the point's type") {
    Point coil = number_point();
    coil.type = "bool";
    CHECK(parsed(coil, "on") == Value(true));
    CHECK(parsed(coil, "0") == Value(false));
    Point text = number_point();
    text.type = "ascii";
    CHECK(parsed(text, "12 34") == Value(std::string("12 34")));
    Point digits = number_point();
    digits.type = "hex32";
    CHECK(parsed(digits, "00221039") == Value(std::string("00221039")));
    CHECK_FALSE(parse_write_value(digits, "xyz").has_value());
}

TEST_CASE("a value is checked against access, range, step and choices") {
    Point point = number_point();
    CHECK(check_write(point, Value(std::int64_t{30}), false).has_value());
    check_rejected(check_write(point, Value(std::int64_t{31}), true), "write.range");
    check_rejected(check_write(point, Value(std::int64_t{0}), true), "write.range");
    check_rejected(check_write(point, Value(Decimal{25, -1}), true), "write.step");
    point.access = catalogue::Access::read;
    check_rejected(check_write(point, Value(std::int64_t{5}), true), "write.access");
    check_rejected(check_write(parity_point(), Value(std::int64_t{3}), true), "write.choice");
}

TEST_CASE("a method needs its argument where it takes one, and consent where it asks") {
    catalogue::Point method;
    method.name = "reset_energy";
    method.access = catalogue::Access::write;
    method.method = true;
    CHECK(check_write(method, Value(), false));
    method.confirm = true;
    REQUIRE_FALSE(check_write(method, Value(), false));
    CHECK(check_write(method, Value(), false).error().category == Category::rejected);
    CHECK(check_write(method, Value(), true));
    method.type = "uint8";
    REQUIRE_FALSE(check_write(method, Value(), true));
    CHECK(check_write(method, Value(), true).error().what == "this method takes an argument");
}

TEST_CASE("what cannot be undone, is unproven or asks first needs yes, and nothing else") {
    struct Case {
        void (*mark)(Point&);
        std::string_view code;
    };
    const Case cases[] = {
        {[](Point& point) { point.irreversible = true; }, "write.irreversible"},
        {[](Point& point) { point.choices[1].irreversible = true; }, "write.irreversible"},
        {[](Point& point) { point.unsettled = true; }, "write.unsettled"},
        {[](Point& point) { point.confirm = true; }, "write.confirm"},
    };
    for (const Case& one : cases) {
        Point point = parity_point();
        one.mark(point);
        check_rejected(check_write(point, Value(std::int64_t{2}), false), one.code);
        CHECK(check_write(point, Value(std::int64_t{2}), true).has_value());
    }
    Point point = parity_point();
    point.choices[1].irreversible = true;
    CHECK(check_write(point, Value(std::int64_t{1}), false).has_value());
}

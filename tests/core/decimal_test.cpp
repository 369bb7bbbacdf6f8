#include "src/core/decimal.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <limits>

using namespace meterctl;

TEST_CASE("a decimal prints every digit it has and no other") {
    struct Case {
        Decimal value;
        std::string_view text;
    };
    for (const Case& row :
         {Case{{12345678, -2}, "123456.78"}, Case{{-5, -2}, "-0.05"}, Case{{12, 2}, "1200"}, Case{{150, -2}, "1.50"},
          Case{{0, -3}, "0.000"}, Case{{0, 5}, "0"}, Case{{1, 90}, "1e90"}, Case{{-7, -80}, "-7e-80"},
          Case{{Int128{9223372036854775807} * 10 + 9, -1}, "9223372036854775807.9"}}) {
        CHECK(row.value.to_string() == row.text);
    }
    const Int128 lowest = -(Int128{1} << 126) * 2;
    CHECK(Decimal{lowest, 0}.to_string() == "-170141183460469231731687303715884105728");
}

TEST_CASE("a decimal is read with all its digits") {
    struct Case {
        std::string_view text;
        Int128 mantissa;
        int exponent;
    };
    for (const Case& row : {Case{"12", 12, 0}, Case{"-0.5", -5, -1}, Case{"1e-3", 1, -3}, Case{"+7.50", 750, -2},
                            Case{".5", 5, -1}, Case{"5.", 5, 0}, Case{"2.5E+3", 25, 2}}) {
        CAPTURE(row.text);
        const auto value = Decimal::parse(row.text);
        REQUIRE(value);
        CHECK(value->mantissa == row.mantissa);
        CHECK(value->exponent == row.exponent);
    }
}

TEST_CASE("what is no number is a usage error") {
    for (const std::string_view text : {"", "-", ".", "1,5", "0x10", "1e", "1e+", "1e99999999999", "12 ", "nan",
                                        "1.2.3", "1e+-5", "1000000000000000000000000000000000000000"}) {
        CAPTURE(text);
        const auto value = Decimal::parse(text);
        REQUIRE_FALSE(value);
        CHECK(value.error().category == Category::usage);
    }
}

TEST_CASE("decimals compare by value at any exponents") {
    CHECK(Decimal{150, -2} == Decimal{15, -1});
    CHECK(Decimal{0, 7} == Decimal{0, -7});
    CHECK(Decimal{1, 900} > Decimal{9, 899});
    CHECK(Decimal{-1, 900} < Decimal{-9, 899});
    CHECK(Decimal{-1, 0} < Decimal{1, -30});
    CHECK(Decimal{999, -3} < Decimal{1, 0});
    CHECK(Decimal{2305, -1} >= Decimal{23050, -2});
    CHECK(Decimal{-7, -2} < Decimal{-6, -2});
    CHECK(Decimal{7, -2} > Decimal{6, -2});
}

TEST_CASE("a product is exact or absent") {
    const auto product = Decimal{12345678, 0}.times({1, -2});
    REQUIRE(product);
    CHECK(product->to_string() == "123456.78");
    CHECK_FALSE(Decimal{Int128{1} << 100, 0}.times({Int128{1} << 100, 0}));
}

TEST_CASE("a float becomes the decimal of its shortest text") {
    CHECK(Decimal::from_float(230.1F)->to_string() == "230.1");
    CHECK(Decimal::from_float(230.5F)->to_string() == "230.5");
    CHECK(Decimal::from_float(16777216.0F)->to_string() == "16777216");
    CHECK(Decimal::from_double(0.1)->to_string() == "0.1");
    CHECK(Decimal::from_double(-1e-7)->to_string() == "-0.0000001");
    CHECK(Decimal::from_float(0.0F)->to_string() == "0");
    CHECK_FALSE(Decimal::from_float(std::nanf("")));
    CHECK_FALSE(Decimal::from_double(-std::numeric_limits<double>::infinity()));
}

TEST_CASE("a decimal turns to a double rounded once, and to an integer only when whole") {
    CHECK(Decimal{2301, -1}.to_double() == 230.1);
    CHECK(Decimal{1500, -2}.to_int64() == 15);
    CHECK(Decimal{15, 2}.to_int64() == 1500);
    CHECK_FALSE(Decimal{15, -1}.to_int64());
    CHECK_FALSE(Decimal{1, 19}.to_int64());
    CHECK(Decimal{std::numeric_limits<std::int64_t>::min(), 0}.to_int64() == std::numeric_limits<std::int64_t>::min());
    CHECK(Decimal{1500, -3}.normalized().mantissa == 15);
    CHECK(Decimal{1500, -3}.normalized().exponent == -1);
    CHECK(Decimal{0, 9}.normalized().exponent == 0);
}

TEST_CASE("a quotient is exact or none") {
    CHECK(Decimal{4225, -3}.divided_by({1, -1}) == Decimal{4225, -2});
    CHECK(Decimal{10, 0}.divided_by({4, 0}) == Decimal{25, -1});
    CHECK(Decimal{-15, 2}.divided_by({5, -3}) == Decimal{-3, 5});
    CHECK_FALSE(Decimal{10, 0}.divided_by({3, 0}).has_value());
    CHECK_FALSE(Decimal{10, 0}.divided_by({0, 0}).has_value());
}

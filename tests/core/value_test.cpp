#include "src/core/value.hpp"

#include <cmath>
#include <doctest/doctest.h>
#include <limits>

using namespace meterctl;

TEST_CASE("a value prints as a person reads it") {
    CHECK(Value{}.to_string().empty());
    CHECK(Value{true}.to_string() == "true");
    CHECK(Value{std::uint64_t{18446744073709551615U}}.to_string() == "18446744073709551615");
    CHECK(Value{Decimal{12345678, -2}}.to_string() == "123456.78");
    CHECK(Value{230.1F}.to_string() == "230.1");
    CHECK(Value{1e-5}.to_string() == "0.00001");
    CHECK(Value{1e-5F}.to_string() == "0.00001");
    CHECK(Value{1e300}.to_string() == "1e+300");
    CHECK(Value{Bytes{0x01, 0xAB}}.to_string() == "01 AB");
    CHECK(Value{List{Value{std::int64_t{1}}, Value{std::string("a")}}}.to_string() == "[1, a]");
    CHECK(Value{Structure{{"state", Value{false}}}}.to_string() == "{state: false}");
}

TEST_CASE("only finite numbers have a number") {
    CHECK(Value{std::int64_t{-5}}.number() == Decimal{-5, 0});
    CHECK(Value{230.1F}.number() == Decimal{2301, -1});
    CHECK_FALSE(Value{std::nan("")}.number());
    CHECK_FALSE(Value{std::string("5")}.number());
    CHECK_FALSE(Value{}.number());
}

TEST_CASE("scaling is exact and turns what is no number to null, never to zero") {
    CHECK(scaled(Value{std::int64_t{2305}}, {1, -1}) == Value{Decimal{2305, -1}});
    CHECK(scaled(Value{std::uint64_t{18446744073709551615U}}, {1, -2}).to_string() == "184467440737095516.15");
    CHECK(scaled(Value{230.1F}, {1, 3}).to_string() == "230100");
    CHECK(scaled(Value{std::nanf("")}, {1, 3}).is_null());
    CHECK(scaled(Value{std::numeric_limits<double>::infinity()}, {1, 0}).is_null());
    CHECK(scaled(Value{std::string("text")}, {1, 3}) == Value{std::string("text")});
    CHECK(scaled(Value{std::int64_t{7}}, {1, 0}) == Value{std::int64_t{7}});
}

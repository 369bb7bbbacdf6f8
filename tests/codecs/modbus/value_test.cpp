#include "codecs/modbus/values.hpp"
#include "tests/codecs/modbus/vectors.hpp"

#include <bit>
#include <cmath>
#include <doctest/doctest.h>
#include <limits>

namespace modbus = meterctl::codecs::modbus;
using meterctl::Category;
using meterctl::DateTime;
using meterctl::Decimal;
using meterctl::Value;
using modbus::Order;
using Words = std::vector<std::uint16_t>;

namespace {

const modbus::ValueType& type_of(std::string_view name) {
    const auto type = modbus::value_type(name);
    REQUIRE(type.has_value());
    return **type;
}

modbus::TypedValue decoded(std::string_view type, std::string_view order, const Words& words) {
    const auto parsed = modbus::parse_order(order, static_cast<unsigned>(words.size()));
    REQUIRE(parsed.has_value());
    auto value = modbus::decode_value(type_of(type), *parsed, words);
    REQUIRE(value.has_value());
    return *value;
}

meterctl::Result<Words> encoded(std::string_view type, std::string_view order, unsigned count, const Value& value) {
    return modbus::encode_value(type_of(type), modbus::parse_order(order, count).value(), count, value);
}

/// The expectation as the decoder's kind of value: JSON numbers are compared as the type's own.
Value expected_of(const modbus_vectors::Json& json, std::string_view type) {
    if (json.is_string()) { return Value(json.get<std::string>()); }
    if (type == "float32") { return Value(json.get<float>()); }
    if (type == "float64") { return Value(json.get<double>()); }
    if (type.starts_with("int")) { return Value(json.get<std::int64_t>()); }
    return Value(json.get<std::uint64_t>());
}

} // namespace

TEST_CASE("value vectors decode to what they expect and encode back to the same registers") {
    auto vectors = modbus_vectors::own("values.json");
    for (auto& one : modbus_vectors::extra("values.json")) { vectors.push_back(std::move(one)); }
    for (const auto& vector : vectors) {
        CAPTURE(vector.name);
        const auto words = vector.entry.at("registers").get<Words>();
        const auto type = vector.expect.at("type").get<std::string>();
        const auto order = vector.expect.at("order").get<std::string>();
        const auto got = decoded(type, order, words);
        if (vector.expect.at("value").is_null()) {
            CHECK(got.value.is_null());
            CHECK(got.flags == vector.expect.at("flags").get<std::vector<std::string>>());
            continue;
        }
        const auto expected = expected_of(vector.expect.at("value"), type);
        CHECK(got.value == expected);
        CHECK(got.flags.empty());
        CHECK(encoded(type, order, static_cast<unsigned>(words.size()), expected).value() == words);
    }
}

TEST_CASE("a float prints as the shortest text of its own width") {
    CHECK(decoded("float32", "abcd", {0x4366, 0x8000}).value.to_string() == "230.5");
    CHECK(decoded("float32", "abcd", {17258, 19661}).value.to_string() == "234.3");
    CHECK(decoded("float64", "abcdefgh", {0x3FB9, 0x9999, 0x9999, 0x999A}).value.to_string() == "0.1");
    CHECK(std::signbit(*decoded("float32", "abcd", {0x8000, 0}).value.get<float>()));
}

TEST_CASE("NaN and infinities are null with a flag, never a number") {
    const std::vector<Words> singles{{0x7FC0, 0}, {0xFFC0, 1}, {0x7F80, 0}, {0xFF80, 0}, {0xFFFF, 0xFFFF}};
    for (const auto& words : singles) {
        const auto got = decoded("float32", "abcd", words);
        CHECK(got.value.is_null());
        CHECK(got.flags == std::vector<std::string>{"not_a_number"});
    }
    CHECK(decoded("float64", "abcdefgh", {0x7FF8, 0, 0, 0}).value.is_null());
    const Value nan(std::numeric_limits<float>::quiet_NaN());
    CHECK(encoded("float32", "abcd", 2, nan).error().category == Category::rejected);
}

TEST_CASE("every order puts the same octets elsewhere, and back") {
    struct Case {
        std::string_view order;
        Words words;
    };
    const std::vector<Case> pairs{
        {"abcd", {0x0102, 0x0304}}, {"cdab", {0x0304, 0x0102}}, {"badc", {0x0201, 0x0403}}, {"dcba", {0x0403, 0x0201}}};
    for (const auto& [order, words] : pairs) {
        CAPTURE(order);
        CHECK(decoded("uint32", order, words).value == Value(std::uint64_t{0x01020304}));
        CHECK(encoded("uint32", order, 2, Value(std::uint64_t{0x01020304})).value() == words);
    }
    const std::vector<Case> fours{{"abcdefgh", {0x0102, 0x0304, 0x0506, 0x0708}},
                                  {"ghefcdab", {0x0708, 0x0506, 0x0304, 0x0102}},
                                  {"badcfehg", {0x0201, 0x0403, 0x0605, 0x0807}},
                                  {"hgfedcba", {0x0807, 0x0605, 0x0403, 0x0201}}};
    for (const auto& [order, words] : fours) {
        CAPTURE(order);
        CHECK(decoded("uint64", order, words).value == Value(std::uint64_t{0x0102030405060708}));
    }
    CHECK(decoded("uint16", "ba", {0x0102}).value == Value(std::uint64_t{0x0201}));
    CHECK(decoded("uint48", "efcdab", {0x0506, 0x0304, 0x0102}).value == Value(std::uint64_t{0x010203040506}));
    CHECK(decoded("ascii", "", {0x4142, 0x4344}).value == Value(std::string("ABCD")));
    CHECK(modbus::decode_value(type_of("ascii"), Order{false, true}, Words{0x4241, 0x0043})->value ==
          Value(std::string("ABC")));
}

TEST_CASE("an order that does not fit its registers is refused with those that do") {
    for (const auto& [order, registers] : std::vector<std::pair<std::string_view, unsigned>>{
             {"abcd", 1}, {"ab", 2}, {"abdc", 2}, {"abcd", 4}, {"ABCD", 2}, {"hgfedcba", 2}}) {
        CAPTURE(order);
        const auto parsed = modbus::parse_order(order, registers);
        REQUIRE_FALSE(parsed.has_value());
        CHECK(parsed.error().category == Category::usage);
        CHECK_FALSE(parsed.error().hints.empty());
    }
}

TEST_CASE("an unknown type is refused with the nearest names") {
    const auto type = modbus::value_type("flaot32");
    REQUIRE_FALSE(type.has_value());
    CHECK(type.error().hints.front() == "float32");
}

TEST_CASE("digits that are none, words above 9999 and dates that do not exist are null with a flag") {
    CHECK(decoded("bcd16", "", {0x00FA}).flags == std::vector<std::string>{"invalid_digits"});
    CHECK(decoded("bcd16", "", {0x00FA}).value.is_null());
    CHECK(decoded("modulo10000_32", "", {1, 10000}).value.is_null());
    CHECK(decoded("date_registers", "", {2026, 2, 30, 0, 0, 0}).flags == std::vector<std::string>{"invalid_date"});
    CHECK(decoded("date_packed", "", {0, 0, 0}).value.is_null());
    CHECK(decoded("date_iec870", "", {26, 0x0B15, 0x0280, 0}).value.is_null());
}

TEST_CASE("digits, signs and bits read as the type says") {
    CHECK(decoded("bcd32", "", {0x0123, 0x4567}).value == Value(std::uint64_t{1234567}));
    CHECK(decoded("modulo10000_32", "", {123, 4567}).value == Value(std::uint64_t{1234567}));
    CHECK(decoded("modulo10000_32", "cdab", {4567, 123}).value == Value(std::uint64_t{1234567}));
    CHECK(decoded("sign_magnitude16", "", {0x8005}).value == Value(std::int64_t{-5}));
    CHECK(decoded("sign_magnitude32", "", {0x8000, 0x0005}).value == Value(std::int64_t{-5}));
    CHECK(decoded("bits32", "", {0x8000, 0x0001}).value == Value(std::uint64_t{0x80000001}));
    CHECK(decoded("int48", "", {0xFFFF, 0xFFFF, 0xFFFE}).value == Value(std::int64_t{-2}));
    CHECK(decoded("bool", "", {1}).value == Value(true));
    CHECK(decoded("hex16", "", {0x0102}).value == Value(std::string("0102")));
}

TEST_CASE("text ends at the first 00 without its padding, and what is no text stays octets") {
    CHECK(decoded("ascii", "", {0x4142, 0x2020}).value == Value(std::string("AB")));
    CHECK(decoded("ascii", "", {0x4100, 0x4242}).value == Value(std::string("A")));
    CHECK(decoded("ascii", "", {0, 0}).value == Value(std::string()));
    const auto odd = decoded("ascii", "", {0x41FF});
    CHECK(odd.flags == std::vector<std::string>{"not_text"});
    CHECK(odd.value == Value(meterctl::Bytes{0x41, 0xFF}));
    CHECK(encoded("ascii", "", 2, Value(std::string("ABC"))).value() == Words{0x4142, 0x4300});
    CHECK_FALSE(encoded("ascii", "", 1, Value(std::string("ABC"))).has_value());
    CHECK_FALSE(encoded("ascii", "", 2, Value(std::string("A\xC3\xA4"))).has_value());
}

TEST_CASE("dates read and write in each layout") {
    const auto time = DateTime::parse("2026-11-21T02:15:07").value();
    const std::vector<std::pair<std::string_view, Words>> layouts{
        {"date_registers", {2026, 11, 21, 2, 15, 7}},
        {"date_packed", {0x0B15, (126 << 8) | 2, (15 << 8) | 7}},
        {"date_iec870", {26, 0x0B15, 0x020F, 7000}},
    };
    for (const auto& [type, words] : layouts) {
        CAPTURE(type);
        const auto got = decoded(type, "", words);
        REQUIRE(got.value.get<DateTime>() != nullptr);
        CHECK(got.value.get<DateTime>()->to_string() == time.to_string());
        CHECK(got.flags == std::vector<std::string>{"local_time"});
        CHECK(encoded(type, "", static_cast<unsigned>(words.size()), Value(time)).value() == words);
    }
    const auto unix_time = decoded("unix_time", "", {0x65E0, 0x0000});
    CHECK(unix_time.value.get<DateTime>()->to_string() == "2024-02-29T03:54:40Z");
    CHECK(unix_time.flags.empty());
    CHECK(encoded("unix_time", "", 2, Value(DateTime::parse("2024-02-29T04:54:40+01:00").value())).value() ==
          Words{0x65E0, 0x0000});
    CHECK_FALSE(encoded("unix_time", "", 2, Value(time)).has_value());
    CHECK_FALSE(encoded("date_iec870", "", 4, Value(DateTime::parse("1999-01-01T00:00:00").value())).has_value());
}

TEST_CASE("what does not fit exactly is rejected, never rounded") {
    const std::vector<std::pair<std::string_view, Value>> misfits{
        {"uint16", Value(std::int64_t{-1})},
        {"uint16", Value(std::uint64_t{65536})},
        {"uint16", Value(Decimal{15, -1})},
        {"int16", Value(std::int64_t{32768})},
        {"int16", Value(std::string("5"))},
        {"bcd16", Value(std::uint64_t{10000})},
        {"bcd16", Value(std::int64_t{-1})},
        {"sign_magnitude16", Value(std::int64_t{-32768})},
        {"hex16", Value(std::string("12345"))},
        {"hex16", Value(std::string("1-2"))},
        {"hex16", Value(std::uint64_t{0x102})},
        {"bool", Value(std::uint64_t{2})},
        {"uint16", Value()},
        {"bits16", Value(std::uint64_t{65536})},
    };
    for (const auto& [type, value] : misfits) {
        CAPTURE(type);
        CAPTURE(value.to_string());
        const auto result = encoded(type, "", 1, value);
        REQUIRE_FALSE(result.has_value());
        CHECK(result.error().category == Category::rejected);
    }
    CHECK_FALSE(encoded("float32", "", 2, Value(Decimal{123456789123, -4})).has_value());
    CHECK_FALSE(encoded("float32", "", 2, Value(Decimal{1, 60})).has_value());
    CHECK_FALSE(encoded("modulo10000_32", "", 2, Value(std::uint64_t{100000000})).has_value());
    CHECK(encoded("float32", "", 2, Value(Decimal{2305, -1})).value() == Words{0x4366, 0x8000});
    CHECK(encoded("float32", "", 2, Value(Decimal{1, -1})).value() == Words{0x3DCC, 0xCCCD});
    CHECK(encoded("uint16", "", 1, Value(Decimal{100, -1})).value() == Words{10});
    CHECK(encoded("hex32", "", 2, Value(std::string("110380"))).value() == Words{0x0011, 0x0380});
}

TEST_CASE("a wrong number of registers is refused both ways") {
    CHECK_FALSE(modbus::decode_value(type_of("uint32"), {}, Words{1}).has_value());
    CHECK_FALSE(modbus::decode_value(type_of("ascii"), {}, Words{}).has_value());
    CHECK_FALSE(modbus::encode_value(type_of("uint32"), {}, 1, Value(std::uint64_t{1})).has_value());
}

TEST_CASE("every pattern of every number type comes back through its value") {
    for (const auto& type : modbus::value_types()) {
        if (type.registers == 0 || type.registers > 4 || type.kind == modbus::Kind::boolean) { continue; }
        CAPTURE(type.name);
        for (std::uint32_t seed = 1; seed < 400; ++seed) {
            Words words(type.registers);
            for (std::size_t i = 0; i < words.size(); ++i) {
                words[i] = static_cast<std::uint16_t>((seed * 2654435761U) >> (3 * i + 1));
            }
            const auto got = modbus::decode_value(type, {true, true}, words);
            REQUIRE(got.has_value());
            const bool lossy = type.kind == modbus::Kind::date_iec870 || got->value.is_null();
            if (lossy) { continue; }
            const auto back = modbus::encode_value(type, {true, true}, type.registers, got->value);
            REQUIRE(back.has_value());
            CHECK(*back == words);
        }
    }
}

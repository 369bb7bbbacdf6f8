#include "src/output/json_writer.hpp"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <doctest/doctest.h>
#include <limits>
#include <nlohmann/json.hpp>

using meterctl::Bytes;
using meterctl::Decimal;
using meterctl::List;
using meterctl::Structure;
using meterctl::Value;
using meterctl::output::append_json_string;
using meterctl::output::JsonWriter;

namespace {

std::string written(const Value& value) {
    std::string out;
    JsonWriter(out, false).value(value);
    return out;
}

Value whole(std::int64_t number) {
    return number;
}

std::string quoted(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

} // namespace

TEST_CASE("a number is written exactly, in plain digits from 1e-5 to 1e16") {
    struct Row {
        Value value;
        std::string_view text;
    };
    const Row rows[] = {
        {Decimal{12345678, -2}, "123456.78"},
        {Decimal{150, -2}, "1.50"},
        {Decimal{-5, -2}, "-0.05"},
        {Decimal{12, 2}, "1200"},
        {std::numeric_limits<std::int64_t>::min(), "-9223372036854775808"},
        {std::numeric_limits<std::uint64_t>::max(), "18446744073709551615"},
        {std::uint64_t{9007199254740993}, "9007199254740993"},
        {0.1F, "0.1"},
        {230.5F, "230.5"},
        {16777216.0F, "16777216"},
        {0.00001F, "0.00001"},
        {123456789.0F, "123456790"},
        {0.1, "0.1"},
        {double{0.1F}, "0.10000000149011612"},
        {1e15, "1000000000000000"},
        {1.5e-5, "0.000015"},
        {1e16, "1e+16"},
        {1e300, "1e+300"},
        {std::numeric_limits<float>::denorm_min(), "1e-45"},
        {0.0, "0"},
        {true, "true"},
        {Value{}, "null"},
    };
    for (const Row& row : rows) {
        const std::string text = written(row.value);
        CHECK(text == row.text);
        CHECK(nlohmann::json::accept(text));
    }
}

TEST_CASE("what is no number is null") {
    CHECK(written(std::numeric_limits<float>::quiet_NaN()) == "null");
    CHECK(written(std::numeric_limits<double>::quiet_NaN()) == "null");
    CHECK(written(std::numeric_limits<float>::infinity()) == "null");
    CHECK(written(-std::numeric_limits<double>::infinity()) == "null");
}

TEST_CASE("every float reads back to the same float of its own width") {
    std::uint32_t state = 1;
    for (int i = 0; i < 5000; ++i) {
        state = state * 1664525U + 1013904223U;
        float number = 0;
        static_assert(sizeof number == sizeof state);
        std::memcpy(&number, &state, sizeof number);
        if (!std::isfinite(number)) { continue; }
        CAPTURE(number);
        CHECK(std::strtof(written(number).c_str(), nullptr) == number);
    }
}

TEST_CASE("text is escaped, and repaired where it is no UTF-8") {
    struct Row {
        std::string_view text;
        std::string_view json;
    };
    using namespace std::string_view_literals;
    const Row rows[] = {
        {"plain", R"("plain")"},
        {"", R"("")"},
        {"say \"no\"\\", R"("say \"no\"\\")"},
        {"a\nb\rc\td", R"("a\nb\rc\td")"},
        {"\x01\x1b\x7f"sv, R"("\u0001\u001b\u007f")"},
        {"nul\0nul"sv, R"("nul\u0000nul")"},
        {"50 \xC2\xB0"
         "C",
         "\"50 \xC2\xB0"
         "C\""},
        {"\xE2\x82\xAC \xF0\x9F\x98\x80", "\"\xE2\x82\xAC \xF0\x9F\x98\x80\""},
        {"a\xFF"
         "b",
         "\"a\xEF\xBF\xBD"
         "b\""},
        {"\xC0\xAF", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},                 // overlong '/'
        {"\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""}, // a surrogate
        {"\xF4\x90\x80\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"cut \xE2\x82", "\"cut \xEF\xBF\xBD\xEF\xBF\xBD\""},
    };
    for (const Row& row : rows) {
        CHECK(quoted(row.text) == row.json);
        CHECK(nlohmann::json::accept(quoted(row.text)));
    }
}

TEST_CASE("text of every length is written whole, escaped at any place") {
    for (std::size_t length = 1; length <= 130; ++length) {
        for (const std::size_t at : {std::size_t{0}, length / 2, length - 1}) {
            for (const std::string_view inside : {"x", "\"", "\n", "\xC2\xB0"}) {
                std::string text(length, 'a');
                text.replace(at, 1, inside);
                CHECK(nlohmann::json::parse(quoted(std::string_view(text))) == text);
                std::string object;
                JsonWriter json(object, true);
                json.begin_object();
                json.member("first", std::int64_t{1});
                json.member(text, text);
                json.end_object();
                CHECK(nlohmann::json::parse(object)[text] == text);
            }
        }
    }
}

TEST_CASE("every octet pair becomes valid JSON text") {
    for (unsigned pair = 0; pair < 0x10000; ++pair) {
        const char text[] = {static_cast<char>(pair >> 8U), static_cast<char>(pair & 0xFFU)};
        const std::string json = quoted({text, 2});
        if (!nlohmann::json::accept(json)) { FAIL_CHECK("octets " << pair << " gave " << json); }
    }
}

TEST_CASE("lists, structures and octets nest") {
    const Value value = Structure{
        {"list", List{whole(1), Value{}, Value(std::string("x"))}},
        {"octets", Bytes{0x01, 0xAB}},
        {"inner", Structure{{"t", meterctl::DateTime::parse("2026-11-21T02:15:00Z").value()}}},
        {"empty", List{}},
    };
    CHECK(written(value) ==
          R"({"list":[1,null,"x"],"octets":"01 AB","inner":{"t":"2026-11-21T02:15:00Z"},"empty":[]})");
}

TEST_CASE("equal names of a structure share one key with a list, so that no reader drops one") {
    const Value value = Structure{{"a", whole(1)}, {"b", whole(2)}, {"a", whole(3)}};
    CHECK(written(value) == R"({"a":[1,3],"b":2})");
}

TEST_CASE("pretty printing puts records on lines of their own and keeps the content") {
    const auto write = [](bool pretty) {
        std::string out;
        JsonWriter json(out, pretty);
        json.begin_object();
        json.member("schema", "x/1");
        json.member("count", 2U);
        json.key("records");
        json.begin_array();
        for (int i = 0; i < 2; ++i) {
            json.begin_object();
            json.member("i", i);
            json.member("last", i == 1);
            json.end_object();
        }
        json.end_array();
        json.end_object();
        return out;
    };
    CHECK(write(false) == R"({"schema":"x/1","count":2,"records":[{"i":0,"last":false},{"i":1,"last":true}]})");
    CHECK(write(true) == "{\"schema\":\"x/1\",\n \"count\":2,\n \"records\":[\n  {\"i\":0,\"last\":false},\n"
                         "  {\"i\":1,\"last\":true}]}");
}

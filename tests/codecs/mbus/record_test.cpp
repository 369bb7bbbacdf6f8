#include "codecs/mbus/record.hpp"
#include "tests/codecs/mbus/vectors.hpp"

#include "src/core/hex.hpp"

#include <doctest/doctest.h>

namespace {

namespace mbus = meterctl::codecs::mbus;
using mbus::Coding;
using mbus::Dib;
using mbus::Function;
using mbus_vectors::octets;
using meterctl::Bytes;
using meterctl::DateTime;
using meterctl::Decimal;
using meterctl::Value;

TEST_CASE("every record of an answer that can be told is encoded to the octets it came from") {
    std::size_t encoded = 0;
    for (const auto& vector : mbus_vectors::answers()) {
        CAPTURE(vector.name);
        const auto telegram = mbus_vectors::variable_data(vector.octets);
        const bool mode_2 = vector.octets[6] == 0x76;
        const auto order = mode_2 ? mbus::ByteOrder::high_first : mbus::ByteOrder::low_first;
        for (const auto& record : telegram.content.records) {
            const bool told = record.kind == mbus::Record::Kind::data && !record.value.is_null() &&
                              record.flags.empty() && record.dib.coding != Coding::variable;
            if (!told) { continue; }
            CAPTURE(meterctl::to_hex(record.header));
            const auto again = mbus::encode_record(record.header, record.value, order);
            REQUIRE(again.has_value());
            const Bytes sent(record.header.data(), record.header.data() + record.octets());
            CHECK(*again == sent);
            ++encoded;
        }
    }
    CHECK(encoded > 80);
}

struct Encoded {
    const char* header;
    Value value;
    const char* data;
};

TEST_CASE("values are encoded as the standard prints them") {
    const Encoded rows[] = {
        {"0313", Decimal{12565, -3}, "153100"},
        {"DA023B", Decimal{113, -3}, "1301"},
        {"8B6004", Value(std::int64_t{218370}), "371802"},
        {"0104", Value(std::int64_t{-10}), "FF"},
        {"0A59", Decimal{-321, -2}, "21F3"},
        {"0C79", Value(std::string("01020304")), "04030201"},
        {"017A", Value(std::uint64_t{250}), "FA"},
        {"052B", Value(1.5F), "0000C03F"},
        {"042F", Value(std::int64_t{-1230000}), "85FFFFFF"},
        {"0DFD11", Value(std::string("älnü")), "04FC6E6CE4"},
        {"0D13", Decimal{256, -3}, "E20001"},
        {"0DFD19", Value(Bytes{1, 2, 3}), "E3030201"},
        {"026C", *DateTime::parse("2018-12-31"), "5F2C"},
        {"046D", *DateTime::parse("2018-12-31T12:30:00"), "1E2C5F2C"},
        {"066D", *DateTime::parse("2018-12-31T12:30:42"), "2A1E0C5F2C00"},
        {"036D", Value(std::string("12:30:42")), "2A1E0C"},
        {"01FD1B", Value(std::uint64_t{255}), "FF"},
        {"0413", Value(), "00000080"},
        {"0C13", Value(), "FFFFFFFF"},
        {"026C", Value(), "FFFF"},
        {"0D13", Value(), "00"},
        {"0013", Value(), ""},
        {"05FD48", Value(), "0000C07F"},
        {"04FB68", Decimal{15, -1}, "00180000"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.header);
        CAPTURE(row.value.to_string());
        const auto record = mbus::encode_record(octets(row.header), row.value);
        REQUIRE_MESSAGE(record.has_value(), (record ? "" : record.error().what));
        CHECK(meterctl::to_hex(*record, "") == std::string(row.header) + row.data);
    }
}

TEST_CASE("a value that does not fit exactly is rejected, never rounded") {
    const Encoded rows[] = {
        {"0313", Decimal{125651, -4}, ""},                  // a tenth of a step
        {"0113", Decimal{128, -3}, ""},                     // one too many
        {"0113", Decimal{-128, -3}, ""},                    // the octet that means none
        {"0913", Decimal{100, -3}, ""},                     // three digits into two
        {"0913", Decimal{-10, -3}, ""},                     // no room for the minus
        {"017A", Value(std::int64_t{-1}), ""},              // an address
        {"052B", Decimal{12345678901LL, -5}, ""},           // no float
        {"046D", Value(std::int64_t{5}), ""},               // no time
        {"046D", *DateTime::parse("2018-12-31"), ""},       // no time of day
        {"026C", *DateTime::parse("1999-12-31"), ""},       // before what two digits mean
        {"0413", Value(std::string("twelve")), ""},         // no number
        {"0C13", Value(std::string("twelve")), ""},         // no number
        {"0DFD11", Value(std::string(192, 'x')), ""},       // too long for an LVAR
        {"0DFD11", Value(std::string("\xE2\x82\xAC")), ""}, // no character of ISO 8859-1
        {"0013", Value(std::int64_t{1}), ""},               // no data at all
        {"04FB68", Decimal{1, -1}, ""},                     // no multiple of 1/4096
    };
    for (const auto& row : rows) {
        CAPTURE(row.header);
        CAPTURE(row.value.to_string());
        const auto record = mbus::encode_record(octets(row.header), row.value);
        REQUIRE_FALSE(record.has_value());
        CHECK(record.error().category == meterctl::Category::rejected);
    }
}

TEST_CASE("a DIB is as short as its numbers allow, and decodes to them") {
    struct Row {
        Dib dib;
        const char* octets;
    };
    const Row rows[] = {
        {{Coding::int24, Function::instantaneous, 0, 0, 0}, "03"},
        {{Coding::bcd4, Function::maximum, 5, 0, 0}, "DA02"},
        {{Coding::bcd6, Function::instantaneous, 0, 2, 1}, "8B60"},
        {{Coding::bcd6, Function::instantaneous, 1, 0, 0}, "4B"},
        {{Coding::bcd6, Function::instantaneous, 3, 0, 0}, "CB01"},
        {{Coding::bcd8, Function::minimum, 0, 1, 0}, "AC10"},
        {{Coding::int32, Function::instantaneous, 0, 0, 4}, "84808040"},
        {{Coding::int32, Function::error, (1ULL << 41U) - 1, (1U << 20U) - 1, 1023}, "F4FFFFFFFFFFFFFFFFFF7F"},
    };
    for (const auto& row : rows) {
        CAPTURE(row.octets);
        const auto dib = mbus::encode_dib(row.dib);
        REQUIRE(dib.has_value());
        CHECK(meterctl::to_hex(*dib, "") == row.octets);
        const auto header = octets(std::string(row.octets) + "13");
        CHECK(mbus::decode_header(header)->dib == row.dib);
    }
    CHECK_FALSE(mbus::encode_dib({Coding::int8, Function::instantaneous, 1ULL << 41U, 0, 0}));
    CHECK_FALSE(mbus::encode_dib({Coding::int8, Function::instantaneous, 0, 1U << 20U, 0}));
    CHECK_FALSE(mbus::encode_dib({Coding::int8, Function::instantaneous, 0, 0, 1024}));
}

TEST_CASE("a record header is a DIB and a VIB and nothing else") {
    CHECK(mbus::decode_header(octets("4BFD47"))->unit == meterctl::Unit::volt);
    CHECK(mbus::decode_header(octets("02FC0348522574")));
    for (const char* const wrong : {"", "0F", "2F", "04", "84", "04FD", "041300", "0C1301", "0493"}) {
        CAPTURE(wrong);
        const auto record = mbus::decode_header(octets(wrong));
        REQUIRE_FALSE(record.has_value());
        CHECK(record.error().category == meterctl::Category::usage);
    }
}

TEST_CASE("a record error takes the value's place, and none does not") {
    struct Row {
        const char* vife;
        const char* flag;
    };
    constexpr Row rows[] = {{"01", "too_many_difes"}, {"0E", "vif_dif_mismatch"}, {"15", "not_available"},
                            {"16", "overflow"},       {"17", "underflow"},        {"18", "data_error"},
                            {"1C", "premature_end"}};
    for (const auto& row : rows) {
        CAPTURE(row.vife);
        const auto bytes = octets(std::string("0493") + row.vife + "01000000");
        const auto found = mbus::decode_records(bytes);
        REQUIRE(found.records.size() == 1);
        CHECK(found.records[0].value.is_null());
        REQUIRE(found.records[0].flags.size() == 1);
        CHECK(found.records[0].flags[0] == row.flag);
    }
    const auto bytes = octets("04930001000000");
    CHECK(mbus::decode_records(bytes).records[0].value == Value(Decimal{1, -3}));
}

TEST_CASE("what a master sends are actions, not errors") {
    const auto bytes = octets("0C860110000000");
    const auto found = mbus::decode_records(bytes, mbus::ByteOrder::low_first, mbus::Sender::master);
    REQUIRE(found.records.size() == 1);
    CHECK(found.records[0].vib.vifes[0].kind == mbus::Vife::Kind::action);
    CHECK(found.records[0].value.number() == Decimal{10000, 0});
}

} // namespace

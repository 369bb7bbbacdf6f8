#include "codecs/dlms/array_stream.hpp"
#include "codecs/dlms/data_value.hpp"
#include "codecs/dlms/obis.hpp"
#include "src/core/hex.hpp"
#include "tests/codecs/dlms/vectors.hpp"

#include <doctest/doctest.h>

namespace dlms = meterctl::codecs::dlms;
using dlms::Data;
using dlms::Type;
using dlms_vectors::octets;
using meterctl::Bytes;
using meterctl::to_hex;

namespace {

Data decoded(std::string_view hex) {
    const auto data = dlms::decode_data(octets(hex));
    REQUIRE_MESSAGE(data.has_value(), hex, (data ? "" : data.error().what));
    return *data;
}

struct Row {
    const char* hex;
    const char* type;
    const char* value; ///< as a person reads it
};

/// Octets by hand from the tags and sizes of IEC 62056-5-3.
constexpr Row rows[] = {
    {"00", "null-data", ""},
    {"03 01", "boolean", "true"},
    {"04 08 2A", "bit-string", "00101010"},
    {"04 03 A0", "bit-string", "101"},
    {"04 00", "bit-string", ""},
    {"05 FF FF FF FE", "double-long", "-2"},
    {"06 00 53 93 43", "double-long-unsigned", "5477187"},
    {"09 02 01 80", "octet-string", "01 80"},
    {"09 04 54 45 53 54", "octet-string", "TEST"},
    {"0A 04 54 45 53 54", "visible-string", "TEST"},
    {"0C 02 C3 A9", "utf8-string", "é"},
    {"0D 42", "bcd", "42"},
    {"0F D6", "integer", "-42"},
    {"10 8A 55", "long", "-30123"},
    {"11 43", "unsigned", "67"},
    {"12 35 54", "long-unsigned", "13652"},
    {"14 FF FF FF FF FF FF FF FF", "long64", "-1"},
    {"15 FF FF FF FF FF FF FF FF", "long64-unsigned", "18446744073709551615"},
    {"16 1E", "enum", "30"},
    {"17 43 66 19 9A", "float32", "230.1"},
    {"18 3F B9 99 99 99 99 99 9A", "float64", "0.1"},
    {"19 07 E4 01 01 FF 00 03 00 00 FF 88 00", "date-time", "2020-01-01T00:03:00+02:00"},
    {"1A 07 E8 0B 15 FF", "date", "2024-11-21"},
    {"1B 08 1E 0F 17", "time", "08:30:15.23"},
    {"1C FF", "delta-integer", "-1"},
    {"1D FF FE", "delta-long", "-2"},
    {"1E FF FF FF FD", "delta-double-long", "-3"},
    {"1F FF", "delta-unsigned", "255"},
    {"20 FF FE", "delta-long-unsigned", "65534"},
    {"21 FF FF FF FD", "delta-double-long-unsigned", "4294967293"},
    {"FF", "dont-care", ""},
};

} // namespace

TEST_CASE("every data type decodes to its value and encodes to the same octets") {
    for (const auto& row : rows) {
        CAPTURE(row.hex);
        const auto data = decoded(row.hex);
        CHECK(dlms::type_name(data.type) == row.type);
        CHECK(dlms::to_value(data).value.to_string() == row.value);
        CHECK(to_hex(dlms::encode(data)) == row.hex);
        CHECK(data.length == octets(row.hex).size());
        CHECK(*dlms::data_extent(octets(row.hex)) == octets(row.hex).size());
    }
}

TEST_CASE("a value cut anywhere is an error with its place, and its extent is not known yet") {
    for (const auto& row : rows) {
        const auto whole = octets(row.hex);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            CAPTURE(row.hex);
            CAPTURE(size);
            const auto part = meterctl::ByteView(whole).first(size);
            const auto data = dlms::decode_data(part);
            REQUIRE_FALSE(data.has_value());
            CHECK(data.error().category == meterctl::Category::untrusted);
            CHECK(data.error().where.starts_with("byte offset"));
            const auto extent = dlms::data_extent(part);
            REQUIRE(extent.has_value());
            CHECK_FALSE(extent->has_value());
        }
    }
}

TEST_CASE("claims beyond the octets are errors") {
    for (const char* const hex : {
             "01 84 FF FF FF FF 00",    // four billion elements
             "02 84 FF FF FF FF 00",    //
             "09 84 FF FF FF FF 00",    //
             "04 84 FF FF FF FF 00",    //
             "09 80 00 00",             // indefinite length
             "09 85 00 00 00 00 01 00", // a length of five octets
             "07 00",                   // reserved tags
             "7E",                      //
             "11 01 00",                // an octet behind the value
         }) {
        CAPTURE(hex);
        const auto data = dlms::decode_data(octets(hex));
        REQUIRE_FALSE(data.has_value());
        CHECK(data.error().code == "dlms.axdr");
    }
}

TEST_CASE("structures a thousand deep are refused, 60 deep are not") {
    Bytes deep;
    for (int level = 0; level < 1000; ++level) { deep.insert(deep.end(), {0x02, 0x01}); }
    deep.push_back(0x00);
    const auto refused = dlms::decode_data(deep);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().what == "values nested more than 64 deep");
    CHECK(dlms::decode_data(meterctl::ByteView(deep).last(2 * 60 + 1)).has_value());
}

TEST_CASE("lengths in every form are read, and written in the shortest") {
    for (const char* const hex :
         {"09 81 02 41 42", "09 82 00 02 41 42", "09 83 00 00 02 41 42", "09 84 00 00 00 02 41 42"}) {
        CHECK(to_hex(dlms::encode(decoded(hex))) == "09 02 41 42");
    }
    for (const std::size_t size : {127U, 128U, 255U, 256U, 65535U, 65536U}) {
        const auto data = Data::octet_string(Bytes(size, 0x55));
        const auto again = dlms::decode_data(dlms::encode(data));
        REQUIRE(again.has_value());
        CHECK(*again == data);
    }
}

TEST_CASE("arrays and structures keep types and places of their elements") {
    const auto data = decoded("02 02 0F FF 16 23");
    REQUIRE(data.items() != nullptr);
    CHECK(data.at(1)->type == Type::enumerated);
    CHECK(data.at(1)->offset == 4);
    CHECK(data.at(1)->length == 2);
    CHECK(data.at(2) == nullptr);
    const auto scaling = dlms::scaler_unit_of(data);
    REQUIRE(scaling.has_value());
    CHECK(scaling->scaler == -1);
    CHECK(dlms::to_data(*scaling) == data);
}

TEST_CASE("compact arrays expand by their type description") {
    // two structures of long-unsigned, and an array of two unsigned
    const char* const hex = "13 02 02 12 01 00 02 11 08 12 34 01 02 56 78 03 04";
    const auto data = decoded(hex);
    CHECK(data == Data::compact_array({
                      Data::structure({Data::long_unsigned(0x1234),
                                       Data::array({Data::unsigned_integer(1), Data::unsigned_integer(2)})}),
                      Data::structure({Data::long_unsigned(0x5678),
                                       Data::array({Data::unsigned_integer(3), Data::unsigned_integer(4)})}),
                  }));
    CHECK(data.at(1)->offset == 13);
    CHECK(to_hex(dlms::encode(data)) == hex);
    CHECK(*dlms::data_extent(octets(hex)) == octets(hex).size());
    CHECK(to_hex(dlms::encode(decoded("13 09 06 02 41 42 02 43 44"))) == "13 09 06 02 41 42 02 43 44");
    CHECK(decoded("13 00 00") == Data::compact_array({}));
}

TEST_CASE("compact arrays that claim more than they hold are errors") {
    for (const char* const hex : {
             "13 00 01 00",                            // null-data has no octets: endless
             "13 01 FF FF 01 FF FF 01 FF FF 00 01 00", // 65535 x 65535 x 65535 nulls
             "13 02 02 01 FF FF 01 FF FF 00 11 01 00", // as many in front of one octet
             "13 12 03 00 00 00",                      // the last element is cut
             "13 13 00 01 00",                         // of compact arrays
             "13 02 84 FF FF FF FF 11 00",             // four billion members
             "13 11 84 FF FF FF FF 00",                // four billion octets
             "13 01 00 01 01 00 01",                   // the description is cut
         }) {
        CAPTURE(hex);
        CHECK_FALSE(dlms::decode_data(octets(hex)).has_value());
    }
    Bytes deep{0x13};
    for (int level = 0; level < 1000; ++level) { deep.insert(deep.end(), {0x01, 0x00, 0x01}); }
    deep.insert(deep.end(), {0x11, 0x01, 0x00});
    CHECK_FALSE(dlms::decode_data(deep).has_value());
}

TEST_CASE("elements of one array come out one by one while its octets come") {
    const auto whole = octets("01 03 02 02 11 01 12 00 01 02 02 11 02 12 00 02 02 02 11 03 12 00 03");
    dlms::ArrayStream stream;
    std::vector<Data> taken;
    for (const auto octet : whole) {
        stream.feed(Bytes{octet});
        auto next = stream.next();
        REQUIRE(next.has_value());
        if (*next) { taken.push_back(**next); }
    }
    CHECK(stream.complete());
    CHECK(stream.count() == 3);
    CHECK(stream.held() == 0);
    CHECK(taken == *decoded("01 03 02 02 11 01 12 00 01 02 02 11 02 12 00 02 02 02 11 03 12 00 03").items());

    dlms::ArrayStream compact;
    compact.feed(octets("13 12 04 00 01 00"));
    CHECK_FALSE(compact.next()->has_value());
    compact.feed(octets("02"));
    CHECK(**compact.next() == Data::long_unsigned(1));
    CHECK(**compact.next() == Data::long_unsigned(2));
    CHECK(compact.complete());

    dlms::ArrayStream none;
    none.feed(octets("11 01"));
    CHECK_FALSE(none.next().has_value());
}

TEST_CASE("registers scale exactly into their unit") {
    struct Scaling {
        const char* hex;
        std::int8_t scaler;
        std::uint8_t unit;
        const char* value;
        const char* symbol;
    };
    for (const auto& row : {
             Scaling{"06 00 A7 29 D9", 1, 30, "109552250", "Wh"},
             Scaling{"12 09 2B", -1, 35, "234.7", "V"},
             Scaling{"06 00 00 00 0C", -2, 33, "0.12", "A"},
             Scaling{"06 00 00 00 0C", 0, 255, "12", ""},
             Scaling{"10 FF FF", -3, 255, "-0.001", ""},
         }) {
        CAPTURE(row.hex);
        const auto shown = dlms::to_value(decoded(row.hex), dlms::ScalerUnit{row.scaler, row.unit});
        CHECK(shown.value.to_string() == row.value);
        CHECK(meterctl::symbol(shown.unit) == row.symbol);
        CHECK(shown.flags.empty());
        const auto back = dlms::from_value(shown.value, decoded(row.hex).type, row.scaler);
        REQUIRE(back.has_value());
        CHECK(*back == decoded(row.hex));
    }
    const auto foreign = dlms::to_value(decoded("11 05"), dlms::ScalerUnit{0, 45});
    CHECK(foreign.text == "1/Wh");
    CHECK(foreign.flags == std::vector<std::string>{"unknown_unit"});
    const auto missing = dlms::to_value(decoded("00"), dlms::ScalerUnit{-1, 35});
    CHECK(missing.value.is_null());
    CHECK(missing.flags == std::vector<std::string>{"not_available"});
    CHECK(dlms::to_value(decoded("17 7F C0 00 00")).flags == std::vector<std::string>{"not_a_number"});
    CHECK(dlms::to_value(decoded("0D 4A")).flags == std::vector<std::string>{"invalid_digits"});
}

TEST_CASE("values that do not fit a type exactly are rejected") {
    using meterctl::Decimal;
    const auto rejected = [](const meterctl::Value& value, Type type, std::int8_t scaler) {
        const auto data = dlms::from_value(value, type, scaler);
        return !data && data.error().category == meterctl::Category::rejected;
    };
    CHECK(rejected(std::uint64_t{256}, Type::unsigned_integer, 0));
    CHECK(rejected(std::int64_t{-1}, Type::unsigned_integer, 0));
    CHECK(rejected(Decimal{25, -1}, Type::unsigned_integer, 0));
    CHECK(rejected(Decimal{255, -2}, Type::unsigned_integer, -1));
    CHECK(rejected(std::string("12"), Type::unsigned_integer, 0));
    CHECK(rejected(std::uint64_t{100}, Type::bcd, 0));
    CHECK(rejected(std::string("02"), Type::bit_string, 0));
    CHECK(rejected(std::uint64_t{2}, Type::boolean, 0));
    CHECK(rejected(Decimal{1, 30}, Type::long64_unsigned, 0));
    CHECK(*dlms::from_value(std::uint64_t{18446744073709551615U}, Type::long64_unsigned) ==
          Data::long64_unsigned(18446744073709551615U));
    CHECK(*dlms::from_value(std::string("101"), Type::bit_string) == decoded("04 03 A0"));
    CHECK(*dlms::from_value(Decimal{2301, -1}, Type::float32) == decoded("17 43 66 19 9A"));
    CHECK(*dlms::from_value(std::uint64_t{42}, Type::bcd) == decoded("0D 42"));
    CHECK(*dlms::from_value(*meterctl::DateTime::parse("2020-01-01T00:03:00+02:00"), Type::octet_string) ==
          decoded("09 0C 07 E4 01 01 FF 00 03 00 FF FF 88 00"));
}

TEST_CASE("logical names print as A-B:C.D.E.F") {
    const auto data = decoded("09 06 01 00 01 08 00 FF");
    const auto name = dlms::logical_name_of(data);
    REQUIRE(name.has_value());
    CHECK(name->to_logical_name() == "1-0:1.8.0.255");
    CHECK(dlms::obis_text(*name) == "1-0:1.8.0.255 active_energy_import");
    CHECK(dlms::to_data(*name) == data);
    CHECK_FALSE(dlms::logical_name_of(decoded("09 05 01 00 01 08 00")).has_value());
}

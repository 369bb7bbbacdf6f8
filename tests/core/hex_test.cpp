#include "src/core/hex.hpp"

#include <doctest/doctest.h>

using namespace meterctl;

TEST_CASE("octets are written in upper case, parted as asked") {
    const Bytes octets{0x01, 0xAB, 0x00};
    CHECK(to_hex(octets) == "01 AB 00");
    CHECK(to_hex(octets, "") == "01AB00");
    CHECK(to_hex({}).empty());
}

TEST_CASE("hexadecimal is read however people paste it") {
    const Bytes expected{0x01, 0x03, 0xF7};
    for (const std::string_view text :
         {"01 03 F7", "0103f7", "01:03:F7", "01-03-f7", "0x01, 0x03, 0xF7", "\t01 03\r\n F7 ", "0X0103F7"}) {
        CAPTURE(text);
        const auto octets = from_hex(text);
        REQUIRE(octets);
        CHECK(*octets == expected);
    }
    CHECK(from_hex("")->empty());
}

TEST_CASE("what is no hexadecimal is named with its place") {
    struct Case {
        std::string_view text, what, where;
    };
    for (const Case& bad : {Case{"01 0G", "half an octet: '0' stands alone", "offset 3"},
                            Case{"01 G0", "'G' is no hexadecimal digit", "offset 3"},
                            Case{"01 3", "half an octet: '3' stands alone", "offset 3"},
                            Case{"0x", "the end is no hexadecimal digit", "offset 2"},
                            Case{"\x01", "octet 0x01 is no hexadecimal digit", "offset 0"}}) {
        CAPTURE(bad.text);
        const auto octets = from_hex(bad.text);
        REQUIRE_FALSE(octets);
        CHECK(octets.error().category == Category::usage);
        CHECK(octets.error().what == bad.what);
        CHECK(octets.error().where == bad.where);
    }
}

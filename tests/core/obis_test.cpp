#include "src/core/obis.hpp"

#include <doctest/doctest.h>

using namespace meterctl;

TEST_CASE("an OBIS code is read in each form people write") {
    struct Case {
        std::string_view text, expected;
    };
    for (const Case& row :
         {Case{"1-0:1.8.0", "1-0:1.8.0"}, Case{"1-0:1.8.0*255", "1-0:1.8.0"}, Case{"1-0:1.8.0.255", "1-0:1.8.0"},
          Case{"1.8.0", "1-0:1.8.0"}, Case{"1.0.32.7.0.255", "1-0:32.7.0"}, Case{"1-1:1.8.2*01", "1-1:1.8.2*1"},
          Case{"0-0:96.1.0", "0-0:96.1.0"}}) {
        CAPTURE(row.text);
        const auto code = Obis::parse(row.text);
        REQUIRE(code);
        CHECK(code->to_string() == row.expected);
    }
    CHECK(Obis::parse("1-0:32.7.0")->to_logical_name() == "1-0:32.7.0.255");
}

TEST_CASE("what is no OBIS code is a usage error") {
    for (const std::string_view text :
         {"", "voltage", "1-0:", "1-0:1", "1:1.8.0", "1-0:256.8.0", "1-0:1.8.0.2.3.4", "1-0:1.8.-1", "1.2.3.4.5"}) {
        CAPTURE(text);
        const auto code = Obis::parse(text);
        REQUIRE_FALSE(code);
        CHECK(code.error().category == Category::usage);
    }
}

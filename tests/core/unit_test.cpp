#include "src/core/unit.hpp"

#include <doctest/doctest.h>

using namespace meterctl;

TEST_CASE("every symbol names its own unit") {
    for (int index = 0; index <= static_cast<int>(Unit::currency); ++index) {
        const auto unit = static_cast<Unit>(index);
        CAPTURE(symbol(unit));
        CHECK(parse_unit(symbol(unit)) == unit);
    }
}

TEST_CASE("a symbol in another case is taken only where it is unambiguous") {
    CHECK(parse_unit("kwh") == Unit::kilowatt_hour);
    CHECK(parse_unit("HZ") == Unit::hertz);
    CHECK(parse_unit("Mwh") == Unit::megawatt_hour);
    CHECK_FALSE(parse_unit("mwh"));
    CHECK_FALSE(parse_unit("MV"));
    CHECK_FALSE(parse_unit("furlong"));
    CHECK(parse_unit("m3/h") == Unit::cubic_metre_per_hour);
}

TEST_CASE("units turn to their base exactly") {
    CHECK(base_of(Unit::kilowatt_hour).unit == Unit::watt_hour);
    CHECK(base_of(Unit::kilowatt_hour).exponent == 3);
    CHECK(base_of(Unit::millivolt).exponent == -3);
    CHECK(base_of(Unit::hour).unit == Unit::hour);
    CHECK(base_of(Unit::hour).exponent == 0);
}

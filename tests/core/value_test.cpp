#include "src/core/value.hpp"

#include <doctest/doctest.h>

TEST_CASE("a value made from nothing is null") { CHECK(meterctl::Value().is_null()); }

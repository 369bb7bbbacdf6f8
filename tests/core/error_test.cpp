#include "src/core/error.hpp"

#include <doctest/doctest.h>

using namespace meterctl;

TEST_CASE("each category has the documented exit code and name") {
    struct Case {
        Category category;
        int code;
        std::string_view name;
    };
    for (const Case& row : {Case{Category::partial, 1, "partial"}, Case{Category::usage, 2, "usage"},
                            Case{Category::endpoint, 3, "endpoint"}, Case{Category::timeout, 4, "timeout"},
                            Case{Category::untrusted, 5, "untrusted"}, Case{Category::refused, 6, "refused"},
                            Case{Category::rejected, 7, "rejected"}, Case{Category::verdict, 8, "verdict"},
                            Case{Category::interrupted, 130, "interrupted"}}) {
        CHECK(exit_code(row.category) == row.code);
        CHECK(category_name(row.category) == row.name);
    }
}

TEST_CASE("an error is described in one line: what, where, what to try") {
    CHECK(describe({Category::timeout, "no answer in 1.2 s", "address 1", {"the address", "the baud rate"}, ""}) ==
          "no answer in 1.2 s (address 1): try the address; the baud rate");
    CHECK(describe({Category::usage, "unknown point", "", {}, ""}) == "unknown point");
}

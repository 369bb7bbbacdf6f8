#include "src/core/text.hpp"

#include <doctest/doctest.h>

using namespace meterctl;

TEST_CASE("the distance counts edits and swapped neighbours once") {
    CHECK(edit_distance("voltage", "voltage") == 0);
    CHECK(edit_distance("votlage", "voltage") == 1);
    CHECK(edit_distance("voltage_l1", "voltage_l2") == 1);
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("the nearest names come first, far ones not at all") {
    const std::vector<std::string> names{"current_l1", "voltage_l1", "voltage_l2", "frequency", "active_energy_import"};
    CHECK(nearest("votlage_l1", names, 2) == std::vector<std::string>{"voltage_l1", "voltage_l2"});
    CHECK(nearest("energy", names) == std::vector<std::string>{"active_energy_import"});
    CHECK(nearest("xyzzy", names).empty());
}

TEST_CASE("text is split and trimmed without losing empty parts") {
    CHECK(split("a,,b,", ',') == std::vector<std::string_view>{"a", "", "b", ""});
    CHECK(split("", ',') == std::vector<std::string_view>{""});
    CHECK(trim(" \t x y \n") == "x y");
    CHECK(trim(" \n").empty());
    CHECK(to_lower("PRO380-Mod") == "pro380-mod");
}

TEST_CASE("a glob matches as in a shell") {
    struct Case {
        std::string_view pattern, text;
        bool matches;
    };
    for (const Case& row :
         {Case{"voltage_*", "voltage_l1", true}, Case{"*_l[12]", "voltage_l2", true},
          Case{"*_l[12]", "voltage_l3", false}, Case{"*_l[!12]", "voltage_l3", true}, Case{"l?", "l1", true},
          Case{"l?", "l", false}, Case{"*", "", true}, Case{"a*b*c", "aXbYbZc", true}, Case{"a*b*c", "aXbYbZ", false},
          Case{"[a-", "[a-", true}, Case{"[]]", "]", true}}) {
        CAPTURE(row.pattern);
        CAPTURE(row.text);
        CHECK(glob_match(row.pattern, row.text) == row.matches);
    }
}

// meters/schema.json and the loader know the same keys, and the schema explains each.
#include "src/catalogue/catalogue.hpp"
#include "src/catalogue/loader.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace meterctl;
using namespace meterctl::catalogue;

namespace {

std::vector<std::string> properties(const nlohmann::json& section) {
    std::vector<std::string> names;
    for (const auto& [name, value] : section.at("properties").items()) { names.push_back(name); }
    return names;
}

std::vector<std::string> sorted(std::vector<std::string> names) {
    std::sort(names.begin(), names.end());
    return names;
}

} // namespace

TEST_CASE("the schema has the loader's keys, no more and no less") {
    const auto schema = nlohmann::json::parse(schema_text());
    CHECK(sorted(properties(schema)) == sorted(known_keys("definition")));
    CHECK(schema.at("additionalProperties") == false);
    for (const auto& [name, section] : schema.at("$defs").items()) {
        CAPTURE(name);
        CHECK(sorted(properties(section)) == sorted(known_keys(name)));
        CHECK(section.at("additionalProperties") == false);
    }
    CHECK(schema.at("$defs").size() == 14);
    CHECK(known_keys("nothing").empty());
}

TEST_CASE("no two keys of a section are the same") {
    for (const char* section : {"definition", "line", "addresses", "rule", "point", "ratio", "choice", "bit", "profile",
                                "event", "client", "pulse_output", "width", "carry", "accuracy"}) {
        auto keys = sorted(known_keys(section));
        CHECK_FALSE(keys.empty());
        CHECK(std::adjacent_find(keys.begin(), keys.end()) == keys.end());
    }
}

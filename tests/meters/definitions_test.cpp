// What holds for every built-in definition, whatever its protocol.
#include "sessions/protocols.hpp"
#include "src/catalogue/catalogue.hpp"
#include "tests/meters/meter_case.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <set>

using namespace meterctl;

namespace {

const std::string folder = std::string(METERCTL_SOURCE_DIR) + "/tests/meters";

std::vector<const catalogue::Definition*> definitions() {
    static const catalogue::Catalogue catalogue;
    return catalogue.all().value();
}

} // namespace

TEST_CASE("the protocol of every definition knows its addresses, types, orders, rules and settings") {
    for (const auto* definition : definitions()) {
        CAPTURE(definition->model);
        const auto* protocol = sessions::find_protocol(definition->protocol);
        if (protocol == nullptr && definition->protocol == "dlms") { continue; } // its codec's own test validates it
        REQUIRE(protocol != nullptr);
        const auto valid = protocol->validate(*definition);
        INFO((valid ? std::string() : describe(valid.error())));
        CHECK(valid);
    }
}

TEST_CASE("every definition has a title, a maker, sources, an address, a way to identify it, and tests") {
    const auto tested = test::models_with_cases(folder);
    std::vector<std::string> models;
    for (const auto* definition : definitions()) {
        CAPTURE(definition->model);
        CHECK_FALSE(definition->maker.empty());
        CHECK_FALSE(definition->sources.empty());
        // At an optical port whoever is there answers, and a generic meter is any.
        const bool optical = definition->protocol == "iec62056-21",
                   generic = std::ranges::all_of(definition->points, &catalogue::Point::method);
        CHECK((!definition->address.empty() || optical));
        CHECK((!definition->identify.empty() || generic));
        models.push_back(definition->model);
    }
    CHECK(tested == models);
}

TEST_CASE("every point says what it is, where that comes from, and its group") {
    for (const auto* definition : definitions()) {
        for (const auto& point : definition->points) {
            CAPTURE(definition->model + " " + point.name);
            CHECK_FALSE(point.title.empty());
            CHECK_FALSE(point.source.empty());
            CHECK_FALSE(point.group.empty());
        }
    }
}

TEST_CASE("what can be written is bounded, and what cannot be taken back says why") {
    for (const auto* definition : definitions()) {
        for (const auto& point : definition->points) {
            CAPTURE(definition->model + " " + point.name);
            if (point.access == catalogue::Access::read) { continue; }
            const bool bounded_text = point.type == "text" && point.length != 0;
            const bool of_parts = point.type.starts_with("array(") || point.type.starts_with("structure(") ||
                                  point.type == "calendar"; // which has its own limits
            const bool countable = !point.method && !point.type.starts_with("date") && point.type != "clock" &&
                                   point.type != "boolean" && !of_parts;
            CHECK((!countable || bounded_text || point.choices_only || (point.minimum && point.maximum)));
            CHECK((!point.irreversible || !point.warning.empty()));
            for (const auto& choice : point.choices) { CHECK((!choice.irreversible || !choice.warning.empty())); }
        }
    }
}

TEST_CASE("a name has one unit in every definition, and one OBIS code in those that give one") {
    std::map<std::string, const catalogue::Point*> first;
    for (const auto* definition : definitions()) {
        for (const auto& point : definition->points) {
            CAPTURE(definition->model + " " + point.name);
            const auto* before = first.emplace(point.name, &point).first->second;
            if (before->obis && point.obis) { CHECK(before->obis == point.obis); }
            CHECK(base_of(before->unit).unit == base_of(point.unit).unit);
        }
    }
}

TEST_CASE("a meter cases file that is wrong is refused with its place") {
    CHECK_THROWS_WITH(test::parse_meter_cases(R"({"model": "m", "casse": []})", "f.json"),
                      doctest::Contains("f.json:1: casse"));
    CHECK_THROWS_WITH(test::parse_meter_cases(R"({"model": "m", "cases": [{"title": "t", "request": "0"}]})", "f.json"),
                      doctest::Contains("f.json:1: cases[0].request"));
    CHECK_THROWS_WITH(
        test::parse_meter_cases(
            R"({"model": "m", "cases": [{"title": "t", "request": "00", "answer": "00", "readings": {"p": []}}]})",
            "f.json"),
        doctest::Contains("a value is null"));
}

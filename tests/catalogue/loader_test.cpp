#include "src/catalogue/catalogue.hpp"
#include "src/catalogue/loader.hpp"
#include "src/catalogue/point_keys.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace meterctl;
using namespace meterctl::catalogue;

namespace {

constexpr std::string_view head = R"("model": "m", "title": "M", "protocol": "modbus")";

Result<Definition> with(std::string_view member) {
    return parse_definition(fmt::format("{{{},\n{}}}", head, member), "m.json");
}

Result<Definition> with_point(std::string_view members) {
    return with(fmt::format(R"("points": [{{"name": "p", "address": "holding:1", {}}}])", members));
}

} // namespace

TEST_CASE("a definition is read key by key") {
    const auto d = with(R"(
        "maker": "Maker", "sources": ["A: manual"], "line": {"baud": 76800, "frame": "7E2", "bauds": [76800, 300]},
        "address": "100", "addresses": {"min": 0, "max": 247},
        "identify": [[{"address": "device-id:0", "contains": "x"}], [{"address": "holding:1", "equals": ["01"], "max": 4}]],
        "settings": {"max_registers": 60, "readable": ["a:1+2", "b:3+4"], "on": true}, "default_read": "energy",
        "profiles": [{"name": "load", "title": "Load", "address": "file:1"}],
        "pulse_outputs": [{"name": "led", "quantity": "active_energy_import", "constant": 0.01, "constants": [10, 0.1],
                           "widths": [{"below_w": 5000, "ms": 40}, {"ms": 2.5}], "min_gap_ms": 30, "source": "A"}],
        "notes": ["n"], "not_public": ["map"]
    )");
    REQUIRE(d);
    CHECK(d->model == "m");
    CHECK(d->maker == "Maker");
    CHECK(d->line.baud == 76800);
    CHECK(d->line.frame == "7E2");
    CHECK(d->line.bauds == std::vector<unsigned>{76800, 300});
    CHECK(d->address == "100");
    CHECK(d->address_minimum == 0);
    CHECK(d->address_maximum == 247);
    REQUIRE(d->identify.size() == 2);
    CHECK(d->identify[0][0].contains == "x");
    CHECK(d->identify[1][0].equals == std::vector<std::string>{"01"});
    CHECK(d->identify[1][0].maximum == Decimal{4, 0});
    CHECK(d->settings.at("max_registers") == "60");
    CHECK(d->settings.at("readable") == "a:1+2, b:3+4");
    CHECK(d->settings.at("on") == "true");
    CHECK(d->default_read == "energy");
    CHECK(d->profiles.at(0).address == "file:1");
    REQUIRE(d->pulse_outputs.size() == 1);
    CHECK(d->pulse_outputs[0].constant == Decimal{1, -2});
    CHECK(d->pulse_outputs[0].widths_ms.at(0).first == Decimal{5000, 0});
    CHECK_FALSE(d->pulse_outputs[0].widths_ms.at(1).first);
    CHECK(d->pulse_outputs[0].widths_ms.at(1).second == Decimal{25, -1});
    CHECK(d->not_public == std::vector<std::string>{"map"});
    CHECK(d->origin == "m.json");
}

TEST_CASE("a point is read key by key") {
    const auto d = with_point(R"(
        "title": "P", "obis": "1-0:1.8.0", "type": "uint32", "order": "cdab", "length": 2, "scale": 0.01,
        "unit": "kWh", "access": "read_write", "write_with": "fc16", "min": -1, "max": 10, "step": 0.5,
        "choices": [{"value": 0.1, "label": "tenth", "irreversible": true, "warning": "w"}, {"value": 10}],
        "choices_only": true, "invalid": ["FFFF FFFF"], "irreversible": true, "confirm": true, "unsettled": true,
        "bits": [{"bit": 63, "name": "b", "title": "B", "fault": true, "fault_when": false}],
        "changes_line": true, "warning": "careful", "group": "setting", "applies_to": "CT", "simulate": "=1",
        "source": "S")");
    REQUIRE(d);
    const Point* p = d->find("p");
    REQUIRE(p != nullptr);
    CHECK(p->obis->to_string() == "1-0:1.8.0");
    CHECK(p->type == "uint32");
    CHECK(p->order == "cdab");
    CHECK(p->length == 2);
    CHECK(p->scale == Decimal{1, -2});
    CHECK(p->unit == Unit::kilowatt_hour);
    CHECK(p->access == Access::read_write);
    CHECK(p->write_with == "fc16");
    CHECK(p->minimum == Decimal{-1, 0});
    CHECK(p->step == Decimal{5, -1});
    REQUIRE(p->choices.size() == 2);
    CHECK(p->choices[0].value == Value(Decimal{1, -1}));
    CHECK(p->choices[0].irreversible);
    CHECK(p->choices[0].warning == "w");
    CHECK(p->choices[1].value == Value(std::int64_t{10}));
    CHECK(p->invalid == std::vector<std::string>{"FFFF FFFF"});
    CHECK(p->bits.at(0).bit == 63);
    CHECK(p->bits.at(0).is_fault);
    CHECK_FALSE(p->bits.at(0).fault_when);
    CHECK(p->choices_only);
    CHECK(p->irreversible);
    CHECK(p->confirm);
    CHECK(p->unsettled);
    CHECK(p->changes_line);
    CHECK(p->warning == "careful");
    CHECK(p->applies_to == "CT");
    CHECK(p->simulate == "=1");
    CHECK(d->find("q") == nullptr);
}

TEST_CASE("a method is a point that acts when it is written") {
    const auto d = with(R"("points": [{"name": "clock", "address": "holding:1"}],
        "methods": [{"name": "reset_energy", "address": "holding:2", "confirm": true, "warning": "all counts are lost"}])");
    REQUIRE(d);
    REQUIRE(d->points.size() == 2);
    CHECK_FALSE(d->points[0].method);
    CHECK(d->points[1].method);
    CHECK(d->points[1].access == Access::write);
    CHECK(d->points[1].confirm);
    const auto twice = with(
        R"("points": [{"name": "clock", "address": "holding:1"}], "methods": [{"name": "clock", "address": "holding:2"}])");
    REQUIRE_FALSE(twice);
    CHECK(twice.error().what == "\"clock\" is a point already");
}

TEST_CASE("decimals never pass through a double") {
    for (const char* text : {"0.1", "123456789012345678.901234567890123456", "0.30000000000000004", "0.000001"}) {
        const auto d = with_point(fmt::format(R"("scale": {})", text));
        REQUIRE(d);
        CHECK(d->points[0].scale.to_string() == text);
    }
}

TEST_CASE("a wrong definition is an error with its place, what is wrong there, and the nearest key") {
    struct Row {
        const char* member;
        const char* where;
        const char* what;
        const char* hint;
    };
    const Row rows[] = {
        {R"("pionts": [])", "m.json:2: pionts", R"(unknown key "pionts")", "points"},
        {R"("points": [{"name": "p", "adress": "x"}])", "m.json:2: points[0].adress", R"(unknown key "adress")",
         "address"},
        {"\"points\": [\n{\"name\": \"p\", \"address\": \"x\",\n\"scale\": \"0.1\"}]", "m.json:4: points[0].scale",
         "expected a number, found a text", nullptr},
        {R"("points": {})", "m.json:2: points", "expected a list, found an object", nullptr},
        {R"("points": [{"name": "p"}])", "m.json:2: points[0]", R"(the key "address" is missing)", nullptr},
        {R"("points": [{"name": "Voltage", "address": "x"}])", "m.json:2: points[0].name",
         R"("Voltage" is not snake_case)", nullptr},
        {"\"points\": [{\"name\": \"p\", \"address\": \"x\"},\n{\"name\": \"p\", \"address\": \"y\"}]",
         "m.json:3: points[1]", R"("p" is there twice, first on line 2)", nullptr},
        {R"("points": [{"name": "p", "address": "x", "unit": "KWH"}])", "m.json:2: points[0].unit",
         R"(unknown unit "KWH")", "kWh"},
        {R"("points": [{"name": "p", "address": "x", "obis": "1-0:x"}])", "m.json:2: points[0].obis",
         R"("1-0:x" is not an OBIS code)", nullptr},
        {R"("points": [{"name": "p", "address": "x", "access": "rw"}])", "m.json:2: points[0].access",
         R"("rw" is not "read", "write" or "read_write")", nullptr},
        {R"("points": [{"name": "p", "address": "x", "min": 2, "max": 1}])", "m.json:2: points[0].min",
         "min 2 is greater than max 1", nullptr},
        {R"("points": [{"name": "p", "address": "x", "step": 0}])", "m.json:2: points[0].step",
         "a step is greater than 0", nullptr},
        {R"("points": [{"name": "p", "address": "x", "max": 1, "choices": [{"value": 2}], "choices_only": true}])",
         "m.json:2: points[0].choices[0]", "the choice 2 lies outside min and max", nullptr},
        {R"("points": [{"name": "p", "address": "x", "choices": [{"value": 2}, {"value": 2.0}]}])",
         "m.json:2: points[0].choices[1]", "the choice 2.0 is there twice", nullptr},
        {R"("points": [{"name": "p", "address": "x", "choices": [{"value": 1, "label": "a"}, {"value": 2, "label": "a"}]}])",
         "m.json:2: points[0].choices[1]", R"(the label "a" is there twice)", nullptr},
        {R"("points": [{"name": "p", "address": "x", "choices_only": true}])", "m.json:2: points[0].choices_only",
         "there are no choices to keep to", nullptr},
        {R"("points": [{"name": "p", "address": "x", "invalid": ["FFF"]}])", "m.json:2: points[0].invalid[0]",
         R"("FFF" is not octets in hex)", nullptr},
        {R"("points": [{"name": "p", "address": "x", "bits": [{"bit": 64, "name": "b"}]}])",
         "m.json:2: points[0].bits[0].bit", "a bit is numbered from 0 to 63", nullptr},
        {R"("points": [{"name": "p", "address": "x", "length": -1}])", "m.json:2: points[0].length",
         "-1 is not a whole number from 0 to 4294967295", nullptr},
        {R"("points": [{"name": "p", "address": "x", "length": 1.5}])", "m.json:2: points[0].length",
         "1.5 is not a whole number from 0 to 4294967295", nullptr},
        {R"("line": {"frame": "8E3"})", "m.json:2: line.frame", R"("8E3" is not a character frame)", nullptr},
        {R"("line": {"bauds": [9600, 0]})", "m.json:2: line.bauds[1]", "a baud rate is greater than 0", nullptr},
        {R"("addresses": {"min": 2, "max": 1})", "m.json:2: addresses", "min is greater than max", nullptr},
        {R"("identify": [[{"address": "server-id"}]])", "m.json:2: identify[0][0]", "the rule asks nothing", nullptr},
        {R"("settings": {"a": {"b": 1}})", "m.json:2: settings.a.b",
         "a setting is a text, a number, true, false, or a list of these", nullptr},
        {R"("extends": "No Model")", "m.json:2: extends", R"("No Model" is not a model name)", nullptr},
    };
    for (const Row& row : rows) {
        CAPTURE(std::string(row.member));
        const auto d = with(row.member);
        REQUIRE_FALSE(d);
        CHECK(d.error().category == Category::usage);
        CHECK(d.error().where == row.where);
        CHECK(d.error().what == row.what);
        if (row.hint != nullptr) {
            REQUIRE_FALSE(d.error().hints.empty());
            CHECK(d.error().hints[0] == row.hint);
        }
    }
}

TEST_CASE("a definition that extends none needs model, title and protocol") {
    for (const char* json : {R"({"title": "T", "protocol": "p"})", R"({"model": "m", "protocol": "p"})",
                             R"({"model": "m", "title": "T"})", "{}"}) {
        const auto d = parse_definition(json, "m.json");
        REQUIRE_FALSE(d);
        CHECK(d.error().what.ends_with("is missing"));
        CHECK(d.error().where == "m.json:1");
    }
    CHECK(parse_definition(R"({"extends": "m"})", "m.json"));
    CHECK_FALSE(parse_definition("[]", "m.json"));
}

TEST_CASE("comments are ignored, and unknown keys that only look like one are not") {
    CHECK(with(R"("$comment": ["one", "two"])"));
    CHECK(with(R"("$comment": "one")"));
    CHECK_FALSE(with(R"("$comment": 1)"));
    CHECK_FALSE(with(R"("comment": "one")"));
}

TEST_CASE("a definition applied to another replaces what it names and keeps the rest") {
    auto d = with(R"("address": "1", "line": {"baud": 1200, "frame": "8E1"}, "settings": {"a": 1, "b": 2},
                     "sources": ["A"], "notes": ["one"], "not_public": ["map"],
                     "points": [{"name": "p", "address": "x", "unit": "V"}, {"name": "q", "address": "y"}])");
    REQUIRE(d);
    const auto applied = apply_definition(R"({"line": {"baud": 300}, "settings": {"b": 3}, "not_public": [],
                                              "sources": ["B"], "notes": ["two"],
                                              "points": [{"name": "r", "address": "z"}, {"name": "p", "address": "w"}]})",
                                          "more.json", *d);
    REQUIRE(applied);
    CHECK(d->address == "1");
    CHECK(d->line.baud == 300);
    CHECK(d->line.frame == "8E1");
    CHECK(d->settings.at("a") == "1");
    CHECK(d->settings.at("b") == "3");
    CHECK(d->sources == std::vector<std::string>{"A", "B"});
    CHECK(d->notes == std::vector<std::string>{"one", "two"});
    CHECK(d->not_public.empty());
    REQUIRE(d->points.size() == 3);
    CHECK(d->points[0].address == "w");
    CHECK(d->points[0].unit == Unit::none);
    CHECK(d->points[2].name == "r");
    CHECK(d->origin == "more.json");
}

TEST_CASE("names are snake_case") {
    for (const char* good : {"p", "voltage_l1", "active_energy_import_t1", "a1_2"}) { CHECK(is_snake_case(good)); }
    for (const char* bad : {"", "1a", "_a", "a_", "a__b", "A", "a-b", "a b", "ä"}) { CHECK_FALSE(is_snake_case(bad)); }
}

#include "src/catalogue/json_tree.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::catalogue;

TEST_CASE("every value of a JSON text knows its line") {
    const auto source = parse_tree("{\n"
                                   "  \"a\": 1,\n"
                                   "  \"b\": [\n"
                                   "    true,\n"
                                   "    {\"c\": \"text\"}\n"
                                   "  ],\n"
                                   "  \"d\": 2.5\n"
                                   "}\n",
                                   "f.json");
    REQUIRE(source);
    const Node& root = source->root;
    CHECK(root.line == 1);
    CHECK(root.member("a")->line == 2);
    CHECK(root.member("b")->line == 3);
    CHECK(root.member("b")->children[0].line == 4);
    CHECK(root.member("b")->children[1].member("c")->line == 5);
    CHECK(root.member("d")->line == 7);
    CHECK(root.member("e") == nullptr);
}

TEST_CASE("a path leads from the root to a value") {
    const auto source = parse_tree(R"({"points": [{}, {"scale": 1}]})", "f.json");
    REQUIRE(source);
    const Node& scale = *source->root.member("points")->children[1].member("scale");
    CHECK(source->path_of(scale) == "points[1].scale");
    CHECK(source->path_of(source->root).empty());
    CHECK(source->error(scale, "wrong").where == "f.json:1: points[1].scale");
}

TEST_CASE("numbers are kept as written") {
    for (const char* number : {"0.1", "1e-3", "123456789012345.678901", "0.30000000000000004", "-2.50", "12"}) {
        const auto source = parse_tree(number, "f.json");
        REQUIRE(source);
        CHECK(source->root.kind == Node::Kind::number);
        CHECK(source->root.text == number);
    }
}

TEST_CASE("what is not JSON is an error that names the line") {
    struct Row {
        const char* json;
        const char* where;
        const char* what;
    };
    const Row rows[] = {
        {"", "f.json:1", "not valid JSON"},
        {"{\n  \"a\": 1\n  \"b\": 2\n}", "f.json:3", "not valid JSON"},
        {"{\n  \"a\": 01\n}", "f.json:2", "not valid JSON"},
        {"{\"a\": 1", "f.json:1", "not valid JSON"},
        {"{\"a\": 1}\n}", "f.json:2", "not valid JSON"},
        {"{\"a\": \"\xFF\"}", "f.json:1", "not valid JSON"},
        {"{\n\"a\": 1,\n\"a\": 2}", "f.json:3", "duplicate key \"a\", first on line 2"},
        {"[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", "f.json:1", "nested deeper than 16 levels"},
    };
    for (const Row& row : rows) {
        CAPTURE(std::string(row.json));
        const auto source = parse_tree(row.json, "f.json");
        REQUIRE_FALSE(source);
        CHECK(source.error().category == Category::usage);
        CHECK(source.error().where == row.where);
        CHECK(source.error().what.find(row.what) == 0);
    }
}

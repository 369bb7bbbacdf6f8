#include "src/catalogue/inventory.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::catalogue;

namespace {

constexpr std::string_view two_meters = R"({
  "targets": {
    "kitchen": {"endpoint": "tcp://10.0.0.5:502", "address": "7", "retries": 4},
    "cellar": {"endpoint": "/dev/ttyUSB0", "meter": "dts307-modbus"}
  },
  "defaults": {"meter": "pro380-mod", "timeout": "2s"}
})";

} // namespace

TEST_CASE("an inventory names targets, and its defaults fill what they leave open") {
    const auto inventory = parse_inventory(two_meters, "inventory.json");
    REQUIRE(inventory.has_value());
    const auto kitchen = inventory->find("kitchen");
    REQUIRE(kitchen.size() == 1);
    CHECK(kitchen[0]->endpoint == "tcp://10.0.0.5:502");
    CHECK(kitchen[0]->meter == "pro380-mod");
    CHECK(kitchen[0]->address == "7");
    CHECK(kitchen[0]->retries == 4U);
    const auto cellar = inventory->find("cellar");
    REQUIRE(cellar.size() == 1);
    CHECK(cellar[0]->meter == "dts307-modbus");
    CHECK(cellar[0]->timeout == "2s");
}

TEST_CASE("a glob finds all that match, in the order of the file") {
    const auto inventory = parse_inventory(two_meters, "inventory.json");
    REQUIRE(inventory.has_value());
    const auto all = inventory->find("*");
    REQUIRE(all.size() == 2);
    CHECK(all[0]->name == "kitchen");
    CHECK(inventory->find("c*").size() == 1);
    CHECK(inventory->find("attic").empty());
}

TEST_CASE("what is wrong in an inventory is told with its line and the nearest key") {
    struct Row {
        std::string_view json;
        std::string_view where, what;
    };
    const Row rows[] = {
        {"{\"targets\": {\n \"a\": {\"endpoint\": \"sim:\", \"meters\": \"x\"}}}", "inventory.json:2", "meters"},
        {"{\"targets\": {\n\"a\": {\"meter\": \"x\"}}}", "inventory.json:2", "\"endpoint\" is missing"},
        {"{\"targets\": {\"a/b\": {\"endpoint\": \"sim:\"}}}", "inventory.json:1", "cannot name a target"},
        {"{\"target\": {}}", "inventory.json:1", "target"},
        {"{", "inventory.json:1", ""},
    };
    for (const Row& row : rows) {
        const auto inventory = parse_inventory(row.json, "inventory.json");
        REQUIRE_FALSE(inventory.has_value());
        CHECK(inventory.error().category == Category::usage);
        CHECK_MESSAGE(inventory.error().where.find(row.where) != std::string::npos, describe(inventory.error()));
        CHECK_MESSAGE(inventory.error().what.find(row.what) != std::string::npos, describe(inventory.error()));
    }
}

TEST_CASE("an inventory that cannot be read is a usage error") {
    const auto inventory = load_inventory("no/such/inventory.json");
    REQUIRE_FALSE(inventory.has_value());
    CHECK(inventory.error().category == Category::usage);
}

// The registers of a real PRO380-Mod, read in three blocks, where the folder of further vectors has them.
#include "src/catalogue/catalogue.hpp"
#include "src/catalogue/json_tree.hpp"
#include "tests/meters/modbus_readings.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

using namespace meterctl;
using catalogue::Node;

namespace {

/// Names in the vectors that stand for several points, or for one that we call otherwise.
const std::map<std::string, std::vector<std::string>> renamed = {
    {"ct_ratio", {"ct_primary"}},
    {"current_direction", {"current_direction_l1", "current_direction_l2", "current_direction_l3"}},
    {"quadrant", {"quadrant", "quadrant_l1", "quadrant_l2", "quadrant_l3"}},
    {"display_status", {}},
};

std::map<std::string, std::string> expected_texts(const Node& expect) {
    std::map<std::string, std::string> texts;
    for (const Node& member : expect.children) {
        const auto other = renamed.find(member.key);
        const auto names = other != renamed.end() ? other->second : std::vector{member.key};
        for (std::size_t i = 0; i < names.size(); ++i) {
            texts[names[i]] = member.kind == Node::Kind::list ? member.children.at(i).text : member.text;
        }
    }
    return texts;
}

bool agrees(const Reading& reading, const std::string& expected) {
    const auto number = reading.value.number();
    const auto wanted = Decimal::parse(expected);
    if (number && wanted && *number == *wanted) { return true; }
    return reading.value.to_string() == expected || reading.text == expected;
}

void check_meter(const Node& vector) {
    const catalogue::Catalogue catalogue;
    const auto& meter = **catalogue.find("pro380-mod");
    auto expected = expected_texts(*vector.member("expect"));
    for (const Node& block : vector.member("blocks")->children) {
        std::vector<std::uint16_t> registers;
        for (const Node& word : block.member("registers")->children) {
            registers.push_back(static_cast<std::uint16_t>(std::stoul(word.text)));
        }
        const auto first = static_cast<std::uint16_t>(std::stoul(block.member("start")->text));
        for (const Reading& reading :
             test::readings_in_block(meter, codecs::modbus::Table::holding, first, registers)) {
            CAPTURE(reading.name);
            CAPTURE(reading.value.to_string());
            REQUIRE(expected.contains(reading.name));
            CHECK(agrees(reading, expected.at(reading.name)));
            expected.erase(reading.name);
        }
    }
    CHECK(expected.empty());
}

} // namespace

TEST_CASE("every register of a real PRO380-Mod reads as its owner's program read it") {
    const std::filesystem::path file = std::filesystem::path(METERCTL_EXTRA_VECTORS) / "modbus/pro380.json";
    if (!std::filesystem::exists(file)) {
        MESSAGE("skipped: the vectors have no modbus/pro380.json");
        return;
    }
    std::ifstream stream(file);
    const std::string json{std::istreambuf_iterator<char>(stream), {}};
    const auto source = catalogue::parse_tree(json, file.string());
    REQUIRE(source);
    for (const Node& vector : source->root.children) {
        if (vector.member("blocks") != nullptr) { check_meter(vector); }
    }
}

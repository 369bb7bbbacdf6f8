#include "codecs/modbus/point.hpp"
#include "src/catalogue/catalogue.hpp"
#include "tests/codecs/modbus/vectors.hpp"

#include <cmath>
#include <doctest/doctest.h>

namespace modbus = meterctl::codecs::modbus;
namespace catalogue = meterctl::catalogue;
using meterctl::Category;
using meterctl::Decimal;
using meterctl::Unit;
using meterctl::Value;
using modbus::Table;
using Words = std::vector<std::uint16_t>;

namespace {

catalogue::Point point(std::string address, std::string type) {
    catalogue::Point made;
    made.name = "tested";
    made.address = std::move(address);
    made.type = std::move(type);
    return made;
}

catalogue::Definition with(catalogue::Point one) {
    catalogue::Definition definition;
    definition.model = "test";
    definition.points.push_back(std::move(one));
    return definition;
}

} // namespace

TEST_CASE("a point that no definition names is read from its text") {
    struct Case {
        std::string_view text;
        Table table;
        std::uint16_t first, count;
        std::string_view type;
        modbus::Order order;
    };
    const std::vector<Case> cases{
        {"holding:0x5002:float32", Table::holding, 0x5002, 2, "float32", {}},
        {"holding:20482:float32:cdab", Table::holding, 0x5002, 2, "float32", {true, false}},
        {"input:30:uint32:cdab", Table::input, 30, 2, "uint32", {true, false}},
        {"holding:0x10:ascii:8", Table::holding, 16, 8, "ascii", {}},
        {"holding:0x10:ascii:8:ba", Table::holding, 16, 8, "ascii", {false, true}},
        {"coil:1", Table::coil, 1, 1, "bool", {}},
        {"discrete:0", Table::discrete, 0, 1, "bool", {}},
        {"holding:5", Table::holding, 5, 1, "uint16", {}},
        {"ref:420483:float32", Table::holding, 20482, 2, "float32", {}},
        {"ref:40001", Table::holding, 0, 1, "uint16", {}},
        {"ref:30031:uint32:cdab", Table::input, 30, 2, "uint32", {true, false}},
        {"ref:00002", Table::coil, 1, 1, "bool", {}},
        {"4x20483:float32", Table::holding, 20482, 2, "float32", {}},
        {"3x1", Table::input, 0, 1, "uint16", {}},
        {"holding:65535", Table::holding, 65535, 1, "uint16", {}},
    };
    for (const auto& one : cases) {
        CAPTURE(one.text);
        CHECK(modbus::is_ad_hoc_point(one.text));
        const auto made = modbus::ad_hoc_point(one.text);
        REQUIRE(made.has_value());
        const auto at = modbus::point_address(*made).value();
        CHECK(at.table == one.table);
        CHECK(at.first == one.first);
        CHECK(at.count == one.count);
        CHECK(at.type->name == one.type);
        CHECK(at.order == one.order);
        const auto again = modbus::ad_hoc_point(made->name);
        REQUIRE(again.has_value());
        CHECK(again->name == made->name);
    }
    CHECK(modbus::ad_hoc_point("4x20483:float32:cdab")->name == "holding:0x5002:float32:cdab");
    CHECK_FALSE(modbus::is_ad_hoc_point("voltage_l1"));
    CHECK_FALSE(modbus::is_ad_hoc_point("device-id:0"));
}

TEST_CASE("a text that is no point is refused before anything is sent") {
    for (const std::string_view text : {"holding",
                                        "holding:",
                                        "holding:x",
                                        "holding:65536",
                                        "holding:-1",
                                        "holding:0x10000",
                                        "holding:65535:uint32",
                                        "holding:1:float",
                                        "holding:1:uint32:abdc",
                                        "holding:1:ascii",
                                        "holding:1:ascii:126",
                                        "holding:1:uint16:2",
                                        "coil:1:uint16",
                                        "ref:4001",
                                        "ref:20001",
                                        "ref:40000",
                                        "ref:465537",
                                        "4x0",
                                        "4x65537",
                                        "5x1",
                                        "register:1",
                                        "holding:1:uint16:ab:xy",
                                        "input:0x"}) {
        CAPTURE(text);
        const auto made = modbus::ad_hoc_point(text);
        REQUIRE_FALSE(made.has_value());
        CHECK(made.error().category == Category::usage);
        CHECK_FALSE(made.error().what.empty());
    }
}

TEST_CASE("a reading is scaled, labelled, and keeps the octets it came from") {
    auto one = point("holding:0x0010", "int16");
    one.scale = Decimal{1, -2};
    one.unit = Unit::ampere;
    const auto reading = modbus::decode_point(one, Words{0xFFF4}).value();
    CHECK(reading.name == "tested");
    CHECK(reading.value.to_string() == "-0.12");
    CHECK(reading.unit == Unit::ampere);
    CHECK(reading.address == "holding:0x0010");
    CHECK(reading.raw == meterctl::Bytes{0xFF, 0xF4});
    CHECK(modbus::encode_point(one, Value(Decimal{-12, -2})).value() == Words{0xFFF4});
    CHECK_FALSE(modbus::encode_point(one, Value(Decimal{-125, -3})).has_value());

    one = point("holding:0x4011", "uint16");
    one.choices = {{Value(std::int64_t{1}), "even", false, {}}, {Value(std::int64_t{2}), "none", false, {}}};
    CHECK(modbus::decode_point(one, Words{2})->text == "none");
    CHECK(modbus::decode_point(one, Words{3})->text.empty());
    CHECK(modbus::encode_point(one, Value(std::string("Even"))).value() == Words{1});
    CHECK_FALSE(modbus::encode_point(one, Value(std::string("odd"))).has_value());
}

TEST_CASE("a pattern that means not available is null with a flag") {
    auto one = point("holding:0", "int32");
    one.order = "cdab";
    one.invalid = {"80000000", "FFFFFFFF"};
    const auto reading = modbus::decode_point(one, Words{0x0000, 0x8000}).value();
    CHECK(reading.value.is_null());
    CHECK(reading.flags == std::vector<std::string>{"not_available"});
    CHECK(reading.raw == meterctl::Bytes{0, 0, 0x80, 0});
    CHECK(modbus::decode_point(one, Words{0x8000, 0x0000})->value == Value(std::int64_t{0x8000}));
}

TEST_CASE("bits of a status word are named, and those that are faults are flagged") {
    auto one = point("holding:0x401D", "hex32");
    one.bits = {{20, "program_ok", "Program", false, true}, {16, "eeprom_ok", "EEPROM", false, true}};
    const auto reading = modbus::decode_point(one, Words{0x0010, 0x0000}).value();
    CHECK(reading.value == Value(std::string("00100000")));
    CHECK(reading.text == "program_ok");
    CHECK(reading.flags == std::vector<std::string>{"fault:eeprom_ok"});
}

TEST_CASE("a coil is a bool, read and written as 0 or 1") {
    const auto one = point("coil:7", "bool");
    CHECK(modbus::decode_point(one, Words{1})->value == Value(true));
    CHECK(modbus::encode_point(one, Value(false)).value() == Words{0});
    CHECK_FALSE(modbus::decode_point(one, Words{1, 0}).has_value());
}

TEST_CASE("an identify rule reads registers, an object, or the server id") {
    using Kind = modbus::IdentifyAddress::Kind;
    catalogue::IdentifyRule rule;
    rule.address = "holding:0x4002";
    rule.type = "hex16";
    auto found = modbus::identify_address(rule).value();
    CHECK(found.kind == Kind::registers);
    CHECK(found.registers.first == 0x4002);
    CHECK(modbus::decode_point(found.point, Words{0x0102})->value == Value(std::string("0102")));
    rule = {};
    rule.address = "device-id:0x80";
    found = modbus::identify_address(rule).value();
    CHECK(found.kind == Kind::device_id);
    CHECK(found.object == 0x80);
    rule.address = "server-id";
    CHECK(modbus::identify_address(rule)->kind == Kind::server_id);
    for (const char* const text : {"device-id:256", "device-id:", "server", "holding:x"}) {
        rule.address = text;
        CHECK_FALSE(modbus::identify_address(rule).has_value());
    }
}

TEST_CASE("settings are read, and what is unknown or out of range is named") {
    catalogue::Definition definition;
    definition.settings = {{"max_registers", "75"},
                           {"max_gap", "8"},
                           {"readable", "holding:0x4000+32, input:0+10"},
                           {"pause_ms", "5"},
                           {"answer_ms", "300"}};
    const auto read = modbus::settings(definition).value();
    CHECK(read.max_registers == 75);
    CHECK(read.max_gap == 8);
    CHECK(read.readable == std::vector<modbus::Block>{{Table::holding, 0x4000, 32}, {Table::input, 0, 10}});
    CHECK(read.pause == std::chrono::milliseconds(5));
    CHECK(read.answer == std::chrono::milliseconds(300));
    const std::vector<std::pair<std::string, std::string>> wrong{
        {"max_registers", "126"}, {"max_registers", "0"},          {"max_register", "5"}, {"readable", "holding:1"},
        {"readable", ""},         {"readable", "holding:65535+2"}, {"answer_ms", "-1"},   {"pause_ms", "1s"}};
    for (const auto& [name, text] : wrong) {
        CAPTURE(name);
        CAPTURE(text);
        definition.settings = {{name, text}};
        CHECK(modbus::settings(definition).error().category == Category::usage);
    }
}

TEST_CASE("a definition that cannot work is refused and the error names the point") {
    std::vector<catalogue::Point> broken;
    broken.push_back(point("holding:0x5002", "float23"));
    broken.push_back(point("holding", "uint16"));
    broken.push_back(point("holding:1:float32", "float32"));
    broken.push_back(point("coil:1", "uint16"));
    broken.push_back(point("input:1", "uint16"));
    broken.back().access = catalogue::Access::read_write;
    broken.push_back(point("holding:1", "float32"));
    broken.back().write_with = "fc06";
    broken.push_back(point("holding:1", "uint16"));
    broken.back().write_with = "fc05";
    broken.push_back(point("holding:1", "uint16"));
    broken.back().invalid = {"FFFFFFFF"};
    broken.push_back(point("holding:1", "uint16"));
    broken.back().bits = {{16, "too_far", "", true, false}};
    broken.push_back(point("holding:1", "uint16"));
    broken.back().choices = {{Value(std::int64_t{70000}), "", false, {}}};
    broken.push_back(point("holding:1", "uint16"));
    broken.back().scale = Decimal{0, 0};
    broken.push_back(point("device-id:x", "text"));
    for (const auto& one : broken) {
        CAPTURE(one.address);
        CAPTURE(one.type);
        const auto checked = modbus::validate(with(one));
        REQUIRE_FALSE(checked.has_value());
        CHECK(checked.error().category == Category::usage);
        CHECK(checked.error().where.find("tested") != std::string::npos);
    }
    CHECK(modbus::validate(with(point("server-id", "text"))).has_value());
    CHECK(modbus::validate(with(point("holding:1", "float64"))).has_value());
}

TEST_CASE("every built-in Modbus definition is valid") {
    unsigned checked = 0;
    for (const auto model : catalogue::builtin_models()) {
        const auto definition = catalogue::parse_definition(catalogue::builtin_text(model), model);
        REQUIRE(definition.has_value());
        if (definition->protocol != "modbus") { continue; }
        const auto valid = modbus::validate(*definition);
        CAPTURE(model);
        if (!valid) { FAIL_CHECK(meterctl::describe(valid.error())); }
        ++checked;
    }
    CHECK(checked > 0);
}

TEST_CASE("a whole PRO380 reads as its vectors expect") {
    const auto vectors = modbus_vectors::extra("pro380.json");
    const auto definition = catalogue::parse_definition(catalogue::builtin_text("pro380-mod"), "pro380-mod").value();
    unsigned compared = 0;
    for (const auto& vector : vectors) {
        for (const auto& block : vector.entry.at("blocks")) {
            const auto start = block.at("start").get<unsigned>();
            const auto words = block.at("registers").get<Words>();
            for (const auto& one : definition.points) {
                const auto at = modbus::point_address(one).value();
                const bool inside = at.first >= start && at.first + at.count <= start + words.size();
                if (!inside || !vector.expect.contains(one.name) || vector.expect.at(one.name).is_array()) { continue; }
                CAPTURE(one.name);
                const auto reading = modbus::decode_point(one, std::span(words).subspan(at.first - start, at.count));
                REQUIRE(reading.has_value());
                const auto& expected = vector.expect.at(one.name);
                if (expected.is_string()) {
                    CHECK((reading->value.to_string() == expected.get<std::string>() ||
                           reading->text == expected.get<std::string>()));
                } else {
                    const auto number = Decimal::parse(expected.dump()).value();
                    CHECK(reading->value.number() == number);
                }
                const auto back = modbus::encode_point(one, reading->value);
                REQUIRE(back.has_value());
                CHECK(std::ranges::equal(*back, std::span(words).subspan(at.first - start, at.count)));
                ++compared;
            }
        }
    }
    CHECK((vectors.empty() || compared > 60));
}

#include "commands/selection.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::commands;
using catalogue::Access;

namespace {

catalogue::Point point(std::string name, std::string group, Access access = Access::read) {
    catalogue::Point made;
    made.name = std::move(name);
    made.group = std::move(group);
    made.address = "holding:0";
    made.type = "uint16";
    made.access = access;
    return made;
}

catalogue::Definition meter() {
    catalogue::Definition made;
    made.model = "test-meter";
    made.protocol = "modbus";
    made.points = {point("voltage_l1", "measurement"), point("voltage_l2", "measurement"), point("energy", "energy"),
                   point("reset", "setting", Access::write), point("parity", "setting", Access::read_write)};
    return made;
}

std::vector<std::string> names_of(const Result<std::vector<catalogue::Point>>& points) {
    std::vector<std::string> names;
    for (const catalogue::Point& one : points.value()) { names.push_back(one.name); }
    return names;
}

struct Fixture {
    catalogue::Definition definition = meter();
    const sessions::Protocol& protocol = *sessions::find_protocol("modbus");

    Result<std::vector<catalogue::Point>> select(const std::vector<std::string>& names, bool with_meter = true) {
        Target target;
        target.name = "sim:";
        if (with_meter) { target.meter = &definition; }
        return select_points(target, protocol, names);
    }
};

using Names = std::vector<std::string>;

} // namespace

TEST_CASE_FIXTURE(Fixture, "names, globs and groups select points in the order named, each once") {
    CHECK(names_of(select({"energy", "voltage_l1"})) == Names{"energy", "voltage_l1"});
    CHECK(names_of(select({"voltage_*", "voltage_l1"})) == Names{"voltage_l1", "voltage_l2"});
    CHECK(names_of(select({"measurement"})) == Names{"voltage_l1", "voltage_l2"});
    CHECK(names_of(select({"Voltage-L1"})) == Names{"voltage_l1"});
}

TEST_CASE_FIXTURE(Fixture, "without names all that can be read is read, or what the model reads by default") {
    CHECK(names_of(select({})) == Names{"voltage_l1", "voltage_l2", "energy", "parity"});
    definition.default_read = "measurement";
    CHECK(names_of(select({})) == Names{"voltage_l1", "voltage_l2"});
}

TEST_CASE_FIXTURE(Fixture, "a group leaves out what can only be written") {
    CHECK(names_of(select({"setting"})) == Names{"parity"});
}

TEST_CASE_FIXTURE(Fixture, "points in the protocol's own terms need no model") {
    const auto points = select({"holding:0x5002:float32"}, false);
    REQUIRE(points.has_value());
    CHECK(points->front().type == "float32");
}

TEST_CASE_FIXTURE(Fixture, "what cannot be selected is a usage error that says what can") {
    struct Row {
        Names names;
        bool with_meter;
        std::string what, hint;
    };
    const std::vector<Row> rows{
        {{"voltage_11"}, true, "\"voltage_11\"", "voltage_l1"},
        {{"xyzzy"}, true, "\"xyzzy\"", "`meterctl meters test-meter`"},
        {{"reset"}, true, "can be written, but not read", ""},
        {{"voltage_l1"}, false, "without a model", "--meter MODEL"},
        {{}, false, "no point is named", "--meter MODEL"},
        {{"holding:70000"}, true, "", ""},
    };
    for (const Row& row : rows) {
        const auto points = select(row.names, row.with_meter);
        REQUIRE_FALSE(points.has_value());
        CHECK(points.error().category == Category::usage);
        CHECK_MESSAGE(points.error().what.find(row.what) != std::string::npos, points.error().what);
        CHECK_MESSAGE(describe(points.error()).find(row.hint) != std::string::npos, describe(points.error()));
    }
}

TEST_CASE_FIXTURE(Fixture, "of a command, those points are named that show what came of it") {
    definition.points.push_back(point("reset_state", "status"));
    definition.points.push_back(point("reset_now", "setting", Access::write));
    const auto points = select({"reset"});
    REQUIRE_FALSE(points.has_value());
    CHECK(points.error().hints == Names{"reset_state"});
}

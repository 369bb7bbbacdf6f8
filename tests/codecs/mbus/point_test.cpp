#include "codecs/mbus/point.hpp"

#include "codecs/mbus/frame.hpp"
#include "tests/codecs/mbus/streams.hpp"

#include <doctest/doctest.h>

using namespace mbus_streams;
using mbus_vectors::octets;
using meterctl::Decimal;
using meterctl::Unit;
using meterctl::Value;

namespace {

namespace mbus = meterctl::codecs::mbus;
using Kind = mbus::PointAddress::Kind;

meterctl::catalogue::Point point_at(std::string name, std::string address, Unit unit = Unit::none) {
    meterctl::catalogue::Point point;
    point.name = std::move(name);
    point.address = std::move(address);
    point.unit = unit;
    return point;
}

TEST_CASE("points are named by record header, number, or part of the header") {
    CHECK(mbus::parse_point_address("drh:4BFD47")->header == octets("4BFD47"));
    CHECK(mbus::parse_point_address("drh:4b fd 47")->header == octets("4BFD47"));
    CHECK(mbus::parse_point_address("record:3")->number == 3);
    CHECK(mbus::parse_point_address("header:id")->kind == Kind::part);
    CHECK(mbus::parse_point_address("link:address")->kind == Kind::primary);
    for (const char* const wrong : {"drh:", "drh:4BFD", "drh:0F", "drh:0C0400", "drh:XY", "record:0", "record:x",
                                    "record:", "header:colour", "holding:1", "4BFD47"}) {
        CAPTURE(wrong);
        const auto address = mbus::parse_point_address(wrong);
        REQUIRE_FALSE(address.has_value());
        CHECK(address.error().category == meterctl::Category::usage);
    }
}

TEST_CASE("a definition names the records of an answer, in its own units") {
    meterctl::catalogue::Definition meter;
    meter.model = "made-up";
    meter.points = {point_at("active_energy_import", "drh:0C04", Unit::kilowatt_hour),
                    point_at("active_energy_export", "drh:2C04", Unit::kilowatt_hour),
                    point_at("voltage_l1", "drh:4BFD47", Unit::volt),
                    point_at("voltage_l2", "drh:8B01FD47", Unit::volt),
                    point_at("third", "record:3", Unit::volt),
                    point_at("serial_number", "header:id")};
    const auto frame = *mbus::encode_long(
        0x08, 1, 0x72, octets("78563412 CD25 01 02 01 00 0000 0C0456341200 2C0478000000 4BFD47123002 1F0102"));
    const auto frames = whole(frame, &meter);
    REQUIRE(frames.size() == 1);
    const auto& readings = frames[0].readings;
    REQUIRE(readings.size() == 5);
    CHECK(readings[0].name == "active_energy_import");
    CHECK(readings[0].value.number() == Decimal{123456, -2});
    CHECK(readings[0].unit == Unit::kilowatt_hour);
    CHECK(readings[1].value.number() == Decimal{78, -2});
    CHECK(readings[2].name == "voltage_l1");
    CHECK(readings[2].value.to_string() == "230.12");
    CHECK(readings[3].name == "third");
    CHECK(readings[3].value.to_string() == "230.12");
    CHECK(readings[4].value == Value(std::string("12345678")));
}

TEST_CASE("record numbers go on in the next telegram of a readout") {
    meterctl::catalogue::Definition meter;
    meter.points = {point_at("second", "record:2", Unit::cubic_metre)};
    const auto telegram = [](const char* records) {
        return *mbus::encode_long(0x08, 1, 0x72, octets(std::string("78563412 CD25 01 07 01 00 0000") + records));
    };
    const auto frames = whole(joined({telegram("0413010000001F"), telegram("041302000000")}), &meter);
    REQUIRE(frames.size() == 2);
    CHECK(frames[0].readings.empty());
    REQUIRE(frames[1].readings.size() == 1);
    CHECK(frames[1].readings[0].value.to_string() == "0.002");
}

TEST_CASE("a definition with a point, a rule or a setting that is none is refused by name") {
    const auto refusal = [](auto change) {
        meterctl::catalogue::Definition meter;
        meter.model = "made-up";
        meter.points = {point_at("energy", "drh:0C04")};
        change(meter);
        const auto checked = mbus::validate(meter);
        return checked ? std::string() : checked.error().what + " | " + checked.error().where;
    };
    CHECK(refusal([](auto&) {}).empty());
    CHECK(refusal([](auto& meter) { meter.points[0].address = "drh:0F"; }).find("energy") != std::string::npos);
    CHECK_FALSE(refusal([](auto& meter) { meter.identify = {{{"holding:1", {}, {}, {}, {}, {}}}}; }).empty());
    CHECK_FALSE(refusal([](auto& meter) { meter.settings["max_registers"] = "5"; }).empty());
    CHECK_FALSE(refusal([](auto& meter) { meter.settings["readout_XYZ"] = "energy"; }).empty());
    CHECK(refusal([](auto& meter) { meter.settings["readout_B4"] = "energy"; }).empty());
}

} // namespace

// A definition that is written reads as the same definition.
#include "src/output/definition_text.hpp"

#include "src/catalogue/catalogue.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <sstream>

using namespace meterctl;

namespace {

catalogue::Definition made() {
    catalogue::Definition meter;
    meter.model = "my-meter";
    meter.title = "A \"meter\" für Strom";
    meter.sources = {"O: read from tcp://10.0.0.5 at 2026-11-21T02:15:00Z"};
    meter.protocol = "dlms";
    meter.line.baud = 9600;
    meter.line.frame = "8N1";
    meter.address = "1";
    meter.settings = {{"physical", "17"}};
    for (const char* name : {"active_energy_import", "object_0_0_96_13_0"}) {
        catalogue::Point point;
        point.name = name;
        point.address = "3:1-0:1.8.0.255:2";
        point.unit = Unit::watt_hour;
        point.group = "energy";
        point.source = "O";
        meter.points.push_back(point);
    }
    meter.points[0].obis = Obis::parse("1-0:1.8.0").value();
    meter.points[1].access = catalogue::Access::read_write;
    meter.points[1].type = "double-long-unsigned";
    meter.points[1].unsettled = true;
    catalogue::Profile profile;
    profile.name = "load_profile_1";
    profile.address = "7:1-0:99.1.0.255:2";
    profile.columns.assign(20, "active_energy_import");
    profile.period_s = 900;
    profile.entries = 11520;
    meter.profiles.push_back(profile);
    catalogue::Client client;
    client.name = "client_2";
    client.sap = 2;
    client.authentication = "hls_gmac";
    client.suite = 0;
    client.services = {"get", "selective_access"};
    client.reads = {"*"};
    meter.clients.push_back(client);
    return meter;
}

TEST_CASE("what is written is read again as it was") {
    const auto meter = made();
    const auto text = output::definition_text(meter);
    const auto read = catalogue::parse_definition(text, "here");
    REQUIRE(read.has_value());
    CHECK(read->model == meter.model);
    CHECK(read->title == meter.title);
    CHECK(read->sources == meter.sources);
    CHECK(read->settings == meter.settings);
    REQUIRE(read->points.size() == 2);
    CHECK(read->points[0].obis == meter.points[0].obis);
    CHECK(read->points[0].unit == Unit::watt_hour);
    CHECK(read->points[1].type == "double-long-unsigned");
    CHECK(read->points[1].unsettled);
    REQUIRE(read->profiles.size() == 1);
    CHECK(read->profiles[0].columns == meter.profiles[0].columns);
    CHECK(read->profiles[0].period_s == 900U);
    REQUIRE(read->clients.size() == 1);
    CHECK(read->clients[0].sap == 2);
    CHECK(read->clients[0].suite == 0U);
}

TEST_CASE("no line is longer than the layout has") {
    std::istringstream lines(output::definition_text(made()));
    for (std::string line; std::getline(lines, line);) { CHECK(line.size() <= 121); }
}

} // namespace

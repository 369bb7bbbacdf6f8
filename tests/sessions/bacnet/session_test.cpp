// BACnet sessions with virtual devices: on MS/TP, on BACnet/IP, and behind a router.
#include "tests/sessions/bacnet/simulated_bacnet.hpp"

#include <algorithm>
#include <set>

using namespace meterctl;
using namespace meterctl::tests;

namespace {

std::vector<catalogue::Point> readable(const catalogue::Definition& meter) {
    std::vector<catalogue::Point> points;
    for (const auto& point : meter.points) {
        if (!point.method && point.access != catalogue::Access::write) { points.push_back(point); }
    }
    return points;
}

std::string first_failure(const sessions::ReadOutcome& outcome) {
    return outcome.failures.empty() ? ""
                                    : outcome.failures.front().point + ": " + describe(outcome.failures.front().error);
}

struct Profile {
    std::vector<ProfileRecord> records;
    std::vector<ProfileGap> gaps;
    ProfileHead head;
    sessions::ProfileSink sink() {
        sessions::ProfileSink sink;
        sink.head = [this](const ProfileHead& given) { head = given; };
        sink.record = [this](ProfileRecord&& record) {
            records.push_back(std::move(record));
            return true;
        };
        sink.gap = [this](const ProfileGap& gap) { gaps.push_back(gap); };
        return sink;
    }
};

} // namespace

TEST_CASE("all points of a Leviton S4100 are read alike over MS/TP and BACnet/IP") {
    const auto points = readable(test::bacnet_meter("leviton-s4100"));
    SimulatedBacnet line(over("mstp")), net(over("ip"));
    const auto session = line.session();
    const auto by_line = line.run(session->read(points));
    REQUIRE_MESSAGE(by_line.has_value(), (by_line ? "" : describe(by_line.error())));
    CHECK_MESSAGE(by_line->failures.empty(), first_failure(*by_line));
    const auto by_net = net.run(net.session()->read(points));
    REQUIRE_MESSAGE(by_net.has_value(), (by_net ? "" : describe(by_net.error())));
    CHECK_MESSAGE(by_net->failures.empty(), first_failure(*by_net));
    REQUIRE(by_line->readings.size() == points.size());
    REQUIRE(by_net->readings.size() == points.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
        CHECK(by_line->readings[i].name == points[i].name);
        if (points[i].type != "time") {
            CHECK_MESSAGE(by_line->readings[i].value == by_net->readings[i].value, points[i].name);
        }
    }
    // 156 points: their results are 2300 octets, and an answer holds 477 of them.
    CHECK(session->statistics().requests == 5);
}

TEST_CASE("a reported unit is corrected by the definition, and kept as a flag") {
    SimulatedBacnet line(over("mstp"));
    const std::vector<catalogue::Point> points{bacnet_point("reactive_energy_q1")};
    const auto outcome = line.run(line.session()->read(points));
    REQUIRE(outcome.has_value());
    REQUIRE(outcome->readings.size() == 1);
    CHECK(outcome->readings[0].unit == Unit::kilovar_hour);
    CHECK(std::ranges::count(outcome->readings[0].flags, "unit_reported_as_kwh") == 1);
}

TEST_CASE("a setting is written and confirmed through Reliability") {
    SimulatedBacnet line(over("mstp"));
    const auto session = line.session();
    const auto outcome = line.run(session->write(bacnet_point("ct_primary"), Value(std::int64_t{200})));
    REQUIRE_MESSAGE(outcome.has_value(), (outcome ? "" : describe(outcome.error())));
    CHECK(outcome->verified);
    CHECK(outcome->before.number() == Decimal{100, 0});
    REQUIRE(outcome->read_back);
    CHECK(outcome->read_back->value.number() == Decimal{200, 0});
}

TEST_CASE("a property of the device itself is written under the device's number") {
    for (const char* framing : {"mstp", "ip"}) {
        SimulatedBacnet line(over(framing));
        const auto session = line.session();
        const auto outcome = line.run(session->write(bacnet_point("location"), Value("Cellar 3")));
        REQUIRE_MESSAGE(outcome.has_value(), (outcome ? "" : describe(outcome.error())));
        CHECK(outcome->verified);
        const auto renamed = line.run(session->write(bacnet_point("device_instance"), Value(std::uint64_t{4711})));
        REQUIRE_MESSAGE(renamed.has_value(), (renamed ? "" : describe(renamed.error())));
        CHECK(renamed->verified);
        const auto again = line.run(session->write(bacnet_point("location"), Value("Roof")));
        REQUIRE_MESSAGE(again.has_value(), (again ? "" : describe(again.error())));
        CHECK(again->verified);
    }
}

TEST_CASE("a point that only its name is known of is looked up before it is written") {
    SimulatedBacnet line(over("mstp"), {{"1", "leviton-s4100"}});
    const auto session = line.session("bacnet", "1");
    catalogue::Point point;
    point.name = "ct_ratio_primary";
    const auto outcome = line.run(session->write(point, Value(Decimal{200, 0})));
    REQUIRE_MESSAGE(outcome.has_value(), (outcome ? "" : describe(outcome.error())));
    CHECK(outcome->verified);
    point.name = "no_such_name";
    const auto missing = line.run(session->write(point, Value(Decimal{5, 0})));
    REQUIRE_FALSE(missing.has_value());
    CHECK(missing.error().code == "bacnet.no_object");
    const auto planned = session->plan_write(point, Value(Decimal{5, 0}));
    REQUIRE_FALSE(planned.has_value());
    CHECK(planned.error().category == Category::usage);
}

TEST_CASE("a value that the meter refuses is told with its error") {
    SimulatedBacnet line(over("mstp"));
    const auto outcome = line.run(line.session()->write(bacnet_point("system_type"), Value(std::int64_t{13})));
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::refused);
}

TEST_CASE("a method writes what its address says") {
    SimulatedBacnet line(over("mstp"));
    const auto done = line.run(line.session()->invoke(bacnet_point("reset_max_demand").address, Value()));
    CHECK_MESSAGE(done.has_value(), (done ? "" : describe(done.error())));
}

TEST_CASE("a device without a definition is read by its list of objects") {
    SimulatedBacnet line(over("mstp"));
    const auto session = line.session("", "1");
    const auto outcome = line.run(session->read({}));
    REQUIRE_MESSAGE(outcome.has_value(), (outcome ? "" : describe(outcome.error())));
    CHECK_MESSAGE(outcome->failures.empty(), first_failure(*outcome));
    std::set<std::string> names;
    for (const auto& reading : outcome->readings) { names.insert(reading.name); }
    CHECK(names.size() == outcome->readings.size());
    CHECK(names.contains("kwh_net"));
    CHECK(outcome->readings.size() >= 75 + 11 + 15);
}

TEST_CASE("a device that is not there is a time-out, and the line is not kept") {
    SimulatedBacnet line(over("mstp"));
    const auto outcome =
        line.run(line.session("leviton-s4100", "9")->read(std::vector<catalogue::Point>{bacnet_point("ct_primary")}));
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::timeout);
}

TEST_CASE("who only listens sends nothing") {
    SimulatedBacnet line(over("mstp"));
    const auto session = line.session("leviton-s4100", "1", {{"listen_only", "1"}});
    const auto outcome = line.run(session->read(std::vector<catalogue::Point>{bacnet_point("ct_primary")}));
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::usage);
}

TEST_CASE("a meter behind a router is reached by network and address, and by its device number") {
    for (const char* address : {"7:1", "1", "device:1004100"}) {
        CAPTURE(address);
        auto options = over("ip");
        options.extras["router"] = "7";
        SimulatedBacnet net(options);
        const auto outcome = net.run(
            net.session("leviton-s4100", address)->read(std::vector<catalogue::Point>{bacnet_point("ct_primary")}));
        REQUIRE_MESSAGE(outcome.has_value(), (outcome ? "" : describe(outcome.error())));
        REQUIRE(outcome->readings.size() == 1);
        CHECK(outcome->readings[0].value.number() == Decimal{100, 0});
    }
}

TEST_CASE("a trend log gives its newest records in order, and later only what is new") {
    for (const char* framing : {"mstp", "ip"}) {
        CAPTURE(framing);
        auto options = over(framing);
        options.speed = 3600;
        SimulatedBacnet line(options);
        const auto session = line.session();
        const auto logs = line.run(session->profiles());
        REQUIRE(logs.has_value());
        REQUIRE(logs->size() == 3);
        Profile first;
        sessions::ProfileSelection selection;
        selection.last = 100;
        const auto sink = first.sink();
        const auto done = line.run(session->profile(logs->front(), selection, sink));
        REQUIRE_MESSAGE(done.has_value(), (done ? "" : describe(done.error())));
        REQUIRE(first.records.size() == 100);
        CHECK(first.gaps.empty());
        REQUIRE(first.head.columns.size() == 1);
        CHECK(first.head.columns[0].name == "active_energy_import");
        CHECK(first.head.columns[0].unit == Unit::kilowatt_hour);
        for (std::size_t i = 1; i < first.records.size(); ++i) {
            CHECK(*first.records[i].sequence == *first.records[i - 1].sequence + 1);
        }
        line.run(line.loop->sleep_for(std::chrono::seconds(1)));
        Profile second;
        sessions::ProfileSelection later;
        later.after.emplace();
        later.after->sequence = first.records.back().sequence;
        const auto next = second.sink();
        const auto again = line.run(session->profile(logs->front(), later, next));
        REQUIRE_MESSAGE(again.has_value(), (again ? "" : describe(again.error())));
        CHECK(second.gaps.empty());
        CHECK_FALSE(second.records.empty());
        CHECK(second.records.size() < 100);
        if (!second.records.empty()) { CHECK(*second.records[0].sequence == *first.records.back().sequence + 1); }
    }
}

TEST_CASE("a run that comes too late is told how many records it missed") {
    SimulatedBacnet line(over("ip"));
    const auto session = line.session();
    const auto logs = line.run(session->profiles());
    REQUIRE(logs.has_value());
    Profile all;
    sessions::ProfileSelection selection;
    selection.last = 1;
    const auto newest = all.sink();
    REQUIRE(line.run(session->profile(logs->front(), selection, newest)).has_value());
    REQUIRE(all.records.size() == 1);
    const std::uint64_t total = *all.records[0].sequence;
    REQUIRE(*all.head.held <= total);
    const std::uint64_t oldest = total - *all.head.held + 1;
    if (oldest < 3) {
        MESSAGE("the log was never overrun: nothing to miss");
        return;
    }
    Profile late;
    sessions::ProfileSelection since;
    since.after.emplace();
    since.after->sequence = 1;
    const auto sink = late.sink();
    REQUIRE(line.run(session->profile(logs->front(), since, sink)).has_value());
    REQUIRE(late.gaps.size() == 1);
    CHECK(late.gaps[0].first == 2U);
    CHECK(late.gaps[0].count == oldest - 2);
    CHECK(late.records.size() == *all.head.held);
}

TEST_CASE("a scan finds the devices of a line, and identifies them") {
    for (const char* framing : {"mstp", "ip"}) {
        CAPTURE(framing);
        auto options = over(framing);
        std::vector<BacnetPlace> places{{"1", "leviton-s4100"}, {"4", "dts307-bacnet"}};
        SimulatedBacnet line(options, places);
        sessions::ScanOptions scan;
        scan.settings["framing"] = framing;
        scan.candidates = {&test::bacnet_meter("leviton-s4100"), &test::bacnet_meter("dts307-bacnet")};
        std::map<std::string, std::string> found;
        std::vector<std::string> troubles;
        sessions::ScanSink sink;
        sink.found = [&](const sessions::Identity& identity) { found[identity.model] = identity.address; };
        sink.trouble = [&](const std::string&, const Error& error) { troubles.push_back(describe(error)); };
        const auto done = line.run(sessions::bacnet::scan(*line.transport, scan, sink));
        REQUIRE_MESSAGE(done.has_value(), (done ? "" : describe(done.error())));
        CHECK(found.size() == 2);
        CHECK(found.contains("leviton-s4100"));
        CHECK(found.contains("dts307-bacnet"));
        CHECK_MESSAGE(troubles.empty(), (troubles.empty() ? "" : troubles.front()));
    }
}

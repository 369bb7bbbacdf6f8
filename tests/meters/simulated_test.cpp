// Every shipped definition on a simulated line: told from every other one, and read whole.
#include "sessions/protocols.hpp"
#include "src/catalogue/catalogue.hpp"
#include "src/core/key_ring.hpp"
#include "transports/open.hpp"

#include <algorithm>
#include <array>
#include <doctest/doctest.h>
#include <map>

using namespace meterctl;

namespace {

const std::vector<const catalogue::Definition*>& definitions() {
    static const catalogue::Catalogue catalogue;
    static const auto spoken = [] {
        auto all = catalogue.all().value();
        std::erase_if(all, [](const auto* meter) {
            const auto* const protocol = sessions::find_protocol(meter->protocol);
            return protocol == nullptr || protocol->simulate == nullptr;
        });
        return all;
    }();
    return spoken;
}

constexpr std::string_view simulated_keys = R"(
guek = 000102030405060708090A0B0C0D0E0F
gak  = D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF
)";

/// One meter as delivered, in time that stands still.
struct Line {
    std::unique_ptr<transports::Loop> loop = transports::make_virtual_loop();
    std::unique_ptr<transports::Transport> transport;
    std::unique_ptr<sessions::Session> session;

    Line(const catalogue::Definition& meter, const catalogue::Definition* known) {
        const auto* protocol = sessions::find_protocol(meter.protocol);
        REQUIRE(protocol != nullptr);
        simulators::Options frozen;
        frozen.speed = 0;
        simulators::Unit unit;
        unit.meter = &meter;
        auto bus = protocol->simulate(std::span(&unit, 1), frozen);
        INFO((bus ? std::string() : describe(bus.error())));
        REQUIRE(bus);
        const auto line = transports::parse_frame(meter.line.frame, meter.line.baud);
        REQUIRE(line);
        transport = transports::make_simulated(*loop, std::move(*bus), *line, "sim:");
        sessions::SessionOptions options;
        options.meter = known;
        options.address = meter.address;
        if (!meter.clients.empty() && known != nullptr) {
            options.settings["client"] = meter.clients.back().name; // the one that may read the most
            options.keys = std::make_shared<KeyRing>(parse_keys(simulated_keys).value());
        }
        auto opened = protocol->open(*transport, std::move(options));
        REQUIRE(opened);
        session = std::move(*opened);
    }
};

std::vector<catalogue::Point> readable(const catalogue::Definition& meter) {
    std::vector<catalogue::Point> points;
    for (const auto& point : meter.points) {
        if (point.access != catalogue::Access::write) { points.push_back(point); }
    }
    return points;
}

const catalogue::Definition& definition(std::string_view model) {
    const auto found = std::ranges::find(definitions(), model, &catalogue::Definition::model);
    REQUIRE(found != definitions().end());
    return **found;
}

/// The energies of a frozen simulated meter, in kWh.
std::map<std::string, double> energies(std::string_view model) {
    const auto& meter = definition(model);
    Line line(meter, &meter);
    const auto outcome = transports::run(*line.loop, line.session->read(readable(meter)));
    REQUIRE(outcome);
    std::map<std::string, double> found;
    for (const auto& reading : outcome->readings) {
        if (reading.name.starts_with("active_energy")) { found[reading.name] = reading.value.number()->to_double(); }
    }
    return found;
}

} // namespace

TEST_CASE("every simulated meter is identified as its own model, whatever order the candidates have") {
    for (const auto* meter : definitions()) {
        if (meter->identify.empty()) { continue; } // generic: any meter of its protocol
        CAPTURE(meter->model);
        auto candidates = definitions();
        std::erase_if(candidates, [&](const auto* other) { return other->protocol != meter->protocol; });
        for (int turn = 0; turn < 2; ++turn) {
            Line line(*meter, nullptr);
            const auto identity = transports::run(*line.loop, line.session->identify(candidates));
            REQUIRE(identity);
            CHECK(identity->model == meter->model);
            std::reverse(candidates.begin(), candidates.end());
        }
    }
}

TEST_CASE("a simulated meter whose definition names no point reads whole, under names of its own") {
    for (const auto* meter : definitions()) {
        if (!readable(*meter).empty()) { continue; }
        CAPTURE(meter->model);
        Line line(*meter, meter);
        const auto outcome = transports::run(*line.loop, line.session->read({}));
        REQUIRE(outcome);
        CHECK(outcome->failures.empty());
        CHECK(outcome->readings.size() > 1);
        for (const auto& reading : outcome->readings) { CHECK_FALSE(reading.value.is_null()); }
    }
}

/// What a flag may say of a good value: whose time it is, and what unit the device itself names.
bool says_no_fault(const Reading& reading) {
    static constexpr std::array<std::string_view, 2> facts{"local_time", "unit_reported_as_kwh"};
    return std::ranges::all_of(reading.flags,
                               [](const auto& flag) { return std::ranges::find(facts, flag) != facts.end(); });
}

TEST_CASE("every readable point of a simulated meter reads, and none is without a value") {
    for (const auto* meter : definitions()) {
        const auto points = readable(*meter);
        if (points.empty()) { continue; }
        Line line(*meter, meter);
        const auto outcome = transports::run(*line.loop, line.session->read(points));
        REQUIRE(outcome);
        CHECK(outcome->failures.empty());
        CHECK(outcome->readings.size() == points.size());
        for (const auto& reading : outcome->readings) {
            CAPTURE(meter->model + " " + reading.name);
            CHECK_FALSE(reading.value.is_null());
            CHECK(says_no_fault(reading));
            const auto* point = meter->find(reading.name);
            REQUIRE(point != nullptr);
            const auto number = reading.value.number();
            if (number && point->minimum) { CHECK(*number >= *point->minimum); }
            if (number && point->maximum) { CHECK(*number <= *point->maximum); }
        }
    }
}

TEST_CASE("a PRO380 shows the same energies over Modbus and over M-Bus, to each one's resolution") {
    const auto over_modbus = energies("pro380-mod"), over_mbus = energies("pro380-mb");
    CHECK(over_mbus.size() == 12);
    for (const auto& [name, value] : over_mbus) {
        CAPTURE(name);
        REQUIRE(over_modbus.contains(name));
        const double difference = over_modbus.at(name) - value; // a float, and whole steps of 10 Wh
        CHECK(difference > -0.002);
        CHECK(difference < 0.012);
    }
}

TEST_CASE("a simulated PRO380-Mod that gives back on L3 says so in every register of that phase") {
    const auto meter = std::find_if(definitions().begin(), definitions().end(),
                                    [](const auto* definition) { return definition->model == "pro380-mod"; });
    REQUIRE(meter != definitions().end());
    Line line(**meter, *meter); // its clock starts at noon, when the roof gives back
    const auto outcome = transports::run(*line.loop, line.session->read((*meter)->points));
    REQUIRE(outcome);
    std::map<std::string, Value> values;
    for (const auto& reading : outcome->readings) { values[reading.name] = reading.value; }
    CHECK(*values.at("active_power_l3").number() < Decimal{});
    CHECK(*values.at("current_l3").number() < Decimal{});
    CHECK(*values.at("power_factor_l3").number() > Decimal{});
    CHECK(values.at("current_direction_l3") == Value("3R"));
    CHECK((values.at("quadrant_l3").number() == Decimal{2, 0} || values.at("quadrant_l3").number() == Decimal{3, 0}));
    CHECK(*values.at("active_power_l1").number() > Decimal{});
    CHECK(values.at("current_direction_l1") == Value("1F"));
}

// Runs tests/meters/*.json of IEC 62056-21 meters: what is sent and what the meter answers, and the readings it holds.
#include "codecs/iec62056_21/data_set.hpp"
#include "codecs/iec62056_21/messages.hpp"
#include "codecs/iec62056_21/point.hpp"
#include "codecs/iec62056_21/readings.hpp"
#include "sessions/iec62056_21/reader.hpp"
#include "sessions/iec62056_21/writer.hpp"
#include "sessions/protocols.hpp"
#include "src/catalogue/catalogue.hpp"
#include "src/core/hex.hpp"
#include "tests/meters/modbus_readings.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <set>

using namespace meterctl;

namespace {

namespace iec = codecs::iec62056_21;

const std::string folder = std::string(METERCTL_SOURCE_DIR) + "/tests/meters";

iec::Message message_of(const Bytes& octets) {
    auto message = iec::decode(octets);
    REQUIRE_MESSAGE(message.has_value(), (message ? std::string() : describe(message.error())));
    return *message;
}

Reading text_reading(const catalogue::Point& point, std::string text) {
    Reading reading;
    reading.name = point.name;
    reading.value = std::move(text);
    return reading;
}

/// The points of the meter that the answer holds; of a generic meter what it names itself.
std::vector<Reading> readings_in(const catalogue::Definition& meter, const Bytes& request, const iec::Message& answer) {
    std::vector<Reading> readings;
    if (const auto* identification = std::get_if<iec::Identification>(&answer)) {
        for (const auto& point : meter.points) {
            auto said = sessions::iec62056_21::from_sign_on(*identification, point.address);
            if (said) { readings.push_back(text_reading(point, std::move(*said))); }
        }
        return readings;
    }
    const auto sets = iec::parse_block(std::get<iec::Data>(answer).block).sets;
    if (meter.points.empty()) { return iec::to_readings(sets, &meter); }
    const iec::Message asked = message_of(request);
    const bool programming = std::holds_alternative<iec::Command>(asked);
    for (const auto& point : meter.points) {
        const auto at = iec::point_address(point);
        REQUIRE(at.has_value());
        if ((at->kind == iec::PointAddress::Kind::reg) != programming) { continue; }
        if (programming && !(iec::read_command(at->id, at->value, at->read_type) == std::get<iec::Command>(asked))) {
            continue;
        }
        const auto groups = sessions::iec62056_21::groups_of(sets, at->id);
        if (!groups) { continue; }
        auto reading = iec::decode_point(point, *groups);
        REQUIRE_MESSAGE(reading.has_value(), point.name);
        readings.push_back(std::move(*reading));
    }
    return readings;
}

std::set<std::string> check_reading(const catalogue::Definition& meter, const test::MeterCase& one) {
    std::set<std::string> names;
    const auto readings = readings_in(meter, one.request, message_of(one.answer));
    for (const Reading& reading : readings) {
        CAPTURE(reading.name);
        const auto expected = std::ranges::find(one.readings, reading.name, &test::ExpectedReading::name);
        REQUIRE(expected != one.readings.end());
        CHECK(test::difference(*expected, reading) == "");
        names.insert(reading.name);
    }
    CHECK(readings.size() == one.readings.size());
    return names;
}

void check_write(const catalogue::Definition& meter, const test::MeterCase& one) {
    const auto* point = meter.find(one.written->point);
    REQUIRE(point != nullptr);
    const auto value = sessions::parse_write_value(*point, one.written->value);
    REQUIRE(value.has_value());
    const auto command = sessions::iec62056_21::write_command(*point, *value);
    REQUIRE(command.has_value());
    CHECK(to_hex(iec::encode(*command)) == to_hex(one.request));
    CHECK(std::holds_alternative<iec::Acknowledge>(message_of(one.answer)));
}

} // namespace

TEST_CASE("the messages of every IEC 62056-21 meter's tests hold the readings they name, and no others") {
    const catalogue::Catalogue catalogue;
    for (const auto& model : test::models_with_cases(folder)) {
        const auto cases = test::load_meter_cases(folder, model);
        const auto meter = catalogue.find(model);
        REQUIRE(meter);
        if ((*meter)->protocol != "iec62056-21") { continue; }
        CHECK(cases.model == model);
        CHECK_FALSE(cases.cases.empty());
        std::set<std::string> covered;
        for (const auto& one : cases.cases) {
            INFO((model + ": " + one.title));
            if (one.written) {
                check_write(**meter, one);
            } else {
                covered.merge(check_reading(**meter, one));
            }
        }
        for (const auto& point : (*meter)->points) {
            INFO((model + " has no test for " + point.name));
            CHECK((covered.contains(point.name) || point.method));
        }
    }
}

// Runs tests/meters/*.json of M-Bus meters: request and answer as they go over the line, and the readings they hold.
#include "sessions/mbus/writer.hpp"
#include "sessions/protocols.hpp"
#include "src/catalogue/catalogue.hpp"
#include "src/core/hex.hpp"
#include "tests/meters/meter_case.hpp"
#include "tests/meters/modbus_readings.hpp"
#include "tests/sessions/scripted.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <set>

using namespace meterctl;
using namespace meterctl::sessions::mbus;

namespace {

const std::string folder = std::string(METERCTL_SOURCE_DIR) + "/tests/meters";

bool is_readable(const catalogue::Point& point) {
    return point.access != catalogue::Access::write;
}

/// Of a definition that names no readable point, what the readout says by itself.
std::vector<Reading> readings_in(const catalogue::Definition& meter, const Readout& readout) {
    if (std::ranges::none_of(meter.points, is_readable)) { return name_all(readout); }
    std::vector<Reading> readings;
    for (const auto& point : meter.points) {
        if (!is_readable(point)) { continue; }
        auto reading = reading_in(readout, point, point_address(point).value());
        if (reading) { readings.push_back(std::move(*reading)); }
    }
    return readings;
}

std::set<std::string> check_reading(const catalogue::Definition& meter, const test::MeterCase& one) {
    Readout readout;
    const auto taken = take(readout, Reply{one.answer}, "test");
    REQUIRE_MESSAGE(taken.has_value(), (taken ? std::string() : describe(taken.error())));
    std::set<std::string> names;
    const auto readings = readings_in(meter, readout);
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
    REQUIRE(value);
    tests::Scripted line({});
    Client client(line, ClientOptions());
    const Station station(client, parse_address(std::to_string(one.request.at(5))).value());
    const auto frames = plan(station, *point, *value);
    REQUIRE_MESSAGE(frames.has_value(), (frames ? std::string() : describe(frames.error())));
    REQUIRE(frames->size() == 1);
    CHECK(to_hex(frames->front().octets) == to_hex(one.request));
    CHECK(one.answer == Bytes{codecs::mbus::ack_octet});
}

} // namespace

TEST_CASE("the frames of every M-Bus meter's tests hold the readings they name, and no others") {
    const catalogue::Catalogue catalogue;
    for (const auto& model : test::models_with_cases(folder)) {
        const auto meter = catalogue.find(model);
        REQUIRE(meter);
        if ((*meter)->protocol != "mbus") { continue; }
        const auto cases = test::load_meter_cases(folder, model);
        CHECK(cases.model == model);
        CHECK_FALSE(cases.cases.empty());
        std::set<std::string> covered;
        for (const auto& one : cases.cases) {
            INFO((model + ": " + one.title));
            if (one.written) {
                check_write(**meter, one);
                covered.insert(one.written->point);
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

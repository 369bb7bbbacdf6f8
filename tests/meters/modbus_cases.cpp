#include "tests/meters/modbus_cases.hpp"

#include "codecs/modbus/pdu.hpp"
#include "codecs/modbus/point.hpp"
#include "codecs/modbus/rtu.hpp"
#include "sessions/protocols.hpp"
#include "src/core/hex.hpp"
#include "tests/meters/modbus_readings.hpp"

#include <algorithm>
#include <doctest/doctest.h>

namespace meterctl::test {
namespace {

using namespace codecs;

modbus::Request request_of(const Bytes& frame) {
    const auto adu = modbus::rtu::decode(frame);
    REQUIRE(adu);
    auto request = modbus::decode_request(adu->pdu);
    REQUIRE(request);
    return *request;
}

modbus::Response answer_of(const Bytes& frame, const modbus::Request& request) {
    const auto adu = modbus::rtu::decode(frame);
    REQUIRE(adu);
    auto answer = modbus::decode_response(adu->pdu, &request);
    REQUIRE(answer);
    return *answer;
}

std::set<std::string> check_reading(const catalogue::Definition& meter, const MeterCase& one) {
    const auto request = request_of(one.request);
    const auto readings = readings_in(meter, request, answer_of(one.answer, request));
    std::set<std::string> names;
    for (const Reading& reading : readings) {
        CAPTURE(reading.name);
        const auto expected = std::find_if(one.readings.begin(), one.readings.end(),
                                           [&](const ExpectedReading& e) { return e.name == reading.name; });
        REQUIRE(expected != one.readings.end());
        CHECK(difference(*expected, reading) == "");
        names.insert(reading.name);
    }
    CHECK(readings.size() == one.readings.size());
    return names;
}

/// The frame that writes `value`, by the function that the point names; function 6 for one register otherwise.
Bytes frame_that_writes(std::uint8_t address, const catalogue::Point& point, std::string_view text) {
    const auto value = sessions::parse_write_value(point, text);
    REQUIRE(value);
    const auto at = modbus::point_address(point);
    const auto registers = modbus::encode_point(point, *value);
    REQUIRE(at);
    REQUIRE(registers);
    modbus::Request request = modbus::WriteRegisters{at->first, *registers};
    if (point.write_with == "fc06") { request = modbus::WriteRegister{at->first, registers->at(0)}; }
    return modbus::rtu::encode(address, modbus::encode(request).value());
}

void check_write(const catalogue::Definition& meter, const MeterCase& one) {
    const auto* point = meter.find(one.written->point);
    REQUIRE(point != nullptr);
    CHECK(point->access != catalogue::Access::read);
    CHECK(to_hex(frame_that_writes(one.request.at(0), *point, one.written->value)) == to_hex(one.request));
    answer_of(one.answer, request_of(one.request));
}

} // namespace

std::set<std::string> run_modbus_case(const catalogue::Definition& meter, const MeterCase& one) {
    if (!one.written) { return check_reading(meter, one); }
    check_write(meter, one);
    return {};
}

} // namespace meterctl::test

#include "tests/meters/modbus_readings.hpp"

#include "codecs/modbus/point.hpp"

#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace meterctl::test {

namespace modbus = codecs::modbus;

namespace {

constexpr std::string_view device_id = "device-id:";

std::vector<Reading> device_readings(const catalogue::Definition& meter, const modbus::DeviceId& answer) {
    std::vector<Reading> readings;
    for (const auto& point : meter.points) {
        for (const auto& object : answer.objects) {
            if (point.address != std::string(device_id) + std::to_string(object.id)) { continue; }
            Reading reading;
            reading.name = point.name;
            reading.value = object.text;
            readings.push_back(std::move(reading));
        }
    }
    return readings;
}

bool same(const Value& expected, const Value& value) {
    const auto a = expected.number(), b = value.number();
    return a && b ? *a == *b : a.has_value() == b.has_value() && expected.to_string() == value.to_string();
}

} // namespace

std::vector<Reading> readings_in_block(const catalogue::Definition& meter, modbus::Table table, std::uint16_t first,
                                       const std::vector<std::uint16_t>& registers) {
    std::vector<Reading> readings;
    for (const auto& point : meter.points) {
        if (point.address == "server-id" || point.address.starts_with(device_id)) { continue; }
        const auto at = modbus::point_address(point).value();
        if (at.table != table || at.first < first || std::size_t{at.first} + at.count > first + registers.size()) {
            continue;
        }
        const auto own = std::span(registers).subspan(at.first - first, at.count);
        readings.push_back(modbus::decode_point(point, own).value());
    }
    return readings;
}

std::vector<Reading> readings_in(const catalogue::Definition& meter, const modbus::Request& request,
                                 const modbus::Response& answer) {
    if (const auto* device = std::get_if<modbus::DeviceId>(&answer)) { return device_readings(meter, *device); }
    const auto& read = std::get<modbus::ReadRequest>(request);
    if (const auto* bits = std::get_if<modbus::ReadBitsAnswer>(&answer)) {
        return readings_in_block(meter, read.table, read.address, {bits->bits.begin(), bits->bits.end()});
    }
    const auto& registers = std::get<modbus::ReadRegistersAnswer>(answer).registers;
    return readings_in_block(meter, read.table, read.address, registers);
}

std::string difference(const ExpectedReading& expected, const Reading& reading) {
    if (expected.value.is_null() != reading.value.is_null() || !same(expected.value, reading.value)) {
        return fmt::format("value {}, expected {}", reading.value.to_string(), expected.value.to_string());
    }
    if (expected.unit && symbol(reading.unit) != *expected.unit) {
        return fmt::format("unit {}, expected {}", symbol(reading.unit), *expected.unit);
    }
    if (expected.text && reading.text != *expected.text) {
        return fmt::format("text {}, expected {}", reading.text, *expected.text);
    }
    if (reading.flags != expected.flags) {
        return fmt::format("flags {}, expected {}", fmt::join(reading.flags, " "), fmt::join(expected.flags, " "));
    }
    return {};
}

} // namespace meterctl::test

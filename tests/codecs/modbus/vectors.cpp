#include "tests/codecs/modbus/vectors.hpp"

#include <bit>
#include <doctest/doctest.h>
#include <fstream>

namespace modbus_vectors {

namespace modbus = meterctl::codecs::modbus;
using modbus::Function;

namespace {

std::uint16_t u16(const Json& expect, const char* name) {
    return expect.at(name).get<std::uint16_t>();
}

/// The same fact goes by several names in the sources of the vectors.
std::uint16_t start(const Json& expect) {
    for (const char* const name : {"start", "register", "address"}) {
        if (expect.contains(name)) { return u16(expect, name); }
    }
    FAIL("no register address in ", expect.dump());
    return 0;
}

std::vector<std::uint16_t> registers(const Json& expect) {
    if (expect.contains("registers")) { return expect.at("registers").get<std::vector<std::uint16_t>>(); }
    std::vector<std::uint16_t> all;
    for (const auto& value : expect.at("float32_abcd")) {
        const auto pattern = std::bit_cast<std::uint32_t>(value.get<float>());
        all.push_back(static_cast<std::uint16_t>(pattern >> 16));
        all.push_back(static_cast<std::uint16_t>(pattern & 0xFFFFU));
    }
    return all;
}

std::vector<bool> bits(const Json& expect) {
    std::vector<bool> all;
    for (const auto& bit : expect.at("bits")) { all.push_back(bit.get<int>() != 0); }
    return all;
}

modbus::WriteFile write_file(const Json& expect) {
    modbus::WriteFile file;
    for (const auto& group : expect.at("groups")) {
        file.groups.push_back({u16(group, "file"), u16(group, "record"), registers(group)});
    }
    return file;
}

modbus::ReadFile read_file(const Json& expect) {
    modbus::ReadFile file;
    for (const auto& group : expect.at("groups")) {
        file.groups.push_back({u16(group, "file"), u16(group, "record"), u16(group, "count")});
    }
    return file;
}

modbus::FileRecords file_records(const Json& expect) {
    modbus::FileRecords records;
    for (const auto& group : expect.at("groups")) { records.groups.push_back(registers(group)); }
    return records;
}

modbus::DeviceId device_id(const Json& expect) {
    modbus::DeviceId id;
    id.code = expect.at("read_device_id").get<std::uint8_t>();
    id.conformity = expect.at("conformity").get<std::uint8_t>();
    id.more = expect.at("more").get<bool>();
    id.next_object = expect.at("next_object").get<std::uint8_t>();
    for (const auto& object : expect.at("objects")) {
        id.objects.push_back({object.at("id").get<std::uint8_t>(), object.at("text").get<std::string>()});
    }
    return id;
}

constexpr std::array tables{modbus::Table::coil, modbus::Table::discrete, modbus::Table::holding, modbus::Table::input};

std::vector<Vector> load(const std::string& path) {
    std::ifstream file(path);
    REQUIRE_MESSAGE(file.good(), path);
    std::vector<Vector> all;
    for (const auto& entry : Json::parse(file)) {
        Vector one;
        one.name = entry.at("name").get<std::string>();
        one.layer = entry.at("layer").get<std::string>();
        one.octets = octets(entry.value("hex", ""));
        one.has_direction = entry.contains("direction");
        one.response = entry.value("direction", "") == "response";
        one.request = octets(entry.value("request", ""));
        one.expect = entry.at("expect");
        one.entry = entry;
        all.push_back(std::move(one));
    }
    REQUIRE(!all.empty());
    return all;
}

} // namespace

meterctl::Bytes octets(std::string_view hex) {
    if (hex.empty()) { return {}; }
    const auto bytes = meterctl::from_hex(hex);
    REQUIRE_MESSAGE(bytes.has_value(), hex);
    return *bytes;
}

std::vector<Vector> own(std::string_view file) {
    return load(std::string(METERCTL_SOURCE_DIR "/tests/vectors/modbus/").append(file));
}

std::vector<Vector> extra(std::string_view file) {
    if (std::string_view(METERCTL_EXTRA_VECTORS).empty()) {
        MESSAGE("skipped: the further vectors of ", file, " (METERCTL_EXTRA_VECTORS is not set)");
        return {};
    }
    return load(std::string(METERCTL_EXTRA_VECTORS "/modbus/").append(file));
}

std::vector<Vector> layer(std::string_view name) {
    std::vector<Vector> all;
    const auto add = [&](std::vector<Vector> more) {
        for (auto& one : more) {
            if (one.layer == name && one.has_direction) { all.push_back(std::move(one)); }
        }
    };
    add(own("pdu.json"));
    add(own("serial.json"));
    if (!std::string_view(METERCTL_EXTRA_VECTORS).empty()) {
        for (const char* const file : {"pdu.json", "rtu.json", "tcp.json", "ascii.json"}) { add(extra(file)); }
    } else {
        MESSAGE("skipped: the further vectors of layer ", name, " (METERCTL_EXTRA_VECTORS is not set)");
    }
    return all;
}

modbus::Request request_of(const Json& expect) {
    const auto function = expect.at("function").get<std::uint8_t>();
    switch (static_cast<Function>(function)) {
    case Function::read_coils:
    case Function::read_discrete_inputs:
    case Function::read_holding_registers:
    case Function::read_input_registers:
        return modbus::ReadRequest{tables.at(function - 1U), start(expect), u16(expect, "count")};
    case Function::write_single_coil:
        return modbus::WriteCoil{start(expect), expect.at("value").get<bool>()};
    case Function::write_single_register:
        return modbus::WriteRegister{start(expect), u16(expect, "value")};
    case Function::diagnostics:
        return modbus::Diagnostics{u16(expect, "subfunction"), octets(expect.at("data").get<std::string>())};
    case Function::write_coils:
        return modbus::WriteCoils{start(expect), bits(expect)};
    case Function::write_registers:
        return modbus::WriteRegisters{start(expect), registers(expect)};
    case Function::read_file_record:
        return read_file(expect);
    case Function::write_file_record:
        return write_file(expect);
    case Function::mask_write_register:
        return modbus::MaskWrite{start(expect), u16(expect, "and_mask"), u16(expect, "or_mask")};
    case Function::read_write_registers:
        return modbus::ReadWriteRegisters{u16(expect, "read_address"), u16(expect, "read_count"),
                                          u16(expect, "write_address"), registers(expect)};
    case Function::read_fifo_queue:
        return modbus::ReadFifo{start(expect)};
    case Function::encapsulated:
        return modbus::ReadDeviceId{expect.at("read_device_id").get<std::uint8_t>(),
                                    expect.at("object").get<std::uint8_t>()};
    default:
        return modbus::BareRequest{static_cast<Function>(function)};
    }
}

modbus::Response response_of(const Json& expect, std::optional<std::size_t> count) {
    const auto function = expect.at("function").get<std::uint8_t>();
    if (expect.contains("exception")) {
        return modbus::ExceptionAnswer{function, expect.at("exception").get<std::uint8_t>()};
    }
    switch (static_cast<Function>(function)) {
    case Function::read_coils:
    case Function::read_discrete_inputs: {
        auto all = bits(expect);
        all.resize(count.value_or((all.size() + 7) / 8 * 8));
        return modbus::ReadBitsAnswer{tables.at(function - 1U), all};
    }
    case Function::read_exception_status:
        return modbus::ExceptionStatus{expect.at("status").get<std::uint8_t>()};
    case Function::comm_event_counter:
        return modbus::EventCounter{u16(expect, "status"), u16(expect, "event_count")};
    case Function::comm_event_log:
        return modbus::EventLog{u16(expect, "status"), u16(expect, "event_count"), u16(expect, "message_count"),
                                octets(expect.at("events").get<std::string>())};
    case Function::write_coils:
    case Function::write_registers:
        return modbus::WriteAnswer{static_cast<Function>(function), start(expect), u16(expect, "count")};
    case Function::write_single_coil:
        return modbus::WriteCoil{start(expect), expect.at("value").get<bool>()};
    case Function::write_single_register:
        return modbus::WriteRegister{start(expect), u16(expect, "value")};
    case Function::diagnostics:
        return modbus::Diagnostics{u16(expect, "subfunction"), octets(expect.at("data").get<std::string>())};
    case Function::read_file_record:
        return file_records(expect);
    case Function::write_file_record:
        return write_file(expect);
    case Function::mask_write_register:
        return modbus::MaskWrite{start(expect), u16(expect, "and_mask"), u16(expect, "or_mask")};
    case Function::read_fifo_queue:
        return modbus::FifoQueue{registers(expect)};
    case Function::encapsulated:
        return device_id(expect);
    default:
        return modbus::ReadRegistersAnswer{static_cast<Function>(function), registers(expect)};
    }
}

} // namespace modbus_vectors

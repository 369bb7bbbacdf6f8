#include "codecs/modbus/names.hpp"
#include "codecs/modbus/packing.hpp"
#include "codecs/modbus/pdu.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::codecs::modbus {
namespace {

constexpr std::uint8_t mei_device_id = 14;
constexpr std::uint8_t file_reference_type = 6;

template <class... Ts>
struct Overloaded : Ts... {
    using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

std::uint8_t code(Function function) {
    return static_cast<std::uint8_t>(function);
}

ByteWriter start(Function function) {
    ByteWriter writer;
    writer.u8(code(function));
    return writer;
}

std::string count_fault(std::size_t count, std::size_t limit) {
    return count == 0 || count > limit ? fmt::format("a count of {} is outside 1 to {}", count, limit) : std::string{};
}

/// What keeps a request from being sent; empty when nothing does.
std::string fault(const ReadRequest& request) {
    const bool bits = request.table == Table::coil || request.table == Table::discrete;
    if (auto text = count_fault(request.count, bits ? max_read_bits : max_read_registers); !text.empty()) {
        return text;
    }
    return request.address + request.count > 0x10000 ? "the range runs past address 65535" : "";
}
std::string fault(const WriteCoils& request) {
    return count_fault(request.bits.size(), max_write_bits);
}
std::string fault(const WriteRegisters& request) {
    return count_fault(request.registers.size(), max_write_registers);
}
std::string fault(const ReadWriteRegisters& request) {
    if (auto text = count_fault(request.read_count, max_read_registers); !text.empty()) { return text; }
    return count_fault(request.registers.size(), max_read_write_registers);
}
std::string fault(const ReadBitsAnswer& answer) {
    return count_fault(answer.bits.size(), max_read_bits);
}
std::string fault(const ReadRegistersAnswer& answer) {
    return count_fault(answer.registers.size(), max_read_registers);
}
std::string fault(const FifoQueue& answer) {
    return answer.registers.size() > max_fifo_registers ? "more than 31 registers in a FIFO" : "";
}
std::string fault(const auto& /*unlimited*/) {
    return {};
}

Bytes octets(const ReadRequest& request) {
    return start(read_function(request.table)).u16be(request.address).u16be(request.count).take();
}
Bytes octets(const WriteCoil& request) {
    return start(Function::write_single_coil).u16be(request.address).u16be(request.on ? 0xFF00 : 0).take();
}
Bytes octets(const WriteRegister& request) {
    return start(Function::write_single_register).u16be(request.address).u16be(request.value).take();
}
Bytes octets(const BareRequest& request) {
    return start(request.function).take();
}
Bytes octets(const Diagnostics& request) {
    return start(Function::diagnostics).u16be(request.subfunction).bytes(request.data).take();
}
Bytes octets(const WriteCoils& request) {
    const auto packed = pack_bits(request.bits);
    return start(Function::write_coils)
        .u16be(request.address)
        .u16be(static_cast<std::uint16_t>(request.bits.size()))
        .u8(static_cast<std::uint8_t>(packed.size()))
        .bytes(packed)
        .take();
}
Bytes octets(const WriteRegisters& request) {
    auto writer = start(Function::write_registers);
    const auto count = request.registers.size();
    writer.u16be(request.address).u16be(static_cast<std::uint16_t>(count)).u8(static_cast<std::uint8_t>(2 * count));
    write_registers(writer, request.registers);
    return writer.take();
}
Bytes octets(const ReadFile& request) {
    auto writer = start(Function::read_file_record);
    writer.u8(static_cast<std::uint8_t>(7 * request.groups.size()));
    for (const auto& group : request.groups) {
        writer.u8(file_reference_type).u16be(group.file).u16be(group.record).u16be(group.count);
    }
    return writer.take();
}
Bytes octets(const WriteFile& request) {
    ByteWriter groups;
    for (const auto& group : request.groups) {
        groups.u8(file_reference_type).u16be(group.file).u16be(group.record);
        groups.u16be(static_cast<std::uint16_t>(group.registers.size()));
        write_registers(groups, group.registers);
    }
    return start(Function::write_file_record).u8(static_cast<std::uint8_t>(groups.size())).bytes(groups.view()).take();
}
Bytes octets(const MaskWrite& request) {
    return start(Function::mask_write_register)
        .u16be(request.address)
        .u16be(request.and_mask)
        .u16be(request.or_mask)
        .take();
}
Bytes octets(const ReadWriteRegisters& request) {
    auto writer = start(Function::read_write_registers);
    const auto count = request.registers.size();
    writer.u16be(request.read_address).u16be(request.read_count).u16be(request.write_address);
    writer.u16be(static_cast<std::uint16_t>(count)).u8(static_cast<std::uint8_t>(2 * count));
    write_registers(writer, request.registers);
    return writer.take();
}
Bytes octets(const ReadFifo& request) {
    return start(Function::read_fifo_queue).u16be(request.address).take();
}
Bytes octets(const ReadDeviceId& request) {
    return start(Function::encapsulated).u8(mei_device_id).u8(request.code).u8(request.object).take();
}
Bytes octets(const RawPdu& pdu) {
    return ByteWriter{}.u8(pdu.function).bytes(pdu.data).take();
}

Bytes octets(const ReadBitsAnswer& answer) {
    const auto packed = pack_bits(answer.bits);
    return start(read_function(answer.table)).u8(static_cast<std::uint8_t>(packed.size())).bytes(packed).take();
}
Bytes octets(const ReadRegistersAnswer& answer) {
    auto writer = start(answer.function);
    writer.u8(static_cast<std::uint8_t>(2 * answer.registers.size()));
    write_registers(writer, answer.registers);
    return writer.take();
}
Bytes octets(const ExceptionStatus& answer) {
    return start(Function::read_exception_status).u8(answer.status).take();
}
Bytes octets(const EventCounter& answer) {
    return start(Function::comm_event_counter).u16be(answer.status).u16be(answer.event_count).take();
}
Bytes octets(const EventLog& answer) {
    return start(Function::comm_event_log)
        .u8(static_cast<std::uint8_t>(6 + answer.events.size()))
        .u16be(answer.status)
        .u16be(answer.event_count)
        .u16be(answer.message_count)
        .bytes(answer.events)
        .take();
}
Bytes octets(const WriteAnswer& answer) {
    return start(answer.function).u16be(answer.address).u16be(answer.count).take();
}
Bytes octets(const ServerId& answer) {
    return start(Function::report_server_id)
        .u8(static_cast<std::uint8_t>(answer.data.size()))
        .bytes(answer.data)
        .take();
}
Bytes octets(const FileRecords& answer) {
    ByteWriter groups;
    for (const auto& group : answer.groups) {
        groups.u8(static_cast<std::uint8_t>(2 * group.size() + 1)).u8(file_reference_type);
        write_registers(groups, group);
    }
    return start(Function::read_file_record).u8(static_cast<std::uint8_t>(groups.size())).bytes(groups.view()).take();
}
Bytes octets(const FifoQueue& answer) {
    auto writer = start(Function::read_fifo_queue);
    const auto count = static_cast<std::uint16_t>(answer.registers.size());
    writer.u16be(static_cast<std::uint16_t>(2 + 2 * count)).u16be(count);
    write_registers(writer, answer.registers);
    return writer.take();
}
Bytes octets(const DeviceId& answer) {
    auto writer = start(Function::encapsulated);
    writer.u8(mei_device_id).u8(answer.code).u8(answer.conformity).u8(answer.more ? 0xFF : 0);
    writer.u8(answer.next_object).u8(static_cast<std::uint8_t>(answer.objects.size()));
    for (const auto& object : answer.objects) {
        writer.u8(object.id).u8(static_cast<std::uint8_t>(object.text.size())).text(object.text);
    }
    return writer.take();
}
Bytes octets(const ExceptionAnswer& answer) {
    return ByteWriter{}.u8(static_cast<std::uint8_t>(answer.function | exception_flag)).u8(answer.code).take();
}

template <class Pdu>
Result<Bytes> encode_checked(const Pdu& pdu) {
    auto text = std::visit([](const auto& one) { return fault(one); }, pdu);
    auto bytes = text.empty() ? std::visit([](const auto& one) { return octets(one); }, pdu) : Bytes{};
    if (text.empty() && bytes.size() > max_pdu) {
        text = fmt::format("a PDU of {} octets is longer than {}", bytes.size(), max_pdu);
    }
    if (!text.empty()) {
        return fail(Category::rejected, std::move(text), std::string(function_name(function_of(pdu))));
    }
    return bytes;
}

} // namespace

std::uint8_t function_of(const Request& request) {
    return std::visit(Overloaded{[](const ReadRequest& one) { return code(read_function(one.table)); },
                                 [](const BareRequest& one) { return code(one.function); },
                                 [](const RawPdu& one) { return one.function; },
                                 [](const auto& one) { return octets(one).front(); }},
                      request);
}

std::uint8_t function_of(const Response& response) {
    return std::visit(Overloaded{[](const ReadRegistersAnswer& one) { return code(one.function); },
                                 [](const ExceptionAnswer& one) { return one.function; },
                                 [](const RawPdu& one) { return one.function; },
                                 [](const auto& one) { return octets(one).front(); }},
                      response);
}

Result<Bytes> encode(const Request& request) {
    return encode_checked(request);
}

Result<Bytes> encode(const Response& response) {
    return encode_checked(response);
}

bool answer_may_equal_request(std::uint8_t function) {
    constexpr std::array equal{Function::write_single_coil, Function::write_single_register, Function::diagnostics,
                               Function::write_file_record, Function::mask_write_register};
    return std::find(equal.begin(), equal.end(), static_cast<Function>(function)) != equal.end();
}

} // namespace meterctl::codecs::modbus

#include "codecs/modbus/extent.hpp"
#include "codecs/modbus/names.hpp"
#include "codecs/modbus/packing.hpp"
#include "codecs/modbus/pdu.hpp"
#include "codecs/modbus/pdu_internal.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::modbus {
namespace {

tl::unexpected<Error> wrong(ByteView pdu, std::string what) {
    const auto function = pdu.empty() ? std::uint8_t{0} : pdu[0];
    auto where = fmt::format("request of function {}, {}", function, function_name(function));
    return fail(Category::untrusted, std::move(what), std::move(where), {}, "modbus.pdu");
}

Result<Request> read_file(ByteReader reader) {
    ReadFile request;
    reader.u8();
    while (!reader.at_end()) {
        if (reader.u8() != 6) {
            return fail(Category::untrusted, "file reference type is not 6", {}, {}, "modbus.pdu");
        }
        FileReference group;
        group.file = reader.u16be();
        group.record = reader.u16be();
        group.count = reader.u16be();
        request.groups.push_back(group);
    }
    return request;
}

Request raw(ByteView pdu) {
    return RawPdu{pdu[0], Bytes(pdu.begin() + 1, pdu.end())};
}

/// The data after the function code; its length agrees with request_extent().
Result<Request> body(ByteView pdu) {
    ByteReader reader(pdu.subspan(1));
    const auto function = static_cast<Function>(pdu[0]);
    switch (function) {
    case Function::read_coils:
    case Function::read_discrete_inputs:
    case Function::read_holding_registers:
    case Function::read_input_registers: {
        ReadRequest request{*table_read_by(pdu[0]), reader.u16be(), 0};
        request.count = reader.u16be();
        return request;
    }
    case Function::write_single_coil: {
        WriteCoil request{reader.u16be(), false};
        request.on = reader.u16be() == 0xFF00;
        return request;
    }
    case Function::write_single_register: {
        WriteRegister request{reader.u16be(), 0};
        request.value = reader.u16be();
        return request;
    }
    case Function::read_exception_status:
    case Function::comm_event_counter:
    case Function::comm_event_log:
    case Function::report_server_id:
        return BareRequest{function};
    case Function::write_coils: {
        WriteCoils request{reader.u16be(), {}};
        const auto count = reader.u16be();
        reader.u8();
        request.bits = unpack_bits(reader.rest(), count);
        return request;
    }
    case Function::write_registers: {
        WriteRegisters request{reader.u16be(), {}};
        reader.u16be();
        reader.u8();
        request.registers = unpack_registers(reader.rest());
        return request;
    }
    case Function::read_file_record:
        return read_file(reader);
    case Function::mask_write_register: {
        MaskWrite request{reader.u16be(), 0, 0};
        request.and_mask = reader.u16be();
        request.or_mask = reader.u16be();
        return request;
    }
    case Function::read_write_registers: {
        ReadWriteRegisters request{reader.u16be(), 0, 0, {}};
        request.read_count = reader.u16be();
        request.write_address = reader.u16be();
        reader.u16be();
        reader.u8();
        request.registers = unpack_registers(reader.rest());
        return request;
    }
    case Function::read_fifo_queue:
        return ReadFifo{reader.u16be()};
    case Function::encapsulated: {
        reader.u8();
        ReadDeviceId request{reader.u8(), 0};
        request.object = reader.u8();
        return request;
    }
    case Function::diagnostics:
    case Function::write_file_record:
        break;
    }
    return raw(pdu);
}

Result<Request> diagnostics(ByteView pdu) {
    if (pdu.size() < 3 || pdu.size() % 2 == 0) {
        return wrong(pdu, fmt::format("{} octets are no subfunction with whole words", pdu.size()));
    }
    ByteReader reader(pdu.subspan(1));
    Diagnostics request{reader.u16be(), {}};
    const auto rest = reader.rest();
    request.data.assign(rest.begin(), rest.end());
    return request;
}

} // namespace

Result<WriteFile> decode_write_file(ByteView pdu) {
    WriteFile request;
    ByteReader reader(pdu.subspan(2));
    while (!reader.at_end()) {
        const auto type = reader.u8();
        FileData group;
        group.file = reader.u16be();
        group.record = reader.u16be();
        const std::size_t count = reader.u16be();
        const auto data = reader.take(2 * count);
        if (reader.failed() || type != 6) { return wrong(pdu, "a file group runs past the byte count"); }
        group.registers = unpack_registers(data);
        request.groups.push_back(std::move(group));
    }
    return request;
}

Result<Request> decode_request(ByteView pdu) {
    if (pdu.empty() || pdu.size() > max_pdu) { return wrong(pdu, fmt::format("{} octets are no PDU", pdu.size())); }
    if (static_cast<Function>(pdu[0]) == Function::diagnostics) { return diagnostics(pdu); }
    const auto extent = request_extent(pdu);
    if (extent.kind == Extent::Kind::unknown) { return raw(pdu); }
    if (extent.kind == Extent::Kind::need) {
        return wrong(pdu, fmt::format("incomplete: {} octets of at least {}", pdu.size(), extent.octets));
    }
    if (extent.kind == Extent::Kind::implausible) {
        return wrong(pdu, "a count is outside the limits or contradicts another");
    }
    if (extent.octets != pdu.size()) {
        return wrong(pdu, fmt::format("{} octets where its counts say {}", pdu.size(), extent.octets));
    }
    if (static_cast<Function>(pdu[0]) == Function::write_file_record) { return decode_write_file(pdu); }
    return body(pdu);
}

} // namespace meterctl::codecs::modbus

#include "codecs/modbus/extent.hpp"
#include "codecs/modbus/names.hpp"
#include "codecs/modbus/packing.hpp"
#include "codecs/modbus/pdu.hpp"
#include "codecs/modbus/pdu_internal.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::modbus {
namespace {

tl::unexpected<Error> wrong(ByteView pdu, std::string what) {
    const auto function = pdu.empty() ? 0 : pdu[0] & ~exception_flag;
    auto where = fmt::format("answer of function {}, {}", function, function_name(static_cast<std::uint8_t>(function)));
    return fail(Category::untrusted, std::move(what), std::move(where), {}, "modbus.pdu");
}

Response read_bits(ByteReader reader, Table table) {
    const std::size_t octets = reader.u8();
    return ReadBitsAnswer{table, unpack_bits(reader.take(octets), 8 * octets)};
}

Response read_registers(ByteReader reader, Function function) {
    reader.u8();
    return ReadRegistersAnswer{function, unpack_registers(reader.rest())};
}

Response event_log(ByteReader reader) {
    reader.u8();
    EventLog answer;
    answer.status = reader.u16be();
    answer.event_count = reader.u16be();
    answer.message_count = reader.u16be();
    const auto events = reader.rest();
    answer.events.assign(events.begin(), events.end());
    return answer;
}

Result<Response> file_records(ByteView pdu) {
    FileRecords answer;
    ByteReader reader(pdu.subspan(2));
    while (!reader.at_end()) {
        const std::size_t length = reader.u8();
        if (length % 2 == 0 || length > reader.remaining() || reader.u8() != 6) {
            return wrong(pdu, "a file group's length or reference type is wrong");
        }
        answer.groups.push_back(unpack_registers(reader.take(length - 1)));
    }
    return answer;
}

Result<Response> fifo(ByteView pdu) {
    ByteReader reader(pdu.subspan(1));
    const auto octets = reader.u16be();
    const auto count = reader.u16be();
    if (octets != 2 + 2 * count) {
        return wrong(pdu, fmt::format("a byte count of {} for {} registers", octets, count));
    }
    return FifoQueue{unpack_registers(reader.rest())};
}

Response device_id(ByteReader reader) {
    DeviceId answer;
    reader.u8();
    answer.code = reader.u8();
    answer.conformity = reader.u8();
    answer.more = reader.u8() == 0xFF;
    answer.next_object = reader.u8();
    const auto count = reader.u8();
    for (unsigned i = 0; i < count; ++i) {
        DeviceObject object{reader.u8(), {}};
        const auto text = reader.take(reader.u8());
        object.text.assign(text.begin(), text.end());
        answer.objects.push_back(std::move(object));
    }
    return answer;
}

Response write_answer(ByteReader reader, Function function) {
    WriteAnswer answer{function, reader.u16be(), 0};
    answer.count = reader.u16be();
    return answer;
}

Result<Response> diagnostics(ByteView pdu) {
    if (pdu.size() < 3 || pdu.size() % 2 == 0) {
        return wrong(pdu, fmt::format("{} octets are no subfunction with whole words", pdu.size()));
    }
    ByteReader reader(pdu.subspan(1));
    Diagnostics answer{reader.u16be(), {}};
    const auto rest = reader.rest();
    answer.data.assign(rest.begin(), rest.end());
    return answer;
}

/// Devices are known whose byte count here is wrong in a frame that is otherwise good: all that is there counts.
Result<Response> server_id(ByteView pdu) {
    if (pdu.size() < 2) { return wrong(pdu, "the byte count is missing"); }
    return ServerId{Bytes(pdu.begin() + 2, pdu.end())};
}

Response raw(ByteView pdu) {
    return RawPdu{pdu[0], Bytes(pdu.begin() + 1, pdu.end())};
}

/// The answer behind a function code; its length agrees with response_extent().
Result<Response> body(ByteView pdu) {
    ByteReader reader(pdu.subspan(1));
    const auto function = static_cast<Function>(pdu[0]);
    switch (function) {
    case Function::read_coils:
    case Function::read_discrete_inputs:
        return read_bits(reader, *table_read_by(pdu[0]));
    case Function::read_holding_registers:
    case Function::read_input_registers:
    case Function::read_write_registers:
        return read_registers(reader, function);
    case Function::write_single_coil: {
        WriteCoil answer{reader.u16be(), false};
        answer.on = reader.u16be() == 0xFF00;
        return answer;
    }
    case Function::write_single_register: {
        WriteRegister answer{reader.u16be(), 0};
        answer.value = reader.u16be();
        return answer;
    }
    case Function::read_exception_status:
        return ExceptionStatus{reader.u8()};
    case Function::comm_event_counter: {
        EventCounter answer{reader.u16be(), 0};
        answer.event_count = reader.u16be();
        return answer;
    }
    case Function::comm_event_log:
        return event_log(reader);
    case Function::write_coils:
    case Function::write_registers:
        return write_answer(reader, function);
    case Function::read_file_record:
        return file_records(pdu);
    case Function::write_file_record:
        return decode_write_file(pdu);
    case Function::mask_write_register: {
        MaskWrite answer{reader.u16be(), 0, 0};
        answer.and_mask = reader.u16be();
        answer.or_mask = reader.u16be();
        return answer;
    }
    case Function::read_fifo_queue:
        return fifo(pdu);
    case Function::encapsulated:
        return device_id(reader);
    case Function::report_server_id:
    case Function::diagnostics:
        break;
    }
    return raw(pdu);
}

Result<Response> decode_alone(ByteView pdu) {
    if (pdu.empty() || pdu.size() > max_pdu) { return wrong(pdu, fmt::format("{} octets are no PDU", pdu.size())); }
    if (static_cast<Function>(pdu[0]) == Function::diagnostics) { return diagnostics(pdu); }
    if (static_cast<Function>(pdu[0]) == Function::report_server_id) { return server_id(pdu); }
    if ((pdu[0] & exception_flag) != 0) {
        if (pdu.size() != 2) { return wrong(pdu, fmt::format("an exception answer of {} octets", pdu.size())); }
        return ExceptionAnswer{static_cast<std::uint8_t>(pdu[0] & ~exception_flag), pdu[1]};
    }
    const auto extent = response_extent(pdu);
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
    return body(pdu);
}

std::string differs(std::string_view what, unsigned got, unsigned asked) {
    return got == asked ? std::string{} : fmt::format("{} {}, asked {}", what, got, asked);
}

std::string other_count(std::size_t got, std::size_t asked, std::string_view what) {
    return got == asked ? std::string{} : fmt::format("{} {}, asked {}", got, what, asked);
}

std::string mismatch(Response& response, const ReadRequest& request) {
    if (auto* const bits = std::get_if<ReadBitsAnswer>(&response)) {
        if (bits->bits.size() / 8 == (request.count + 7U) / 8) { bits->bits.resize(request.count); }
        return other_count(bits->bits.size(), request.count, "bits");
    }
    const auto* const answer = std::get_if<ReadRegistersAnswer>(&response);
    return answer == nullptr ? "another kind of answer"
                             : other_count(answer->registers.size(), request.count, "registers");
}

std::string mismatch(Response& response, const ReadWriteRegisters& request) {
    const auto& answer = std::get<ReadRegistersAnswer>(response);
    return other_count(answer.registers.size(), request.read_count, "registers");
}

std::string mismatch(Response& response, const WriteCoils& request) {
    const auto& answer = std::get<WriteAnswer>(response);
    auto text = differs("address", answer.address, request.address);
    return text.empty() ? other_count(answer.count, request.bits.size(), "coils") : text;
}

std::string mismatch(Response& response, const WriteRegisters& request) {
    const auto& answer = std::get<WriteAnswer>(response);
    auto text = differs("address", answer.address, request.address);
    return text.empty() ? other_count(answer.count, request.registers.size(), "registers") : text;
}

std::string mismatch(Response& response, const ReadFile& request) {
    const auto& groups = std::get<FileRecords>(response).groups;
    for (std::size_t i = 0; i < groups.size() && i < request.groups.size(); ++i) {
        if (auto text = other_count(groups[i].size(), request.groups[i].count, "registers in a group"); !text.empty()) {
            return text;
        }
    }
    return other_count(groups.size(), request.groups.size(), "groups");
}

std::string mismatch(Response& response, const ReadDeviceId& request) {
    const auto* const answer = std::get_if<DeviceId>(&response);
    return answer == nullptr ? "another kind of answer" : differs("read device id code", answer->code, request.code);
}

std::string mismatch(Response& response, const Diagnostics& request) {
    const auto& answer = std::get<Diagnostics>(response);
    auto text = differs("subfunction", answer.subfunction, request.subfunction);
    const bool echoes = request.subfunction == 0;
    return text.empty() && echoes && answer.data != request.data ? "the query data came back changed" : text;
}

/// What is written comes back as it was sent.
template <class Echoed>
std::string mismatch_echoed(const Response& response, const Echoed& request) {
    return std::get<Echoed>(response) == request ? std::string{} : "the answer to a write does not repeat it";
}
std::string mismatch(Response& response, const WriteCoil& request) {
    return mismatch_echoed(response, request);
}
std::string mismatch(Response& response, const WriteRegister& request) {
    return mismatch_echoed(response, request);
}
std::string mismatch(Response& response, const MaskWrite& request) {
    return mismatch_echoed(response, request);
}
std::string mismatch(Response& response, const WriteFile& request) {
    return mismatch_echoed(response, request);
}
std::string mismatch(Response& /*response*/, const auto& /*request*/) {
    return {};
}

} // namespace

Result<Response> decode_response(ByteView pdu, const Request* request) {
    if (request != nullptr && !pdu.empty()) {
        const auto asked = function_of(*request);
        if (auto text = differs("function", pdu[0] & ~unsigned{exception_flag}, asked); !text.empty()) {
            return wrong(pdu, std::move(text));
        }
    }
    auto response = decode_alone(pdu);
    if (!response || request == nullptr || std::holds_alternative<ExceptionAnswer>(*response)) { return response; }
    auto text = std::visit([&](const auto& one) { return mismatch(*response, one); }, *request);
    return text.empty() ? std::move(response) : Result<Response>(wrong(pdu, std::move(text)));
}

} // namespace meterctl::codecs::modbus

#include "codecs/modbus/pdu_fields.hpp"

#include "codecs/modbus/names.hpp"
#include "src/core/hex.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::modbus {
namespace {

std::string hex(std::optional<std::uint16_t> number) {
    return number ? fmt::format(" 0x{:04X}", *number) : std::string{};
}

void explain_place(FieldReader& reader, Table table, std::optional<std::uint16_t> address) {
    if (address) { reader.explain(register_text(table, *address)); }
}

std::optional<std::uint16_t> place(FieldReader& reader, std::string_view name, Table table) {
    const auto address = reader.u16(name);
    explain_place(reader, table, address);
    return address;
}

std::string counted(std::optional<std::uint16_t> count, std::string_view what) {
    return count ? fmt::format(", {} {}{}", *count, what, *count == 1 ? "" : "s") : std::string{};
}

void read_file_groups(FieldReader& reader, bool with_data) {
    while (reader.remaining() > 0) {
        reader.group("group", [&](FieldReader& inside) {
            inside.u8("reference_type");
            inside.u16("file");
            inside.u16("record");
            const auto count = inside.u16("count");
            if (with_data) { inside.registers("registers", 2 * std::size_t{count.value_or(0)}, Table::holding, {}); }
        });
    }
}

std::string write_coil(FieldReader& reader) {
    const auto address = place(reader, "coil", Table::coil);
    const auto value = reader.u16("value");
    if (!value) { return hex(address); }
    const std::string_view state = *value == 0xFF00 ? "on" : *value == 0 ? "off" : "neither on nor off";
    reader.explain(std::string(state));
    return fmt::format("{}: {}", hex(address), state);
}

std::string write_register(FieldReader& reader) {
    const auto address = place(reader, "register", Table::holding);
    const auto value = reader.u16("value");
    return value ? fmt::format("{}: {:04X}", hex(address), *value) : hex(address);
}

std::string diagnostics(FieldReader& reader) {
    const auto subfunction = reader.u16("subfunction");
    if (!subfunction) { return {}; }
    const auto name = diagnostics_name(*subfunction);
    reader.explain(std::string(name));
    const auto data = reader.octets("data", reader.remaining());
    return fmt::format(", {}: {}", name.empty() ? fmt::format("subfunction {}", *subfunction) : std::string(name),
                       to_hex(data));
}

std::string mask_write(FieldReader& reader) {
    const auto address = place(reader, "register", Table::holding);
    const auto keep = reader.u16("and_mask");
    const auto set = reader.u16("or_mask");
    return keep && set ? fmt::format("{}: and {:04X}, or {:04X}", hex(address), *keep, *set) : hex(address);
}

std::string write_registers(FieldReader& reader) {
    const auto address = place(reader, "start", Table::holding);
    const auto count = reader.u16("count");
    const auto octets = reader.u8("byte_count");
    const auto values = reader.registers("registers", octets.value_or(0), Table::holding, address);
    return fmt::format("{}{}: {}", hex(address), counted(count, "register"), register_list(values));
}

std::string write_coils(FieldReader& reader) {
    const auto address = place(reader, "start", Table::coil);
    const auto count = reader.u16("count");
    const auto octets = reader.u8("byte_count");
    reader.bits("bits", octets.value_or(0), count.value_or(0));
    return hex(address) + counted(count, "coil");
}

std::string read_and_write(FieldReader& reader) {
    const auto read = place(reader, "read_start", Table::holding);
    const auto reads = reader.u16("read_count");
    const auto write = place(reader, "write_start", Table::holding);
    reader.u16("write_count");
    const auto octets = reader.u8("byte_count");
    const auto values = reader.registers("registers", octets.value_or(0), Table::holding, write);
    return fmt::format(": read{}{}, write{}: {}", hex(read), counted(reads, "register"), hex(write),
                       register_list(values));
}

std::string device_id(FieldReader& reader) {
    const auto mei = reader.u8("mei");
    if (mei != 14) {
        const auto data = reader.octets("data", reader.remaining());
        return fmt::format(", MEI type {}: {}", mei.value_or(0), to_hex(data));
    }
    reader.explain("read device identification");
    const auto code = reader.u8("read_device_id");
    const auto object = reader.u8("object");
    if (object) { reader.explain(std::string(device_object_name(*object))); }
    return fmt::format(", read device identification, code {}, from object {}", code.value_or(0), object.value_or(0));
}

std::string read_some(FieldReader& reader, Table table) {
    const auto address = place(reader, "start", table);
    const bool bits = table == Table::coil || table == Table::discrete;
    return hex(address) + counted(reader.u16("count"), bits ? "bit" : "register");
}

std::string body(FieldReader& reader, std::uint8_t function) {
    std::string summary;
    if (read_echoed(reader, function, summary)) { return summary; }
    if (const auto table = table_read_by(function)) { return read_some(reader, *table); }
    switch (static_cast<Function>(function)) {
    case Function::read_exception_status:
    case Function::comm_event_counter:
    case Function::comm_event_log:
    case Function::report_server_id:
        return {};
    case Function::write_coils:
        return write_coils(reader);
    case Function::write_registers:
        return write_registers(reader);
    case Function::read_file_record:
        reader.u8("byte_count");
        read_file_groups(reader, false);
        return {};
    case Function::read_write_registers:
        return read_and_write(reader);
    case Function::read_fifo_queue:
        return hex(place(reader, "start", Table::holding));
    case Function::encapsulated:
        return device_id(reader);
    default: {
        const auto data = reader.octets("data", reader.remaining());
        return data.empty() ? std::string{} : ": " + to_hex(data);
    }
    }
}

} // namespace

void add_function(FieldReader& reader, ByteView pdu) {
    const auto function = static_cast<std::uint8_t>(pdu.empty() ? 0 : pdu[0] & ~exception_flag);
    reader.function(function, std::string(function_name(function)));
}

bool read_echoed(FieldReader& reader, std::uint8_t function, std::string& summary) {
    switch (static_cast<Function>(function)) {
    case Function::write_single_coil:
        summary = write_coil(reader);
        return true;
    case Function::write_single_register:
        summary = write_register(reader);
        return true;
    case Function::diagnostics:
        summary = diagnostics(reader);
        return true;
    case Function::write_file_record:
        reader.u8("byte_count");
        read_file_groups(reader, true);
        return true;
    case Function::mask_write_register:
        summary = mask_write(reader);
        return true;
    default:
        return false;
    }
}

std::string register_list(const std::vector<std::uint16_t>& registers) {
    constexpr std::size_t shown = 8;
    std::string text;
    for (std::size_t i = 0; i < std::min(shown, registers.size()); ++i) {
        text += fmt::format("{}{:04X}", i == 0 ? "" : " ", registers[i]);
    }
    return registers.size() > shown ? fmt::format("{} and {} more", text, registers.size() - shown) : text;
}

std::string function_title(std::uint8_t function) {
    const auto name = function_name(function);
    return name.empty() ? fmt::format("function {}", function) : std::string(name);
}

PduFields request_fields(ByteView pdu, Placement placement) {
    PduFields shown;
    FieldReader reader(pdu, placement);
    add_function(reader, pdu);
    if (!pdu.empty()) { shown.summary = function_title(pdu[0]) + body(reader, pdu[0]); }
    shown.fields = reader.take();
    if (const auto request = decode_request(pdu); !request) { shown.error = request.error(); }
    return shown;
}

} // namespace meterctl::codecs::modbus

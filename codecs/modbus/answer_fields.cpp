#include "codecs/modbus/names.hpp"
#include "codecs/modbus/pdu_fields.hpp"
#include "src/core/hex.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::modbus {
namespace {

/// Where the registers or bits of an answer stand, as its request says.
struct Place {
    Table table = Table::holding;
    std::optional<std::uint16_t> first;
    std::size_t count = 0; ///< of bits; 0: all
};

Place place_of(std::uint8_t function, const Request* request) {
    Place place{table_read_by(function).value_or(Table::holding), {}, 0};
    if (request == nullptr) { return place; }
    if (const auto* const read = std::get_if<ReadRequest>(request)) {
        place.first = read->address;
        place.count = read->count;
    } else if (const auto* const both = std::get_if<ReadWriteRegisters>(request)) {
        place.first = both->read_address;
    }
    return place;
}

std::string from(const Place& place) {
    return place.first ? fmt::format(" 0x{:04X}", *place.first) : std::string{};
}

std::string bits(FieldReader& reader, const Place& place) {
    const std::size_t octets = reader.u8("byte_count").value_or(0);
    const auto values = reader.bits("bits", octets, place.count != 0 ? place.count : 8 * octets);
    constexpr std::size_t shown = 32;
    std::string text = from(place) + ": ";
    for (std::size_t i = 0; i < std::min(shown, values.size()); ++i) { text += values[i] ? '1' : '0'; }
    return values.size() > shown ? fmt::format("{} and {} more", text, values.size() - shown) : text;
}

std::string registers(FieldReader& reader, const Place& place) {
    const auto octets = reader.u8("byte_count");
    const auto values = reader.registers("registers", octets.value_or(0), place.table, place.first);
    return fmt::format("{}: {}", from(place), register_list(values));
}

std::string event_log(FieldReader& reader) {
    reader.u8("byte_count");
    reader.u16("status");
    const auto events = reader.u16("event_count");
    reader.u16("message_count");
    reader.octets("events", reader.remaining());
    return fmt::format(": {} events", events.value_or(0));
}

std::string event_counter(FieldReader& reader) {
    reader.u16("status");
    const auto events = reader.u16("event_count");
    return fmt::format(": {} events", events.value_or(0));
}

std::string write_answer(FieldReader& reader, Table table) {
    const auto address = reader.u16("start");
    if (address) { reader.explain(register_text(table, *address)); }
    const auto count = reader.u16("count");
    if (!address || !count) { return {}; }
    return fmt::format(" 0x{:04X}: {} written", *address, *count);
}

std::string server_id(FieldReader& reader) {
    reader.u8("byte_count");
    const auto data = reader.octets("data", reader.remaining());
    std::string printable;
    for (const auto octet : data) { printable += octet >= 0x20 && octet < 0x7F ? static_cast<char>(octet) : '.'; }
    if (!data.empty()) { reader.explain(printable); }
    return ": " + printable;
}

std::string file_records(FieldReader& reader) {
    reader.u8("byte_count");
    while (reader.remaining() > 0) {
        reader.group("group", [](FieldReader& inside) {
            const std::size_t length = inside.u8("length").value_or(0);
            inside.u8("reference_type");
            inside.registers("registers", length > 0 ? length - 1 : 0, Table::holding, {});
        });
    }
    return {};
}

std::string fifo(FieldReader& reader) {
    reader.u16("byte_count");
    const auto count = reader.u16("count");
    const auto values = reader.registers("registers", 2 * std::size_t{count.value_or(0)}, Table::holding, {});
    return ": " + register_list(values);
}

void object(FieldReader& reader) {
    const auto id = reader.u8("id");
    if (id) { reader.explain(std::string(device_object_name(*id))); }
    const auto length = reader.u8("length");
    if (length) { reader.text("text", *length); }
}

std::string device_id(FieldReader& reader) {
    const auto mei = reader.u8("mei");
    if (mei != 14) {
        const auto data = reader.octets("data", reader.remaining());
        return fmt::format(", MEI type {}: {}", mei.value_or(0), to_hex(data));
    }
    reader.explain("read device identification");
    reader.u8("read_device_id");
    reader.u8("conformity");
    if (const auto more = reader.u8("more")) { reader.explain(*more == 0xFF ? "more follows" : "nothing follows"); }
    reader.u8("next_object");
    const unsigned count = reader.u8("count").value_or(0);
    for (unsigned i = 0; i < count && reader.remaining() > 0; ++i) { reader.group("object", object); }
    return fmt::format(", device identification, {} object{}", count, count == 1 ? "" : "s");
}

std::string raw(FieldReader& reader) {
    const auto data = reader.octets("data", reader.remaining());
    return data.empty() ? std::string{} : ": " + to_hex(data);
}

std::string body(FieldReader& reader, std::uint8_t function, const Request* request) {
    std::string summary;
    if (read_echoed(reader, function, summary)) { return summary; }
    const auto place = place_of(function, request);
    switch (static_cast<Function>(function)) {
    case Function::read_coils:
    case Function::read_discrete_inputs:
        return bits(reader, place);
    case Function::read_holding_registers:
    case Function::read_input_registers:
    case Function::read_write_registers:
        return registers(reader, place);
    case Function::read_exception_status:
        return fmt::format(": {:02X}", reader.u8("status").value_or(0));
    case Function::comm_event_counter:
        return event_counter(reader);
    case Function::comm_event_log:
        return event_log(reader);
    case Function::write_coils:
        return write_answer(reader, Table::coil);
    case Function::write_registers:
        return write_answer(reader, Table::holding);
    case Function::report_server_id:
        return server_id(reader);
    case Function::read_file_record:
        return file_records(reader);
    case Function::read_fifo_queue:
        return fifo(reader);
    case Function::encapsulated:
        return device_id(reader);
    default:
        return raw(reader);
    }
}

std::string exception(FieldReader& reader) {
    const auto code = reader.u8("exception");
    if (!code) { return {}; }
    const auto* const info = exception_info(*code);
    const std::string_view name = info != nullptr ? info->name : "not in the standard";
    reader.explain(info != nullptr ? fmt::format("{}: {}", name, info->meaning) : std::string(name));
    return fmt::format(": exception {}, {}", *code, name);
}

} // namespace

PduFields response_fields(ByteView pdu, Placement placement, const Request* request) {
    PduFields shown;
    FieldReader reader(pdu, placement);
    add_function(reader, pdu);
    if (!pdu.empty()) {
        const auto function = static_cast<std::uint8_t>(pdu[0] & ~exception_flag);
        const bool refused = (pdu[0] & exception_flag) != 0;
        shown.summary = function_title(function) + (refused ? exception(reader) : body(reader, function, request));
    }
    shown.fields = reader.take();
    if (const auto response = decode_response(pdu); !response) { shown.error = response.error(); }
    return shown;
}

} // namespace meterctl::codecs::modbus

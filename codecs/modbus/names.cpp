#include "codecs/modbus/names.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::codecs::modbus {
namespace {

struct Numbered {
    unsigned number;
    std::string_view name;
};

constexpr std::array function_names{
    Numbered{1, "read coils"},
    Numbered{2, "read discrete inputs"},
    Numbered{3, "read holding registers"},
    Numbered{4, "read input registers"},
    Numbered{5, "write single coil"},
    Numbered{6, "write single register"},
    Numbered{7, "read exception status"},
    Numbered{8, "diagnostics"},
    Numbered{11, "get comm event counter"},
    Numbered{12, "get comm event log"},
    Numbered{15, "write multiple coils"},
    Numbered{16, "write multiple registers"},
    Numbered{17, "report server id"},
    Numbered{20, "read file record"},
    Numbered{21, "write file record"},
    Numbered{22, "mask write register"},
    Numbered{23, "read/write multiple registers"},
    Numbered{24, "read FIFO queue"},
    Numbered{43, "encapsulated interface transport"},
};

constexpr std::array object_names{
    Numbered{0, "vendor_name"},           Numbered{1, "product_code"},
    Numbered{2, "major_minor_revision"},  Numbered{3, "vendor_url"},
    Numbered{4, "product_name"},          Numbered{5, "model_name"},
    Numbered{6, "user_application_name"},
};

constexpr std::array subfunction_names{
    Numbered{0, "return query data"},
    Numbered{1, "restart communications option"},
    Numbered{2, "return diagnostic register"},
    Numbered{3, "change ASCII input delimiter"},
    Numbered{4, "force listen only mode"},
    Numbered{10, "clear counters and diagnostic register"},
    Numbered{11, "return bus message count"},
    Numbered{12, "return bus communication error count"},
    Numbered{13, "return bus exception error count"},
    Numbered{14, "return server message count"},
    Numbered{15, "return server no response count"},
    Numbered{16, "return server NAK count"},
    Numbered{17, "return server busy count"},
    Numbered{18, "return bus character overrun count"},
    Numbered{20, "clear overrun counter and flag"},
};

constexpr std::array exceptions{
    ExceptionInfo{1, "illegal function", "the meter does not know this function, or not in its present state",
                  "the request", Retry::never, "another function: many meters answer only one of 3 and 4"},
    ExceptionInfo{2, "illegal data address", "the meter has no such register, or not all of the range asked",
                  "the request", Retry::never, "the register number (counted from 0), fewer registers, or another map"},
    ExceptionInfo{3, "illegal data value", "the meter rejects a value or count in the request", "the request",
                  Retry::never, "fewer registers, or a value that the meter's manual allows"},
    ExceptionInfo{4, "server device failure", "the meter failed while it carried the request out", "the meter",
                  Retry::once, "once more; then the meter's own diagnosis"},
    ExceptionInfo{5, "acknowledge", "the meter accepted the request and needs long to carry it out", "the meter",
                  Retry::later, "again later"},
    ExceptionInfo{6, "server device busy", "the meter is busy with an earlier command", "the meter", Retry::later,
                  "again later"},
    ExceptionInfo{7, "negative acknowledge", "the meter cannot carry the program function out", "the meter",
                  Retry::never, "another function"},
    ExceptionInfo{8, "memory parity error", "the meter found its extended memory damaged", "the meter", Retry::once,
                  "once more; then have the meter serviced"},
    ExceptionInfo{10, "gateway path unavailable", "the gateway has no way to the meter's line", "the gateway",
                  Retry::never, "the gateway's settings: its serial line, or its list of units"},
    ExceptionInfo{11, "gateway target device failed to respond", "the gateway got no answer from the meter behind it",
                  "the gateway", Retry::once,
                  "the unit address, and the baud rate, parity and wiring of the gateway's serial line"},
};

struct TableInfo {
    Table table;
    std::string_view name;
    unsigned digit; ///< that 1-based references begin with
    Function read;
};

constexpr std::array tables{
    TableInfo{Table::coil, "coil", 0, Function::read_coils},
    TableInfo{Table::discrete, "discrete", 1, Function::read_discrete_inputs},
    TableInfo{Table::input, "input", 3, Function::read_input_registers},
    TableInfo{Table::holding, "holding", 4, Function::read_holding_registers},
};

std::string_view lookup(std::span<const Numbered> names, unsigned number) {
    const auto found = std::ranges::find(names, number, &Numbered::number);
    return found == names.end() ? std::string_view{} : found->name;
}

const TableInfo& info(Table table) {
    return *std::ranges::find(tables, table, &TableInfo::table);
}

} // namespace

std::string_view function_name(std::uint8_t function) {
    return lookup(function_names, function);
}

std::string_view device_object_name(std::uint8_t id) {
    return lookup(object_names, id);
}

std::string_view diagnostics_name(std::uint16_t subfunction) {
    return lookup(subfunction_names, subfunction);
}

const ExceptionInfo* exception_info(std::uint8_t code) {
    const auto* const found = std::ranges::find(exceptions, code, &ExceptionInfo::code);
    return found == exceptions.end() ? nullptr : found;
}

Error exception_error(const ExceptionAnswer& answer, std::string where) {
    Error error{Category::refused, {}, std::move(where), {}, fmt::format("modbus.exception.{}", answer.code)};
    if (const auto* const known = exception_info(answer.code)) {
        error.what = fmt::format("exception {}, {}, to function {}: {}", answer.code, known->name, answer.function,
                                 known->meaning);
        error.hints.emplace_back(known->hint);
    } else {
        error.what =
            fmt::format("exception {} to function {}, which the standard does not name", answer.code, answer.function);
    }
    return error;
}

std::string_view table_name(Table table) {
    return info(table).name;
}

std::optional<Table> parse_table(std::string_view name) {
    const auto* const found = std::ranges::find(tables, name, &TableInfo::name);
    return found == tables.end() ? std::nullopt : std::optional(found->table);
}

Function read_function(Table table) {
    return info(table).read;
}

std::optional<Table> table_read_by(std::uint8_t function) {
    const auto* const found = std::ranges::find(tables, static_cast<Function>(function), &TableInfo::read);
    return found == tables.end() ? std::nullopt : std::optional(found->table);
}

std::string register_text(Table table, std::uint16_t address) {
    const auto& row = info(table);
    return fmt::format("{} 0x{:04X} ({}, reference {}{:05})", row.name, address, address, row.digit, address + 1U);
}

std::string point_text(Table table, std::uint16_t address) {
    return fmt::format("{}:0x{:04X}", table_name(table), address);
}

} // namespace meterctl::codecs::modbus

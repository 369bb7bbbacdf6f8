// Names for people: functions, exceptions, tables and register numbers.
// MODBUS Application Protocol V1.1b3, clauses 4.3, 6 and 7.
#pragma once

#include "codecs/modbus/pdu.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace meterctl::codecs::modbus {

/// "read holding registers"; empty where the standard has no such function.
std::string_view function_name(std::uint8_t function);

/// What is to be done after an exception.
enum class Retry { never, once, later };

struct ExceptionInfo {
    std::uint8_t code;
    std::string_view name;    ///< the standard's: "illegal data address"
    std::string_view meaning; ///< for the user, one clause
    std::string_view culprit; ///< "the request", "the meter", "the gateway"
    Retry retry;
    std::string_view hint;
};

/// nullptr where the standard has no such code.
const ExceptionInfo* exception_info(std::uint8_t code);

/// Category::refused, code "modbus.exception.N".
Error exception_error(const ExceptionAnswer& answer, std::string where = {});

/// "coil", "discrete", "input", "holding".
std::string_view table_name(Table table);
std::optional<Table> parse_table(std::string_view name);
/// Functions 1 to 4.
Function read_function(Table table);
/// Of functions 1 to 4.
std::optional<Table> table_read_by(std::uint8_t function);

/// "holding 0x5002 (20482, reference 420483)": protocol address in both notations and the 1-based reference.
std::string register_text(Table table, std::uint16_t address);
/// "holding:0x5002", as points are written.
std::string point_text(Table table, std::uint16_t address);

/// "vendor_name" ...; empty for private and reserved objects of function 43/14.
std::string_view device_object_name(std::uint8_t id);
/// "return query data" ...; empty where reserved. Of function 8.
std::string_view diagnostics_name(std::uint16_t subfunction);

} // namespace meterctl::codecs::modbus

// A PDU as a tree of named fields and one line for people, as far as its octets go: MODBUS Application Protocol
// V1.1b3, clause 6.
#pragma once

#include "codecs/modbus/field_reader.hpp"

namespace meterctl::codecs::modbus {

struct PduFields {
    std::string summary; ///< "read holding registers 0x5002, 2 registers"
    std::vector<Field> fields;
    std::optional<Error> error; ///< where the PDU is not as the standard has it
};

PduFields request_fields(ByteView pdu, Placement placement);

/// `request`: the one it answers, where that is known; it gives the registers their numbers.
PduFields response_fields(ByteView pdu, Placement placement, const Request* request);

/// "function" of either direction.
void add_function(FieldReader& reader, ByteView pdu);

/// Functions whose request and answer are laid out alike: 5, 6, 8, 21 and 22. The summary's rest; false for others.
bool read_echoed(FieldReader& reader, std::uint8_t function, std::string& summary);

/// "read holding registers", or "function 65".
std::string function_title(std::uint8_t function);

/// "4366 8000", at most eight and then how many more.
std::string register_list(const std::vector<std::uint16_t>& registers);

} // namespace meterctl::codecs::modbus

// Values in registers: types by name, word orders by name, both directions.
// The standard knows 16-bit big-endian registers only; what makers put over several of them is named here and never
// guessed. "abcd" is the order of the octets on the wire, a being the most significant.
#pragma once

#include "src/core/error.hpp"
#include "src/core/value.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::codecs::modbus {

enum class Kind {
    boolean,
    uint,
    sint,
    real,
    bcd,            ///< each hex digit a decimal one: 0025h is 25
    hex,            ///< digit text, leading zeros kept: 2209h 1039h is "22091039"
    ascii,          ///< two characters a register, padded with 00 or 20h at the end
    bits,           ///< a bit field, shown as unsigned
    sign_magnitude, ///< the highest bit is the sign
    modulo_10000,   ///< each register 0-9999, most significant first
    unix_time,      ///< seconds since 1970 UTC
    date_registers, ///< year, month, day, hour, minute, second, a register each
    date_packed,    ///< month day | year-1900 hour | minute second, an octet each
    date_iec870,    ///< IEC 870-5-4: year (7 bits) | month day | hour minute | milliseconds
};

struct ValueType {
    std::string_view name;
    Kind kind;
    unsigned registers; ///< 0: as many as the point's length says
};

/// All types, for help and error texts.
std::span<const ValueType> value_types();
/// Usage error with the nearest names.
Result<const ValueType*> value_type(std::string_view name);

/// How octets stand on the wire against the most significant first order.
struct Order {
    bool words_reversed = false;
    bool octets_swapped = false;
    friend bool operator==(const Order&, const Order&) = default;
};

/// "abcd cdab badc dcba" for two registers, "ab ba" for one and for text, "abcdefgh ghefcdab badcfehg hgfedcba" for
/// four; empty: most significant first. Usage error where the name does not fit the number of registers.
Result<Order> parse_order(std::string_view name, unsigned registers);

/// The octets most significant first.
Bytes in_order(std::span<const std::uint16_t> registers, Order order);
/// Back to registers; `octets` holds an even number.
std::vector<std::uint16_t> from_order(ByteView octets, Order order);

struct TypedValue {
    Value value;                    ///< null where a flag says why
    std::vector<std::string> flags; ///< "not_a_number", "invalid_digits", "invalid_date", "local_time"
};

/// Reads a value; untrusted where the number of registers is not the type's.
Result<TypedValue> decode_value(const ValueType& type, Order order, std::span<const std::uint16_t> registers);

/// Writes a value over `registers` registers (the type's, or the point's length). Category::rejected where it does not
/// fit exactly; a float takes the decimal whose shortest text it is.
Result<std::vector<std::uint16_t>> encode_value(const ValueType& type, Order order, unsigned registers,
                                                const Value& value);

} // namespace meterctl::codecs::modbus

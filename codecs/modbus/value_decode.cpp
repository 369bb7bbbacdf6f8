#include "codecs/modbus/value_times.hpp"
#include "codecs/modbus/values.hpp"
#include "src/core/hex.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <fmt/format.h>

namespace meterctl::codecs::modbus {
namespace {

std::uint64_t pattern_of(ByteView octets) {
    std::uint64_t pattern = 0;
    for (const auto octet : octets) { pattern = (pattern << 8U) | octet; }
    return pattern;
}

std::int64_t two_complement(std::uint64_t pattern, std::size_t octets) {
    const auto spare = 64U - 8U * static_cast<unsigned>(octets);
    return static_cast<std::int64_t>(pattern << spare) >> spare;
}

std::int64_t sign_and_magnitude(std::uint64_t pattern, std::size_t octets) {
    const auto sign = std::uint64_t{1} << (8U * octets - 1U);
    const auto magnitude = static_cast<std::int64_t>(pattern & (sign - 1U));
    return (pattern & sign) != 0 ? -magnitude : magnitude;
}

TypedValue real(std::uint64_t pattern, std::size_t octets) {
    if (octets == 4) {
        const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(pattern));
        return std::isfinite(value) ? TypedValue{Value(value), {}} : TypedValue{Value{}, {"not_a_number"}};
    }
    const auto value = std::bit_cast<double>(pattern);
    return std::isfinite(value) ? TypedValue{Value(value), {}} : TypedValue{Value{}, {"not_a_number"}};
}

TypedValue bcd(ByteView octets) {
    std::uint64_t value = 0;
    for (const auto octet : octets) {
        const std::uint64_t tens = octet >> 4U;
        const std::uint64_t ones = octet & 0x0FU;
        if (tens > 9 || ones > 9) { return {Value{}, {"invalid_digits"}}; }
        value = value * 100 + std::uint64_t{tens} * 10 + ones;
    }
    return {Value(value), {}};
}

TypedValue modulo_10000(std::span<const std::uint16_t> words) {
    std::uint64_t value = 0;
    for (const auto word : words) {
        if (word > 9999) { return {Value{}, {"invalid_digits"}}; }
        value = value * 10000 + word;
    }
    return {Value(value), {}};
}

/// Up to the first 00, without spaces at the end. What is no text stays octets.
TypedValue text(ByteView octets) {
    auto end = std::ranges::find(octets, std::uint8_t{0});
    while (end != octets.begin() && *(end - 1) == ' ') { --end; }
    const bool printable = std::all_of(octets.begin(), end, [](std::uint8_t one) { return one >= 0x20 && one < 0x7F; });
    if (!printable) { return {Value(Bytes(octets.begin(), octets.end())), {"not_text"}}; }
    return {Value(std::string(octets.begin(), end)), {}};
}

} // namespace

Result<TypedValue> decode_value(const ValueType& type, Order order, std::span<const std::uint16_t> registers) {
    if (registers.empty() || (type.registers != 0 && registers.size() != type.registers)) {
        return fail(Category::untrusted,
                    fmt::format("{} registers for a {}, which takes {}", registers.size(), type.name, type.registers),
                    {}, {}, "modbus.value");
    }
    const auto octets = in_order(registers, order);
    const auto words = from_order(octets, {});
    switch (type.kind) {
    case Kind::boolean:
        return TypedValue{Value(words[0] != 0), {}};
    case Kind::uint:
    case Kind::bits:
        return TypedValue{Value(pattern_of(octets)), {}};
    case Kind::sint:
        return TypedValue{Value(two_complement(pattern_of(octets), octets.size())), {}};
    case Kind::sign_magnitude:
        return TypedValue{Value(sign_and_magnitude(pattern_of(octets), octets.size())), {}};
    case Kind::real:
        return real(pattern_of(octets), octets.size());
    case Kind::bcd:
        return bcd(octets);
    case Kind::modulo_10000:
        return modulo_10000(words);
    case Kind::hex:
        return TypedValue{Value(to_hex(octets, "")), {}};
    case Kind::ascii:
        return text(octets);
    case Kind::unix_time:
    case Kind::date_registers:
    case Kind::date_packed:
    case Kind::date_iec870:
        break;
    }
    return decode_time(type.kind, words);
}

} // namespace meterctl::codecs::modbus

#include "codecs/modbus/value_times.hpp"
#include "codecs/modbus/values.hpp"
#include "src/core/hex.hpp"

#include <bit>
#include <cstdlib>
#include <fmt/format.h>

namespace meterctl::codecs::modbus {
namespace {

tl::unexpected<Error> refused(const ValueType& type, const Value& value, std::string_view why) {
    return fail(Category::rejected, fmt::format("'{}' {}", value.to_string(), why), std::string(type.name), {},
                "modbus.value");
}

/// The number as a whole one; nullopt where it has a fraction or 128 bits do not hold it.
std::optional<Int128> whole(const Value& value) {
    if (const auto* const flag = value.get<bool>()) { return *flag ? 1 : 0; }
    const auto number = value.number();
    if (!number) { return std::nullopt; }
    auto [mantissa, exponent] = number->normalized();
    if (exponent < 0 || exponent > 38) { return std::nullopt; }
    for (; exponent > 0; --exponent) {
        if (__builtin_mul_overflow(mantissa, Int128{10}, &mantissa)) { return std::nullopt; }
    }
    return mantissa;
}

Bytes octets_of(std::uint64_t pattern, std::size_t count) {
    Bytes octets(count);
    for (std::size_t i = count; i-- > 0; pattern >>= 8U) { octets[i] = static_cast<std::uint8_t>(pattern & 0xFFU); }
    return octets;
}

/// Whole numbers of a kind in some octets: the range, and the pattern of one in it.
struct Integers {
    Int128 least = 0;
    Int128 most = 0;
};

Integers range_of(Kind kind, std::size_t octets) {
    const auto top = Int128{1} << (8 * octets - 1);
    switch (kind) {
    case Kind::boolean:
        return {0, 1};
    case Kind::sint:
        return {-top, top - 1};
    case Kind::sign_magnitude:
        return {-(top - 1), top - 1};
    default:
        return {0, 2 * top - 1};
    }
}

std::uint64_t pattern_of(Kind kind, Int128 number, std::size_t octets) {
    if (kind != Kind::sign_magnitude || number >= 0) { return static_cast<std::uint64_t>(number); }
    return static_cast<std::uint64_t>(-number) | (std::uint64_t{1} << (8 * octets - 1));
}

Result<Bytes> integer(const ValueType& type, std::size_t octets, const Value& value) {
    const auto number = whole(value);
    if (!number) { return refused(type, value, "is no whole number"); }
    const auto range = range_of(type.kind, octets);
    if (*number < range.least || *number > range.most) {
        return refused(type, value,
                       fmt::format("is outside {} to {}", Decimal{range.least, 0}.to_string(),
                                   Decimal{range.most, 0}.to_string()));
    }
    return octets_of(pattern_of(type.kind, *number, octets), octets);
}

Result<Bytes> digits(const ValueType& type, std::size_t octets, unsigned base, const Value& value) {
    const auto number = whole(value);
    if (!number || *number < 0) { return refused(type, value, "is no whole number from 0 on"); }
    Bytes packed(octets);
    auto rest = *number;
    if (base == 10000) {
        for (auto i = octets; i > 0; i -= 2, rest /= 10000) {
            const auto word = static_cast<unsigned>(rest % 10000);
            packed[i - 2] = static_cast<std::uint8_t>(word >> 8U);
            packed[i - 1] = static_cast<std::uint8_t>(word & 0xFFU);
        }
    } else {
        for (auto i = octets; i > 0; --i, rest /= 100) {
            const auto pair = static_cast<unsigned>(rest % 100);
            packed[i - 1] = static_cast<std::uint8_t>((pair / 10U) << 4U | pair % 10U);
        }
    }
    if (rest != 0) { return refused(type, value, "has too many digits"); }
    return packed;
}

Result<Bytes> real(const ValueType& type, std::size_t octets, const Value& value) {
    const auto number = value.number();
    if (!number) { return refused(type, value, "is no number"); }
    const auto text = number->to_string();
    if (octets == 4) {
        const auto* const exact = value.get<float>();
        const auto nearest = exact != nullptr ? *exact : std::strtof(text.c_str(), nullptr);
        if (Decimal::from_float(nearest) != number) { return refused(type, value, "has more digits than fit"); }
        return octets_of(std::bit_cast<std::uint32_t>(nearest), octets);
    }
    const auto* const exact = value.get<double>();
    const auto nearest = exact != nullptr ? *exact : std::strtod(text.c_str(), nullptr);
    if (Decimal::from_double(nearest) != number) { return refused(type, value, "has more digits than fit"); }
    return octets_of(std::bit_cast<std::uint64_t>(nearest), octets);
}

Result<Bytes> hex(const ValueType& type, std::size_t octets, const Value& value) {
    const auto* const text = value.get<std::string>();
    if (text == nullptr || text->empty() || text->size() > 2 * octets) {
        return refused(type, value, fmt::format("is no text of 1 to {} hex digits", 2 * octets));
    }
    if (text->find_first_not_of("0123456789ABCDEFabcdef") != std::string::npos) {
        return refused(type, value, "has characters that are no hex digits");
    }
    return from_hex(std::string(2 * octets - text->size(), '0') + *text);
}

Result<Bytes> ascii(const ValueType& type, std::size_t octets, const Value& value) {
    const auto* const text = value.get<std::string>();
    if (text == nullptr || text->size() > octets) {
        return refused(type, value, fmt::format("is no text of at most {} characters", octets));
    }
    Bytes padded(text->begin(), text->end());
    for (const auto one : padded) {
        if (one < 0x20 || one >= 0x7F) { return refused(type, value, "has characters outside ASCII"); }
    }
    padded.resize(octets);
    return padded;
}

Result<Bytes> octets_for(const ValueType& type, std::size_t octets, const Value& value) {
    switch (type.kind) {
    case Kind::real:
        return real(type, octets, value);
    case Kind::bcd:
        return digits(type, octets, 10, value);
    case Kind::modulo_10000:
        return digits(type, octets, 10000, value);
    case Kind::hex:
        return hex(type, octets, value);
    case Kind::ascii:
        return ascii(type, octets, value);
    case Kind::boolean:
    case Kind::uint:
    case Kind::sint:
    case Kind::bits:
    case Kind::sign_magnitude:
        return integer(type, octets, value);
    case Kind::unix_time:
    case Kind::date_registers:
    case Kind::date_packed:
    case Kind::date_iec870:
        break;
    }
    auto words = encode_time(type.kind, value);
    if (!words) { return refused(type, value, "is " + words.error().what); }
    return in_order(*words, {});
}

} // namespace

Result<std::vector<std::uint16_t>> encode_value(const ValueType& type, Order order, unsigned registers,
                                                const Value& value) {
    if (registers == 0 || (type.registers != 0 && type.registers != registers)) {
        return fail(Category::rejected, fmt::format("{} registers do not hold a {}", registers, type.name), {}, {},
                    "modbus.value");
    }
    return octets_for(type, 2 * std::size_t{registers}, value).map([&](const Bytes& octets) {
        return from_order(octets, order);
    });
}

} // namespace meterctl::codecs::modbus

#include "codecs/mbus/data.hpp"
#include "codecs/mbus/times.hpp"
#include "src/core/hex.hpp"

#include <algorithm>
#include <bit>
#include <fmt/format.h>
#include <limits>

namespace meterctl::codecs::mbus {
namespace {

constexpr std::size_t longest_text = 0xBF;
constexpr std::size_t longest_binary = 15;

tl::unexpected<Error> rejected(std::string what, std::vector<std::string> hints = {}) {
    return fail(Category::rejected, std::move(what), {}, std::move(hints), "mbus.value");
}

/// Octets the other way round in mode 2.
Bytes ordered(Bytes low_first, ByteOrder order) {
    if (order == ByteOrder::high_first) { std::ranges::reverse(low_first); }
    return low_first;
}

std::size_t size_of(Coding coding) {
    return data_octets(coding, {}).value_or(0);
}

bool is_bcd(Coding coding) {
    return (coding >= Coding::bcd2 && coding <= Coding::bcd8) || coding == Coding::bcd12;
}

/// The number that stands on the wire for `value` in the unit of the VIB; nullopt where a part would be lost.
std::optional<Int128> wire_number(const Value& value, const Meaning& meaning) {
    auto number = value.number();
    if (!number) { return std::nullopt; }
    auto decimal = number->normalized();
    if (decimal.mantissa == 0) { return 0; }
    decimal.exponent -= meaning.exponent;
    constexpr int most_zeros = 18;
    if (decimal.exponent < 0 || decimal.exponent > most_zeros) { return std::nullopt; }
    constexpr Int128 safe = std::numeric_limits<std::int64_t>::max();
    for (; decimal.exponent > 0; --decimal.exponent) {
        if (decimal.mantissa > safe || decimal.mantissa < -safe) { return std::nullopt; }
        decimal.mantissa *= 10;
    }
    if (decimal.mantissa % meaning.factor != 0) { return std::nullopt; }
    return decimal.mantissa / meaning.factor;
}

tl::unexpected<Error> no_fit(const Value& value, Coding coding) {
    return rejected(fmt::format("{} does not fit into {} of this record", value.to_string(), coding_name(coding)));
}

Result<Bytes> encode_integer(const Value& value, const Meaning& meaning, Coding coding, ByteOrder order) {
    const auto size = size_of(coding);
    if (value.is_null()) { return octets_of(1ULL << (8 * size - 1), size, order); }
    const auto number = wire_number(value, meaning);
    const bool unsigned_type = meaning.content == Content::bits || meaning.content == Content::unsigned_number ||
                               meaning.content == Content::digits;
    const Int128 range = static_cast<Int128>(1) << (8 * size);
    const Int128 lowest = unsigned_type ? 0 : -range / 2 + 1;
    const Int128 highest = unsigned_type ? range - 1 : range / 2 - 1;
    if (!number || *number < lowest || *number > highest) { return no_fit(value, coding); }
    return octets_of(static_cast<std::uint64_t>(*number), size, order);
}

Result<Bytes> digits_to_bcd(const std::string& digits, ByteOrder order) {
    auto octets = from_hex(digits);
    if (!octets) { return tl::unexpected(octets.error()); }
    std::ranges::reverse(*octets);
    return ordered(std::move(*octets), order);
}

Result<Bytes> encode_bcd(const Value& value, const Meaning& meaning, Coding coding, ByteOrder order) {
    const auto size = size_of(coding);
    if (value.is_null()) { return Bytes(size, 0xFF); }
    Value number_value = value;
    if (const auto* const text = value.get<std::string>()) {
        const auto parsed = Decimal::parse(*text);
        if (!parsed) { return no_fit(value, coding); }
        number_value = *parsed;
    }
    const auto number = wire_number(number_value, meaning);
    if (!number) { return no_fit(value, coding); }
    const bool negative = *number < 0;
    const Decimal magnitude{negative ? -*number : *number, 0};
    auto digits = magnitude.to_string();
    const auto room = 2 * size - (negative ? 1 : 0);
    if (digits.size() > room) { return no_fit(value, coding); }
    digits.insert(0, room - digits.size(), '0');
    return digits_to_bcd(negative ? "F" + digits : digits, order);
}

Result<Bytes> encode_real(const Value& value, const Meaning& meaning, ByteOrder order) {
    auto number = std::numeric_limits<float>::quiet_NaN();
    if (!value.is_null()) {
        auto decimal = value.number();
        if (!decimal || meaning.factor != 1) { return no_fit(value, Coding::real32); }
        decimal->exponent -= meaning.exponent;
        number = static_cast<float>(decimal->to_double());
        const auto back = Decimal::from_float(number);
        if (!back || *back != *decimal) { return no_fit(value, Coding::real32); }
    }
    return octets_of(std::bit_cast<std::uint32_t>(number), sizeof number, order);
}

/// UTF-8 to ISO 8859-1; nullopt where a character has no place there.
std::optional<Bytes> latin_1(std::string_view text) {
    Bytes octets;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto one = static_cast<std::uint8_t>(text[at]);
        if (one < 0x80) {
            octets.push_back(one);
            continue;
        }
        const bool two = (one == 0xC2 || one == 0xC3) && at + 1 < text.size();
        if (!two) { return std::nullopt; }
        ++at;
        octets.push_back(
            static_cast<std::uint8_t>(((one & 0x03U) << 6U) | (static_cast<std::uint8_t>(text[at]) & 0x3FU)));
    }
    return octets;
}

Result<Bytes> with_lvar(std::size_t lvar, Bytes octets) {
    octets.insert(octets.begin(), static_cast<std::uint8_t>(lvar));
    return octets;
}

Result<Bytes> encode_text(const std::string& text, ByteOrder order) {
    auto octets = latin_1(text);
    if (!octets || octets->size() > longest_text) {
        return rejected("the text does not fit", {"at most 191 characters of ISO 8859-1"});
    }
    std::ranges::reverse(*octets);
    const auto size = octets->size();
    return with_lvar(size, ordered(std::move(*octets), order));
}

Result<Bytes> encode_binary(Bytes high_first, ByteOrder order) {
    if (high_first.size() > longest_binary) { return rejected("the octets do not fit", {"at most 15 octets"}); }
    std::ranges::reverse(high_first);
    const auto size = high_first.size();
    return with_lvar(0xE0 + size, ordered(std::move(high_first), order));
}

/// The shortest binary number.
Result<Bytes> encode_variable_number(const Value& value, const Meaning& meaning, ByteOrder order) {
    const auto number = wire_number(value, meaning);
    for (std::size_t size = 1; number && size <= sizeof(std::uint64_t); ++size) {
        const Int128 half = static_cast<Int128>(1) << (8 * size - 1);
        if (*number > -half && *number < half) {
            return with_lvar(0xE0 + size, octets_of(static_cast<std::uint64_t>(*number), size, order));
        }
    }
    return no_fit(value, Coding::variable);
}

Result<Bytes> encode_variable_data(const Value& value, const Meaning& meaning, ByteOrder order) {
    if (value.is_null()) { return Bytes{0}; }
    if (const auto* const text = value.get<std::string>()) { return encode_text(*text, order); }
    if (const auto* const octets = value.get<Bytes>()) { return encode_binary(*octets, order); }
    return encode_variable_number(value, meaning, order);
}

bool is_time(const Meaning& meaning) {
    return meaning.content == Content::date || meaning.content == Content::time;
}

Result<Bytes> encode_time_data(const Value& value, Coding coding, ByteOrder order) {
    const auto size = size_of(coding);
    const auto bits = encode_time(value, size);
    if (!bits) { return no_fit(value, coding); }
    return octets_of(*bits, size, order);
}

} // namespace

Bytes octets_of(std::uint64_t bits, std::size_t count, ByteOrder order) {
    Bytes octets(count);
    for (auto& octet : octets) {
        octet = static_cast<std::uint8_t>(bits);
        bits >>= 8U;
    }
    return ordered(std::move(octets), order);
}

Result<Bytes> encode_data(const Record& header, const Meaning& meaning, const Value& value, ByteOrder order) {
    const auto coding = header.dib.coding;
    if (coding == Coding::none || coding == Coding::selection) {
        if (value.is_null()) { return Bytes{}; }
        return no_fit(value, coding);
    }
    if (const auto* const octets = value.get<Bytes>(); octets != nullptr && coding != Coding::variable) {
        if (octets->size() != size_of(coding)) { return no_fit(value, coding); }
        return *octets;
    }
    if (coding == Coding::variable) { return encode_variable_data(value, meaning, order); }
    if (coding == Coding::real32) { return encode_real(value, meaning, order); }
    if (is_bcd(coding)) { return encode_bcd(value, meaning, coding, order); }
    if (is_time(meaning)) { return encode_time_data(value, coding, order); }
    return encode_integer(value, meaning, coding, order);
}

} // namespace meterctl::codecs::mbus

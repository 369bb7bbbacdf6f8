#include "codecs/mbus/data.hpp"
#include "codecs/mbus/times.hpp"

#include <bit>
#include <cmath>

namespace meterctl::codecs::mbus {
namespace {

constexpr std::size_t widest_number = 8;
constexpr std::size_t widest_binary = 15; ///< octets of LVAR E0 to EF
constexpr std::size_t most_digits = 18;

/// Octet `index` counted from the most significant.
std::uint8_t from_high(ByteView octets, std::size_t index, ByteOrder order) {
    return order == ByteOrder::high_first ? octets[index] : octets[octets.size() - 1 - index];
}

Value scaled_number(Int128 number, const Meaning& meaning) {
    if (meaning.exponent == 0 && meaning.factor == 1) { return static_cast<std::int64_t>(number); }
    return Decimal{number * meaning.factor, meaning.exponent};
}

void fill_unsigned(Record& record, const Meaning& meaning, ByteOrder order) {
    const auto number = unsigned_of(record.data, order);
    if (meaning.exponent == 0 && meaning.factor == 1) {
        record.value = number;
    } else {
        record.value = Decimal{Int128{number} * meaning.factor, meaning.exponent};
    }
}

void fill_real(Record& record, const Meaning& meaning, ByteOrder order) {
    const auto number = std::bit_cast<float>(static_cast<std::uint32_t>(unsigned_of(record.data, order)));
    if (!std::isfinite(number)) {
        record.flags.emplace_back("not_a_number");
        return;
    }
    const bool plain = meaning.exponent == 0 && meaning.factor == 1;
    record.value = plain ? Value(number) : scaled(Value(number), Decimal{meaning.factor, meaning.exponent});
    if (record.value.is_null()) { record.flags.emplace_back("out_of_range"); }
}

/// ISO 8859-1, the last character first in mode 1.
std::string text_of(ByteView octets, ByteOrder order) {
    std::string text;
    text.reserve(octets.size());
    for (std::size_t index = 0; index < octets.size(); ++index) {
        const auto one = from_high(octets, index, order);
        if (one < 0x80) {
            text += static_cast<char>(one);
        } else {
            text += static_cast<char>(0xC0U | (one >> 6U));
            text += static_cast<char>(0x80U | (one & 0x3FU));
        }
    }
    return text;
}

Bytes high_first(ByteView octets, ByteOrder order) {
    Bytes result(octets.begin(), octets.end());
    if (order == ByteOrder::low_first) { result.assign(octets.rbegin(), octets.rend()); }
    return result;
}

Int128 wide_signed(ByteView octets, ByteOrder order) {
    Int128 number = 0;
    for (std::size_t index = 0; index < octets.size(); ++index) {
        number = number * 256 + from_high(octets, index, order);
    }
    const bool negative = !octets.empty() && (from_high(octets, 0, order) & 0x80U) != 0;
    return negative ? number - (static_cast<Int128>(1) << (8 * octets.size())) : number;
}

void fill_binary(Record& record, ByteView octets, const Meaning& meaning, ByteOrder order) {
    const bool number = octets.size() <= widest_binary && meaning.content != Content::time && !octets.empty();
    if (!number) {
        record.value = high_first(octets, order);
    } else if (octets.size() <= widest_number && meaning.content == Content::bits) {
        record.value = unsigned_of(octets, order);
    } else if (octets.size() <= widest_number) {
        fill_integer(octets, order, meaning, record.value, record.flags);
    } else {
        record.value = Decimal{wide_signed(octets, order), meaning.exponent};
    }
}

void negate(Value& value) {
    if (const auto* const whole = value.get<std::int64_t>()) {
        value = -*whole; // of 18 digits at most
    } else if (const auto number = value.number()) {
        value = Decimal{-number->mantissa, number->exponent};
    }
}

void fill_variable(Record& record, const Meaning& meaning, ByteOrder order) {
    const unsigned lvar = record.data[0];
    const auto octets = record.data.subspan(1);
    if (lvar < 0xC0) {
        record.value = text_of(octets, order);
    } else if (lvar < 0xE0) {
        fill_bcd(octets, order, meaning, record.value, record.flags, record.text);
        if (lvar >= 0xD0) { negate(record.value); }
    } else {
        fill_binary(record, octets, meaning, order);
    }
}

bool is_time(const Meaning& meaning) {
    return meaning.content == Content::date || meaning.content == Content::time;
}

/// False where the size is no time's.
bool fill_time(Record& record, ByteOrder order) {
    auto time = decode_time(unsigned_of(record.data, order), record.data.size());
    if (!time) { return false; }
    record.value = std::move(time->value);
    record.flags = std::move(time->flags);
    record.text = std::move(time->text);
    return true;
}

void fill_integer_record(Record& record, const Meaning& meaning, ByteOrder order) {
    if (is_time(meaning)) {
        if (fill_time(record, order)) { return; }
        record.flags.emplace_back("unknown_time_type");
    }
    const bool bits = meaning.content == Content::bits || meaning.content == Content::unsigned_number ||
                      meaning.content == Content::digits;
    if (bits) { return fill_unsigned(record, meaning, order); }
    fill_integer(record.data, order, meaning, record.value, record.flags);
}

void fill_any(Record& record, const Meaning& meaning, ByteOrder order) {
    switch (record.dib.coding) {
    case Coding::none:
    case Coding::selection:
    case Coding::special:
        return;
    case Coding::real32:
        return fill_real(record, meaning, order);
    case Coding::variable:
        return fill_variable(record, meaning, order);
    case Coding::bcd2:
    case Coding::bcd4:
    case Coding::bcd6:
    case Coding::bcd8:
    case Coding::bcd12:
        return fill_bcd(record.data, order, meaning, record.value, record.flags, record.text);
    default:
        return fill_integer_record(record, meaning, order);
    }
}

} // namespace

std::uint64_t unsigned_of(ByteView octets, ByteOrder order) {
    std::uint64_t bits = 0;
    for (std::size_t index = 0; index < octets.size(); ++index) {
        bits = (bits << 8U) | from_high(octets, index, order);
    }
    return bits;
}

std::int64_t signed_of(ByteView octets, ByteOrder order) {
    const auto unused = 64 - 8 * octets.size();
    if (octets.empty()) { return 0; }
    return static_cast<std::int64_t>(unsigned_of(octets, order) << unused) >> unused;
}

std::string bcd_digits(ByteView octets, ByteOrder order) {
    constexpr std::string_view names = "0123456789ABCDEF";
    std::string digits;
    digits.reserve(2 * octets.size());
    for (std::size_t index = 0; index < octets.size(); ++index) {
        const auto one = from_high(octets, index, order);
        digits += names[one >> 4U];
        digits += names[one & 0x0FU];
    }
    return digits;
}

void fill_bcd(ByteView octets, ByteOrder order, const Meaning& meaning, Value& value, std::vector<std::string>& flags,
              std::string& text) {
    std::int64_t number = 0;
    bool negative = false;
    bool good = octets.size() * 2 <= most_digits;
    for (std::size_t index = 0; good && index < octets.size(); ++index) {
        const auto one = from_high(octets, index, order);
        unsigned high = one >> 4U;
        if (index == 0 && high == 0x0F) {
            negative = true;
            high = 0;
        }
        good = high <= 9 && (one & 0x0FU) <= 9;
        number = number * 100 + static_cast<std::int64_t>(high * 10U + (one & 0x0FU));
    }
    if (!good) {
        flags.emplace_back("invalid_digits");
        text = bcd_digits(octets, order);
        return;
    }
    if (meaning.content == Content::digits && !negative) {
        value = bcd_digits(octets, order);
    } else {
        value = scaled_number(negative ? -number : number, meaning);
    }
}

void fill_integer(ByteView octets, ByteOrder order, const Meaning& meaning, Value& value,
                  std::vector<std::string>& flags) {
    const auto number = signed_of(octets, order);
    const auto lowest = static_cast<std::int64_t>(~std::uint64_t{0} << (8 * octets.size() - 1));
    if (number == lowest) {
        flags.emplace_back("not_available");
    } else {
        value = scaled_number(number, meaning);
    }
}

void fill_value(Record& record, const Meaning& meaning, ByteOrder order) {
    record.unit = meaning.unit;
    if (!meaning.no_value.empty()) {
        record.flags.emplace_back(meaning.no_value);
        return;
    }
    if (meaning.packed && record.dib.coding == Coding::variable) {
        record.value = high_first(record.data.subspan(1), order); // as every binary of a variable length
    } else if (meaning.packed) {
        record.value = Bytes(record.data.begin(), record.data.end());
    } else {
        fill_any(record, meaning, order);
    }
    if (!meaning.flag.empty()) { record.flags.emplace_back(meaning.flag); }
    if (record.value.is_null() && record.flags.empty()) { record.flags.emplace_back("no_data"); }
}

} // namespace meterctl::codecs::mbus

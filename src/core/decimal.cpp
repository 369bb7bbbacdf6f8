#include "src/core/decimal.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <limits>

namespace meterctl {

namespace {

__extension__ using Uint128 = unsigned __int128;

constexpr int longest_plain = 60;
constexpr int widest_exponent = 1'000'000;

Uint128 magnitude(Int128 value) {
    return value < 0 ? Uint128{0} - static_cast<Uint128>(value) : static_cast<Uint128>(value);
}

/// Decimal digits, most significant first; "0" for zero.
std::string digits_of(Uint128 value) {
    // Nearly all numbers are this small, and 128 bits divide slowly.
    if (value <= std::numeric_limits<std::uint64_t>::max()) {
        return fmt::format_int(static_cast<std::uint64_t>(value)).str();
    }
    std::string digits;
    do {
        digits += static_cast<char>('0' + static_cast<int>(value % 10));
        value /= 10;
    } while (value != 0);
    std::ranges::reverse(digits);
    return digits;
}

/// The digits with the point where the exponent puts it; empty where that would take more than 60 of them.
std::string plain(const std::string& digits, int exponent) {
    const auto length = static_cast<int>(digits.size());
    if (exponent >= 0) {
        if (length + exponent > longest_plain) { return {}; }
        return digits == "0" ? digits : digits + std::string(static_cast<std::size_t>(exponent), '0');
    }
    const int places = -exponent;
    if (std::max(length, places + 1) > longest_plain) { return {}; }
    if (length > places) {
        const auto whole = static_cast<std::size_t>(length - places);
        std::string text = digits;
        return text.insert(whole, 1, '.');
    }
    return "0." + std::string(static_cast<std::size_t>(places - length), '0') + digits;
}

bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

/// Appends a digit; false where 128 bits do not hold the result.
bool append(Uint128& value, char digit) {
    constexpr Uint128 limit = static_cast<Uint128>(1) << 127U;
    const auto added = static_cast<Uint128>(digit - '0');
    if (value > (limit - 1 - added) / 10) { return false; }
    value = value * 10 + added;
    return true;
}

/// The parts of "[+-]D*[.D*][eE[+-]D+]": consumes them from `text`, leaves it empty when all was well.
struct Scan {
    std::string_view text;
    Uint128 value = 0;
    int exponent = 0;
    bool negative = false;
    bool any_digit = false;
    bool held = true;

    void sign(bool& flag) {
        if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
            flag = text[0] == '-';
            text.remove_prefix(1);
        }
    }
    void digits(int step) {
        while (!text.empty() && is_digit(text[0])) {
            any_digit = true;
            held = append(value, text[0]) && held;
            exponent += step;
            text.remove_prefix(1);
        }
    }
    bool power() {
        if (text.empty() || (text[0] != 'e' && text[0] != 'E')) { return true; }
        text.remove_prefix(1);
        bool down = false;
        sign(down);
        int power = 0;
        const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), power);
        if (problem != std::errc{} || text.empty() || !is_digit(text[0]) || power > widest_exponent) { return false; }
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        exponent += down ? -power : power;
        return true;
    }
};

template <class Float>
std::optional<Decimal> from_shortest(Float value) {
    if (!std::isfinite(value)) { return std::nullopt; }
    const auto decimal = Decimal::parse(fmt::format("{}", value));
    if (!decimal) { return std::nullopt; }
    const Decimal short_form = decimal->normalized();
    if (short_form.exponent <= 0) { return short_form; }
    const auto whole = short_form.exponent <= 30 ? short_form.to_int64() : std::nullopt;
    return whole ? Decimal{*whole, 0} : short_form;
}

} // namespace

std::string Decimal::to_string() const {
    const std::string_view sign = mantissa < 0 ? "-" : "";
    std::string digits = digits_of(magnitude(mantissa));
    if (exponent == 0) { return digits.insert(0, sign); }
    std::string text = plain(digits, exponent);
    return text.empty() ? fmt::format("{}{}e{}", sign, digits, exponent) : text.insert(0, sign);
}

double Decimal::to_double() const {
    // strtod rounds the decimal text once; mantissa times a power of ten would round twice
    return std::strtod(
        fmt::format("{}{}e{}", mantissa < 0 ? "-" : "", digits_of(magnitude(mantissa)), exponent).c_str(), nullptr);
}

std::optional<std::int64_t> Decimal::to_int64() const {
    Decimal value = normalized();
    if (value.exponent < 0) { return std::nullopt; }
    for (; value.exponent > 0; --value.exponent) {
        if (__builtin_mul_overflow(value.mantissa, Int128{10}, &value.mantissa)) { return std::nullopt; }
    }
    constexpr Int128 lowest = std::numeric_limits<std::int64_t>::min();
    constexpr Int128 highest = std::numeric_limits<std::int64_t>::max();
    if (value.mantissa < lowest || value.mantissa > highest) { return std::nullopt; }
    return static_cast<std::int64_t>(value.mantissa);
}

Decimal Decimal::normalized() const {
    if (mantissa == 0) { return {0, 0}; }
    Decimal value = *this;
    while (value.mantissa % 10 == 0) {
        value.mantissa /= 10;
        ++value.exponent;
    }
    return value;
}

std::optional<Decimal> Decimal::divided_by(Decimal other) const {
    other = other.normalized();
    Decimal value = normalized();
    if (other.mantissa == 0) { return std::nullopt; }
    for (int shift = 0; shift <= 30; ++shift) {
        if (value.mantissa % other.mantissa == 0) {
            return Decimal{value.mantissa / other.mantissa, value.exponent - other.exponent};
        }
        --value.exponent;
        if (__builtin_mul_overflow(value.mantissa, Int128{10}, &value.mantissa)) { return std::nullopt; }
    }
    return std::nullopt;
}

std::optional<Decimal> Decimal::times(Decimal other) const {
    Decimal product;
    product.exponent = exponent + other.exponent;
    if (__builtin_mul_overflow(mantissa, other.mantissa, &product.mantissa)) { return std::nullopt; }
    return product;
}

Result<Decimal> Decimal::parse(std::string_view text) {
    Scan scan{.text = text};
    scan.sign(scan.negative);
    scan.digits(0);
    if (!scan.text.empty() && scan.text[0] == '.') {
        scan.text.remove_prefix(1);
        scan.digits(-1);
    }
    if (!scan.any_digit || !scan.power() || !scan.text.empty()) {
        return fail(Category::usage, fmt::format("'{}' is no number", text), {},
                    {"digits with at most one decimal point, e.g. 230.5"});
    }
    if (!scan.held) { return fail(Category::usage, fmt::format("'{}' has more than 38 digits", text)); }
    const auto mantissa = static_cast<Int128>(scan.value);
    return Decimal{scan.negative ? -mantissa : mantissa, scan.exponent};
}

std::optional<Decimal> Decimal::from_float(float value) {
    return from_shortest(value);
}
std::optional<Decimal> Decimal::from_double(double value) {
    return from_shortest(value);
}

int Decimal::compare(const Decimal& a, const Decimal& b) {
    const auto sign = [](Int128 value) { return value == 0 ? 0 : (value < 0 ? -1 : 1); };
    if (sign(a.mantissa) != sign(b.mantissa)) { return sign(a.mantissa) < sign(b.mantissa) ? -1 : 1; }
    if (a.exponent == b.exponent) { return a.mantissa < b.mantissa ? -1 : static_cast<int>(a.mantissa > b.mantissa); }
    if (a.mantissa == 0) { return 0; }

    std::string left = digits_of(magnitude(a.mantissa));
    std::string right = digits_of(magnitude(b.mantissa));
    const auto left_order = static_cast<long long>(left.size()) + a.exponent;
    const auto right_order = static_cast<long long>(right.size()) + b.exponent;
    int order = left_order < right_order ? -1 : (left_order > right_order ? 1 : 0);
    if (order == 0) {
        const std::size_t length = std::max(left.size(), right.size());
        left.resize(length, '0');
        right.resize(length, '0');
        order = sign(left.compare(right));
    }
    return a.mantissa < 0 ? -order : order;
}

} // namespace meterctl

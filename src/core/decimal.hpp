// Decimal: mantissa x 10^exponent, exact. An energy register 12345678 with scaler -2 prints 123456.78.
#pragma once

#include "src/core/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meterctl {

__extension__ using Int128 = __int128;

struct Decimal {
    Int128 mantissa = 0;
    int exponent = 0; ///< power of ten; trailing zeros are kept: 1.50 is {150, -2}

    /// "123456.78", "-0.05", "1200"; never an exponent while the text has at most 60 digits, else "1e90".
    [[nodiscard]] std::string to_string() const;
    [[nodiscard]] double to_double() const;
    /// As int64 when the value is whole and fits.
    [[nodiscard]] std::optional<std::int64_t> to_int64() const;
    /// The same value without trailing zeros in the mantissa ({1500,-3} -> {15,-1}; zero -> {0,0}).
    [[nodiscard]] Decimal normalized() const;

    /// Exact; nullopt where 128 bits do not hold the product.
    [[nodiscard]] std::optional<Decimal> times(Decimal other) const;
    /// Exact; nullopt where the quotient does not end within 128 bits, and for a divisor of 0.
    [[nodiscard]] std::optional<Decimal> divided_by(Decimal other) const;

    /// Reads "12", "-0.5", "1e-3", "+7.50". Usage error on anything else.
    static Result<Decimal> parse(std::string_view text);
    /// The decimal of the shortest text that reads back to this float or double; nullopt for NaN and infinities.
    static std::optional<Decimal> from_float(float value);
    static std::optional<Decimal> from_double(double value);

    /// Compare by value: 1.50 == 1.5.
    friend bool operator==(const Decimal& a, const Decimal& b) { return compare(a, b) == 0; }
    friend bool operator<(const Decimal& a, const Decimal& b) { return compare(a, b) < 0; }
    friend bool operator>(const Decimal& a, const Decimal& b) { return compare(a, b) > 0; }
    friend bool operator<=(const Decimal& a, const Decimal& b) { return compare(a, b) <= 0; }
    friend bool operator>=(const Decimal& a, const Decimal& b) { return compare(a, b) >= 0; }

    /// -1, 0 or 1; exact at any exponents.
    static int compare(const Decimal& a, const Decimal& b);
};

} // namespace meterctl

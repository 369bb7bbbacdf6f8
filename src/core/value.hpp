// Value: what a meter says, kept exactly: integers keep 64 bits, decimals are exact, a float keeps its own width.
#pragma once

#include "src/core/bytes.hpp"
#include "src/core/datetime.hpp"
#include "src/core/decimal.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace meterctl {

struct Value;
struct NamedValue;
using List = std::vector<Value>;
using Structure = std::vector<NamedValue>;

struct Value {
    using Variant = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, Decimal, float, double, std::string,
                                 Bytes, DateTime, List, Structure>;
    Variant data;

    Value() = default;
    template <class T>
        requires std::is_constructible_v<Variant, T&&> && (!std::is_same_v<std::remove_cvref_t<T>, Value>)
    Value(T&& value) : data(std::forward<T>(value)) {} // NOLINT: a value is made from what it holds

    [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(data); }
    template <class T>
    [[nodiscard]] const T* get() const {
        return std::get_if<T>(&data);
    }
    /// Any number as an exact decimal; nullopt for what is no number, NaN or infinite.
    [[nodiscard]] std::optional<Decimal> number() const;
    /// As a person reads it: numbers exact or shortest, bytes as hex, null as "".
    [[nodiscard]] std::string to_string() const;

    friend bool operator==(const Value&, const Value&);
};

struct NamedValue {
    std::string name;
    Value value;

    friend bool operator==(const NamedValue&, const NamedValue&);
};

/// `value x factor`: integers and decimals stay exact. A float times a power of ten becomes the Decimal of its shortest
/// text, moved; NaN and infinities become null. Non-numbers are returned as they are.
Value scaled(const Value& value, Decimal factor);

} // namespace meterctl

#include "src/core/value.hpp"

#include "src/core/hex.hpp"

#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <type_traits>

namespace meterctl {

namespace {

template <class... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

template <class Float>
std::string float_text(Float value) {
    if (!std::isfinite(value)) { return fmt::format("{}", value); }
    const Float size = std::fabs(value);
    const bool plain = size == 0 || (size >= static_cast<Float>(1e-5) && size < static_cast<Float>(1e16));
    const auto decimal = plain ? Decimal::from_double(value) : std::nullopt;
    if constexpr (std::is_same_v<Float, float>) {
        const auto narrow = plain ? Decimal::from_float(value) : std::nullopt;
        return narrow ? narrow->to_string() : fmt::format("{}", value);
    } else {
        return decimal ? decimal->to_string() : fmt::format("{}", value);
    }
}

template <class Items, class Print>
std::string joined(const Items& items, char open, char close, Print print) {
    std::string text(1, open);
    for (const auto& item : items) {
        if (text.size() > 1) { text += ", "; }
        text += print(item);
    }
    return text + close;
}

} // namespace

std::optional<Decimal> Value::number() const {
    return std::visit(Overloaded{
                          [](std::int64_t value) {
                              return std::optional(Decimal{value, 0});
                          },
                          [](std::uint64_t value) {
                              return std::optional(Decimal{Int128{value}, 0});
                          },
                          [](const Decimal& value) { return std::optional(value); },
                          [](float value) { return Decimal::from_float(value); },
                          [](double value) { return Decimal::from_double(value); },
                          [](const auto&) { return std::optional<Decimal>{}; },
                      },
                      data);
}

std::string Value::to_string() const {
    return std::visit(Overloaded{
                          [](std::monostate) { return std::string{}; },
                          [](bool value) { return std::string(value ? "true" : "false"); },
                          [](std::int64_t value) { return fmt::format("{}", value); },
                          [](std::uint64_t value) { return fmt::format("{}", value); },
                          [](const Decimal& value) { return value.to_string(); },
                          [](float value) { return float_text(value); },
                          [](double value) { return float_text(value); },
                          [](const std::string& value) { return value; },
                          [](const Bytes& value) { return to_hex(value); },
                          [](const DateTime& value) { return value.to_string(); },
                          [](const List& items) {
                              return joined(items, '[', ']', [](const Value& item) {
                                  return item.is_null() ? "null" : item.to_string();
                              });
                          },
                          [](const Structure& fields) {
                              return joined(fields, '{', '}', [](const NamedValue& field) {
                                  return field.name + ": " + field.value.to_string();
                              });
                          },
                      },
                      data);
}

bool operator==(const Value& a, const Value& b) {
    return a.data == b.data;
}
bool operator==(const NamedValue& a, const NamedValue& b) {
    return a.name == b.name && a.value == b.value;
}

Value scaled(const Value& value, Decimal factor) {
    const bool is_float = value.get<float>() != nullptr || value.get<double>() != nullptr;
    const auto number = value.number();
    if (!number) { return is_float ? Value{} : value; }
    if (factor == Decimal{1, 0}) { return value; }
    const auto product = number->times(factor);
    return product ? Value(*product) : Value{};
}

} // namespace meterctl

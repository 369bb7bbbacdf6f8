#include "src/catalogue/choices.hpp"

#include "src/core/text.hpp"

#include <algorithm>

namespace meterctl::catalogue {

bool same_value(const Value& a, const Value& b) {
    const auto left = a.number(), right = b.number();
    return left && right ? *left == *right : a == b;
}

const Choice* choice_of(const Point& point, const Value& value) {
    const auto found =
        std::ranges::find_if(point.choices, [&](const Choice& choice) { return same_value(choice.value, value); });
    return found == point.choices.end() ? nullptr : &*found;
}

const Value& meant_by(const Point& point, const Value& value) {
    const auto* const text = value.get<std::string>();
    if (text == nullptr) { return value; }
    const auto found = std::ranges::find_if(point.choices, [&](const Choice& choice) {
        return !choice.label.empty() && to_lower(choice.label) == to_lower(*text);
    });
    return found == point.choices.end() ? value : found->value;
}

} // namespace meterctl::catalogue

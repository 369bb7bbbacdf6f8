#include "sessions/identify_rule.hpp"

#include "src/core/text.hpp"

#include <algorithm>

namespace meterctl::sessions {

bool rule_holds(const catalogue::IdentifyRule& rule, const Value& value) {
    const auto number = value.number();
    const std::string text = value.to_string();
    if (value.is_null()) { return false; }
    if (!rule.equals.empty()) {
        const bool equal = std::any_of(rule.equals.begin(), rule.equals.end(), [&](const std::string& wanted) {
            const auto wanted_number = Decimal::parse(wanted);
            return text == wanted || (number && wanted_number && *number == *wanted_number);
        });
        if (!equal) { return false; }
    }
    if (!rule.contains.empty() && to_lower(text).find(to_lower(rule.contains)) == std::string::npos) { return false; }
    if ((rule.minimum || rule.maximum) && !number) { return false; }
    return !(rule.minimum && *number < *rule.minimum) && !(rule.maximum && *number > *rule.maximum);
}

} // namespace meterctl::sessions

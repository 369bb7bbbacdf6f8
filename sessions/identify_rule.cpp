#include "sessions/identify_rule.hpp"

#include "src/core/text.hpp"

#include <algorithm>
#include <map>

namespace meterctl::sessions {

namespace {

using Values = std::map<std::string, Value>; ///< by address

bool fits(const catalogue::Definition& meter, const Values& values) {
    return std::ranges::any_of(meter.identify, [&](const std::vector<catalogue::IdentifyRule>& rules) {
        return !rules.empty() && std::ranges::all_of(rules, [&](const catalogue::IdentifyRule& rule) {
            const auto found = values.find(rule.address);
            return found != values.end() && rule_holds(rule, found->second);
        });
    });
}

void add_point(std::vector<catalogue::Point>& points, std::string_view name, std::string_view address,
               std::string_view type) {
    if (std::ranges::find(points, address, &catalogue::Point::address) != points.end()) { return; }
    catalogue::Point& point = points.emplace_back();
    point.name = name;
    point.address = address;
    point.type = type;
}

} // namespace

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

std::vector<catalogue::Point> identity_points(std::span<const Fact> facts, Candidates candidates) {
    std::vector<catalogue::Point> points;
    points.reserve(facts.size());
    for (const Fact& fact : facts) { add_point(points, fact.name, fact.address, fact.type); }
    for (const catalogue::Definition* candidate : candidates) {
        for (const auto& rules : candidate->identify) {
            for (const auto& rule : rules) { add_point(points, rule.address, rule.address, rule.type); }
        }
    }
    return points;
}

Identity identity_of(std::span<const Fact> facts, Candidates candidates, std::vector<Reading> readings) {
    Values values;
    Identity identity;
    for (Reading& reading : readings) {
        values[reading.address] = reading.value;
        const bool fact = std::ranges::find(facts, reading.name, &Fact::name) != facts.end();
        if (reading.name == "serial_number") { identity.serial_number = reading.value.to_string(); }
        if (fact) { identity.facts.push_back(std::move(reading)); }
    }
    const auto found = std::ranges::find_if(candidates, [&](const auto* one) { return fits(*one, values); });
    if (found != candidates.end()) { identity.model = (*found)->model; }
    return identity;
}

} // namespace meterctl::sessions

#include "sessions/dlms/identify.hpp"

#include "sessions/identify_rule.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>

namespace meterctl::sessions::dlms {

namespace {

using catalogue::Definition;
using catalogue::IdentifyRule;

struct Fact {
    std::string_view name, address, type;
};
constexpr std::array facts{
    Fact{"logical_device_name", "1:0-0:42.0.0.255:2", "text"},
    Fact{"serial_number", "1:0-0:96.1.0.255:2", "text"},
    Fact{"software_version", "1:1-0:0.2.0.255:2", "text"},
};

catalogue::Point point_of(std::string_view name, std::string_view address, std::string_view type) {
    catalogue::Point point;
    point.name = name;
    point.address = address;
    point.type = type;
    return point;
}

bool fits(const Definition& meter, const std::map<std::string, Value>& values) {
    return std::ranges::any_of(meter.identify, [&](const std::vector<IdentifyRule>& rules) {
        return !rules.empty() && std::ranges::all_of(rules, [&](const IdentifyRule& rule) {
            const auto found = values.find(rule.address);
            return found != values.end() && rule_holds(rule, found->second);
        });
    });
}

bool asked(const std::vector<catalogue::Point>& points, const std::string& address) {
    return std::ranges::find(points, address, &catalogue::Point::address) != points.end();
}

} // namespace

Task<Result<Identity>> identify(Reader& reader, ApduLink& link, std::vector<const Definition*> candidates) {
    std::vector<catalogue::Point> points;
    points.reserve(std::size(facts));
    for (const Fact& fact : facts) { points.push_back(point_of(fact.name, fact.address, fact.type)); }
    for (const Definition* candidate : candidates) {
        for (const auto& rules : candidate->identify) {
            for (const IdentifyRule& rule : rules) {
                if (!asked(points, rule.address)) { points.push_back(point_of(rule.address, rule.address, rule.type)); }
            }
        }
    }
    auto outcome = co_await reader.read(std::move(points));
    if (!outcome) { co_return tl::unexpected(outcome.error()); }
    std::map<std::string, Value> values;
    Identity identity;
    for (Reading& reading : outcome->readings) {
        values[reading.address] = reading.value;
        const bool fact = std::ranges::find(facts, reading.name, &Fact::name) != facts.end();
        if (reading.name == "serial_number") { identity.serial_number = reading.value.to_string(); }
        if (fact) { identity.facts.push_back(std::move(reading)); }
    }
    const auto found = std::ranges::find_if(candidates, [&](const Definition* one) { return fits(*one, values); });
    if (found != candidates.end()) { identity.model = (*found)->model; }
    identity.address = link.address();
    if (const auto line = link.transport().line()) { identity.line = fmt::format("{} {}", line->baud, line->frame()); }
    co_return identity;
}

} // namespace meterctl::sessions::dlms

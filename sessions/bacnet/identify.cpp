#include "sessions/bacnet/identify.hpp"

#include "sessions/identify_rule.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>

namespace meterctl::sessions::bacnet {

namespace {

using catalogue::Definition;
using catalogue::IdentifyRule;

struct Fact {
    std::string_view name, address, type;
};
constexpr std::array facts{
    Fact{"device_instance", "device/object-identifier", "instance"},
    Fact{"device_name", "device/object-name", "text"},
    Fact{"vendor_name", "device/vendor-name", "text"},
    Fact{"vendor_identifier", "device/vendor-identifier", "unsigned"},
    Fact{"model_name", "device/model-name", "text"},
    Fact{"firmware_version", "device/firmware-revision", "text"},
    Fact{"software_version", "device/application-software-version", "text"},
    Fact{"location", "device/location", "text"},
    Fact{"serial_number", "device/serial-number", "text"},
};

catalogue::Point point_of(std::string_view name, std::string_view address, std::string_view type) {
    catalogue::Point point;
    point.name = name;
    point.address = address;
    point.type = type;
    return point;
}

bool known(const std::vector<catalogue::Point>& points, const std::string& address) {
    return std::ranges::find(points, address, &catalogue::Point::address) != points.end();
}

bool fits(const Definition& meter, const std::map<std::string, Value>& values) {
    return std::ranges::any_of(meter.identify, [&](const std::vector<IdentifyRule>& rules) {
        return !rules.empty() && std::ranges::all_of(rules, [&](const IdentifyRule& rule) {
            const auto found = values.find(rule.address);
            return found != values.end() && rule_holds(rule, found->second);
        });
    });
}

} // namespace

Task<Result<Identity>> identify(Properties& properties, std::vector<const Definition*> candidates) {
    std::vector<catalogue::Point> points;
    points.reserve(facts.size());
    for (const Fact& fact : facts) { points.push_back(point_of(fact.name, fact.address, fact.type)); }
    for (const Definition* candidate : candidates) {
        for (const auto& rules : candidate->identify) {
            for (const IdentifyRule& rule : rules) {
                if (!known(points, rule.address)) { points.push_back(point_of(rule.address, rule.address, rule.type)); }
            }
        }
    }
    ReaderOptions options;
    Reader reader(properties, options);
    auto outcome = co_await reader.read(points);
    if (!outcome) { co_return tl::unexpected(outcome.error()); }
    if (outcome->readings.empty() && !outcome->failures.empty()) {
        co_return tl::unexpected(outcome->failures.front().error);
    }
    std::map<std::string, Value> values;
    Identity identity;
    for (Reading& reading : outcome->readings) {
        values[reading.address] = reading.value;
        const bool fact = std::ranges::find(facts, reading.name, &Fact::name) != facts.end();
        if (reading.name == "serial_number") { identity.serial_number = reading.value.to_string(); }
        if (fact) { identity.facts.push_back(std::move(reading)); }
    }
    for (const Definition* candidate : candidates) {
        if (!fits(*candidate, values)) { continue; }
        identity.model = candidate->model;
        break;
    }
    identity.address = properties.station().text();
    if (const auto line = properties.client().link().transport().line(); line && !properties.client().link().is_ip()) {
        identity.line = fmt::format("{} {}", line->baud, line->frame());
    }
    co_return identity;
}

} // namespace meterctl::sessions::bacnet

#include "sessions/mbus/identify.hpp"

#include "sessions/identify_rule.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::sessions::mbus {

namespace {

using catalogue::Definition;
using catalogue::IdentifyRule;

bool describes_records(const Definition* meter) {
    return std::ranges::any_of(meter->points, [](const catalogue::Point& point) {
        return point.address.starts_with("drh:") && point.access != catalogue::Access::write;
    });
}

/// What a rule is about; null where the slave does not send it.
Value value_of(const Readout& readout, const IdentifyRule& rule) {
    const auto address = parse_point_address(rule.address);
    if (!address) { return {}; }
    if (address->kind == PointAddress::Kind::part) { return header_value(readout, address->part); }
    if (address->kind != PointAddress::Kind::record) { return {}; }
    for (const auto* record : readout.records()) {
        if (std::ranges::equal(record->header, address->header)) { return record->value; }
    }
    return {};
}

bool fits(const Readout& readout, const Definition& meter) {
    return std::ranges::any_of(meter.identify, [&](const std::vector<IdentifyRule>& rules) {
        return !rules.empty() && std::ranges::all_of(rules, [&](const IdentifyRule& rule) {
            return rule_holds(rule, value_of(readout, rule));
        });
    });
}

/// A slave found by its secondary address is known by it, whole; another by the address it answers with.
std::string address_of(const Readout& readout, const Station& station) {
    const auto header = readout.header();
    const auto& secondary = station.address().secondary;
    if (!secondary) { return std::to_string(readout.primary); }
    if (!header) { return station.address().to_string(); }
    return codecs::mbus::selection_text(codecs::mbus::Selection{header->identity, std::nullopt});
}

} // namespace

Identity identify(const Readout& readout, const Station& station, std::span<const Definition* const> candidates) {
    Identity identity;
    identity.address = address_of(readout, station);
    identity.facts = header_readings(readout);
    const auto serial = std::ranges::find(identity.facts, "serial_number", &Reading::name);
    if (serial != identity.facts.end()) { identity.serial_number = serial->value.to_string(); }
    std::vector<const Definition*> order(candidates.begin(), candidates.end());
    std::ranges::stable_partition(order, describes_records);
    for (const Definition* candidate : order) {
        if (!fits(readout, *candidate)) { continue; }
        identity.model = candidate->model;
        break;
    }
    return identity;
}

Task<Result<Identity>> identify(Station& station, std::span<const Definition* const> candidates) {
    auto readout = co_await read_first(station);
    if (!readout) { co_return tl::unexpected(readout.error()); }
    Identity identity = identify(*readout, station, candidates);
    if (const auto line = station.client().transport().line()) {
        identity.line = fmt::format("{} {}", line->baud, line->frame());
    }
    co_return identity;
}

} // namespace meterctl::sessions::mbus

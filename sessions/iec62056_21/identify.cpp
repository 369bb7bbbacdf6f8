#include "sessions/iec62056_21/identify.hpp"

#include "codecs/iec62056_21/readings.hpp"
#include "sessions/identify_rule.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::sessions::iec62056_21 {

namespace iec = codecs::iec62056_21;

namespace {

using catalogue::Definition;
using catalogue::IdentifyRule;

constexpr std::string_view protocol_name = "iec62056-21";
constexpr std::string_view identity_group = "identity";
constexpr std::string_view serial_number_name = "serial_number";
/// Where meters send their number, by IEC 62056-61 and by custom: the best first.
constexpr std::array<std::string_view, 5> serial_number_ids{"0-0:96.1.0", "0.0.0", "C.1.0", "C.1", "0.0"};

/// What is known of the meter.
struct Meter {
    iec::Identification identification;
    std::vector<iec::DataSet> sets;
};

std::optional<std::string> text_at(const Meter& meter, std::string_view address) {
    if (auto said = from_sign_on(meter.identification, address)) { return said; }
    const auto groups = groups_of(meter.sets, address);
    if (!groups || groups->empty()) { return std::nullopt; }
    return groups->front().value;
}

bool holds(const IdentifyRule& rule, const Meter& meter) {
    const auto text = text_at(meter, rule.address);
    if (!text) { return false; }
    const auto number = Decimal::parse(*text);
    return rule_holds(rule, *text) || (number && rule_holds(rule, *number));
}

bool fits(const Definition& definition, const Meter& meter) {
    return std::ranges::any_of(definition.identify, [&](const std::vector<IdentifyRule>& rules) {
        return !rules.empty() &&
               std::ranges::all_of(rules, [&](const IdentifyRule& rule) { return holds(rule, meter); });
    });
}

Reading fact(std::string name, std::string_view address, std::string text) {
    Reading reading;
    reading.name = std::move(name);
    reading.address = address;
    reading.raw.assign(text.begin(), text.end());
    reading.value = std::move(text);
    return reading;
}

/// The points of the identity group that the sign-on and the readout have.
std::vector<Reading> facts_of(const Definition& definition, const Meter& meter) {
    std::vector<Reading> facts;
    for (const catalogue::Point& point : definition.points) {
        if (point.group != identity_group || point.access == catalogue::Access::write) { continue; }
        if (const auto said = from_sign_on(meter.identification, point.address)) {
            facts.push_back(fact(point.name, point.address, *said));
            continue;
        }
        const auto groups = groups_of(meter.sets, point.address);
        if (!groups) { continue; }
        if (auto reading = iec::decode_point(point, *groups)) { facts.push_back(std::move(*reading)); }
    }
    return facts;
}

std::string serial_number(const std::vector<Reading>& facts, const Meter& meter) {
    const auto named = std::ranges::find(facts, serial_number_name, &Reading::name);
    if (named != facts.end()) { return named->value.to_string(); }
    for (const std::string_view id : serial_number_ids) {
        const auto groups = groups_of(meter.sets, id);
        if (groups && !groups->empty() && !groups->front().value.empty()) { return groups->front().value; }
    }
    return {};
}

} // namespace

Task<Result<Identity>> identify(Client& client, std::span<const Definition* const> candidates,
                                std::optional<Error>& trouble) {
    Meter meter;
    auto readout = co_await client.read_out();
    if (readout) {
        if (readout->identification) { meter.identification = *readout->identification; }
        meter.sets = iec::parse_block(readout->block).sets;
    } else {
        const bool met = client.meter().has_value() && !ends_all(readout.error());
        if (!met) { co_return tl::unexpected(readout.error()); }
        meter.identification = *client.meter();
        trouble = readout.error();
    }
    Identity identity;
    identity.address = client.options().address;
    if (const auto line = client.link().transport().line()) {
        identity.line = fmt::format("{} {}", line->baud, line->frame());
    }
    for (const Definition* candidate : candidates) {
        if (candidate->protocol != protocol_name || !fits(*candidate, meter)) { continue; }
        identity.model = candidate->model;
        identity.facts = facts_of(*candidate, meter);
        break;
    }
    if (identity.model.empty()) {
        identity.facts.push_back(fact("manufacturer", manufacturer_address, meter.identification.manufacturer));
        identity.facts.push_back(fact("identification", identification_address, meter.identification.product()));
    }
    identity.serial_number = serial_number(identity.facts, meter);
    if (identity.address.empty()) { identity.address = identity.serial_number; }
    co_return identity;
}

} // namespace meterctl::sessions::iec62056_21

#include "sessions/modbus/identify.hpp"

#include "codecs/modbus/names.hpp"
#include "sessions/identify_rule.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::sessions::modbus {

namespace modbus = codecs::modbus;

namespace {

using catalogue::Definition;
using catalogue::IdentifyRule;

constexpr std::string_view identity_group = "identity";
constexpr std::string_view serial_number_name = "serial_number";

/// Tries rules on one meter; each address is read once.
class Rules {
public:
    explicit Rules(Client& client) : client_(client), reader_(client, PlanLimits()) {}

    /// The error only where nothing has answered yet, or the link broke.
    Task<Result<bool>> fits(const Definition& meter) {
        for (const auto& rules : meter.identify) {
            bool all = !rules.empty();
            for (const IdentifyRule& rule : rules) {
                auto value = co_await read(rule);
                if (!value) {
                    const Category category = value.error().category;
                    const bool broken = category == Category::endpoint || category == Category::interrupted;
                    if (broken || !client_.heard_from()) { co_return tl::unexpected(value.error()); }
                }
                all = value && rule_holds(rule, *value);
                if (!all) { break; }
            }
            if (all) { co_return true; }
        }
        co_return false;
    }

    [[nodiscard]] Reader& reader() { return reader_; }

private:
    Task<Result<Value>> read(const IdentifyRule& rule) {
        const std::string key = rule.address + " " + rule.type;
        if (const auto known = values_.find(key); known != values_.end()) { co_return known->second; }
        auto value = co_await read_anew(rule);
        values_.emplace(key, value);
        co_return value;
    }

    Task<Result<Value>> read_anew(const IdentifyRule& rule) {
        if (is_identification(rule.address)) {
            auto text = co_await reader_.identification().text(rule.address);
            if (!text) { co_return tl::unexpected(text.error()); }
            co_return Value(std::move(*text));
        }
        const auto address = modbus::identify_address(rule);
        if (!address) { co_return tl::unexpected(address.error()); }
        const modbus::PointAddress& at = address->registers;
        const Range range{at.table, at.first, unsigned{at.first} + at.count};
        auto words = co_await reader_.read_range(range);
        if (!words) { co_return tl::unexpected(words.error()); }
        auto reading = modbus::decode_point(address->point, *words);
        if (!reading) { co_return tl::unexpected(reading.error()); }
        co_return std::move(reading->value);
    }

    Client& client_;
    Reader reader_;
    std::map<std::string, Result<Value>> values_;
};

/// Every meter answers for registers, if only by an exception; some keep silent at functions they do not know.
bool told_by_registers(const Definition* meter) {
    return std::none_of(meter->identify.begin(), meter->identify.end(), [](const std::vector<IdentifyRule>& rules) {
        return std::any_of(rules.begin(), rules.end(),
                           [](const IdentifyRule& rule) { return is_identification(rule.address); });
    });
}

Task<void> add_facts(Rules& rules, const Definition& meter, Identity& identity) {
    std::vector<catalogue::Point> points;
    for (const catalogue::Point& point : meter.points) {
        const bool wanted = point.group == identity_group || point.name == serial_number_name;
        if (wanted && point.access != catalogue::Access::write) { points.push_back(point); }
    }
    if (points.empty()) { co_return; }
    auto outcome = co_await rules.reader().read(points);
    if (!outcome) { co_return; }
    for (const Reading& reading : outcome->readings) {
        if (reading.name == serial_number_name) { identity.serial_number = reading.value.to_string(); }
    }
    identity.facts = std::move(outcome->readings);
}

/// Of a device that no definition fits: what it says of itself, where it says anything.
Task<void> add_objects(Rules& rules, Identity& identity) {
    auto objects = co_await rules.reader().identification().objects();
    if (!objects) { co_return; }
    for (const auto& [id, text] : *objects) {
        Reading reading;
        std::string name(modbus::device_object_name(id));
        std::replace(name.begin(), name.end(), ' ', '_');
        reading.name = name.empty() ? fmt::format("device_id_{}", id) : name;
        reading.address = fmt::format("device-id:{}", id);
        reading.value = text;
        identity.facts.push_back(std::move(reading));
    }
}

} // namespace

Task<Result<Identity>> identify(Client& client, std::span<const Definition* const> candidates) {
    Rules rules(client);
    std::vector<const Definition*> order(candidates.begin(), candidates.end());
    std::stable_partition(order.begin(), order.end(), told_by_registers);
    Identity identity;
    identity.address = std::to_string(client.options().address);
    if (const auto line = client.transport().line()) {
        identity.line = fmt::format("{} {}", line->baud, line->frame());
    }
    for (const Definition* candidate : order) {
        auto fits = co_await rules.fits(*candidate);
        if (!fits) { co_return tl::unexpected(fits.error()); }
        if (!*fits) { continue; }
        identity.model = candidate->model;
        co_await add_facts(rules, *candidate, identity);
        co_return identity;
    }
    co_await add_objects(rules, identity);
    if (!client.heard_from()) {
        auto objects = co_await rules.reader().identification().objects();
        if (!objects) { co_return tl::unexpected(objects.error()); }
    }
    co_return identity;
}

} // namespace meterctl::sessions::modbus

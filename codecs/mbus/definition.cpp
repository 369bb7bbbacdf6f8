#include "codecs/mbus/point.hpp"
#include "src/core/hex.hpp"
#include "src/core/text.hpp"

namespace meterctl::codecs::mbus {
namespace {

using catalogue::Point;

constexpr std::string_view readout_key = "readout", also_at_key = "also_at";

bool is_date_type(const Point& point) {
    return point.type.starts_with("date");
}

} // namespace

Result<std::vector<Selector>> selectors(const catalogue::Definition* definition) {
    std::vector<Selector> found(1);
    if (definition == nullptr) { return found; }
    for (const auto& [key, groups] : definition->settings) {
        if (!key.starts_with(readout_key)) { continue; }
        const bool usual = key == readout_key;
        Selector& selector = usual ? found.front() : found.emplace_back();
        for (const std::string_view group : split(groups, ' ')) { selector.groups.emplace_back(group); }
        if (usual) { continue; }
        const auto ci = from_hex(std::string_view(key).substr(readout_key.size() + 1));
        if (!ci || ci->size() != 1) {
            return fail(Category::usage, "no CI field", key, {"readout_B4: what CI field B4 selects"});
        }
        selector.ci = ci->front();
    }
    return found;
}

Result<void> validate(const catalogue::Definition& definition) {
    for (const Point& point : definition.points) {
        const auto address = point_address(point);
        if (!address) { return tl::unexpected(address.error()); }
        const bool method = address->kind == PointAddress::Kind::method;
        if (method != point.method) {
            return fail(Category::usage, method ? "a method, not a point" : "a point, not a method", point.name);
        }
        const bool timed = !is_date_type(point) || address->kind == PointAddress::Kind::record;
        if (!timed) { return fail(Category::usage, "only a record holds a time", point.name); }
    }
    for (const auto& rules : definition.identify) {
        for (const catalogue::IdentifyRule& rule : rules) {
            if (const auto address = parse_point_address(rule.address); !address) {
                return tl::unexpected(address.error());
            }
        }
    }
    for (const auto& [key, value] : definition.settings) {
        if (!key.starts_with(readout_key) && key != also_at_key) {
            return fail(Category::usage, "M-Bus has no such setting", key, {"readout, readout_B4 or also_at"});
        }
    }
    return selectors(&definition).map([](const auto&) {});
}

} // namespace meterctl::codecs::mbus

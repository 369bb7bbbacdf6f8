#include "codecs/dlms/point.hpp"
#include "codecs/dlms/readings.hpp"
#include "codecs/dlms/service_words.hpp"
#include "codecs/dlms/shape.hpp"
#include "codecs/settings.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::codecs::dlms {

namespace {

constexpr std::string_view code = "dlms.definition";

tl::unexpected<Error> wrong(std::string what, std::string where, std::vector<std::string> hints = {}) {
    return fail(Category::usage, std::move(what), std::move(where), std::move(hints), std::string(code));
}

/// What links, associations, writes and `decode` take; behaviour and system_title are the simulator's.
constexpr std::array<std::string_view, 29> names{
    "client",
    "server",
    "physical",
    "address_size",
    "window",
    "max_info",
    "framing",
    "mode",
    "names",
    "pdu",
    "list",
    "authentication",
    "suite",
    "security",
    "ciphering",
    "counter",
    "ask_counter",
    "challenge",
    "dedicated_key",
    "push_lists",
    "short_names",
    "behaviour",
    "system_title",
    "calendar_seasons",
    "calendar_weeks",
    "calendar_days",
    "calendar_slots",
    "calendar_tariffs",
    "image_identifier",
};

Result<void> check_address(std::string_view address, const std::string& where) {
    const auto parsed = parse_point_address(address);
    if (!parsed) { return wrong(parsed.error().what, where, parsed.error().hints); }
    return {};
}

Result<void> check_type(const catalogue::Point& point) {
    if (point.type.empty()) { return {}; }
    const auto shape = parse_shape(point.type);
    if (!shape) { return wrong(shape.error().what, point.name, shape.error().hints); }
    return {};
}

/// What is written needs a type: the point's own, or one that its class fixes.
Result<void> check_written(const catalogue::Point& point, const PointAddress& address) {
    if (point.access == catalogue::Access::read || point.method || !point.type.empty()) { return {}; }
    const auto* const known = find_class(address.class_id);
    const auto* const attribute = known == nullptr ? nullptr : find_attribute(*known, address.index);
    if (attribute == nullptr || attribute->type == "any" || !address.path.empty()) {
        return wrong("a point that is written needs its type", point.name, {"long-unsigned, text, date-time, ..."});
    }
    return {};
}

Result<void> check_choices(const catalogue::Point& point, const PointAddress& address) {
    if (point.access == catalogue::Access::read || !address.path.empty()) { return {}; }
    for (const auto& choice : point.choices) {
        const bool any_method = point.method && address.index == 0;
        const auto problem = any_method || point.method
                                 ? encode_method(point, choice.value).map([](const MethodCall&) {})
                                 : encode_point(point, choice.value).map([](const Data&) {});
        if (!problem) { return wrong("the choice " + problem.error().what, point.name); }
    }
    return {};
}

Result<void> check_point(const catalogue::Point& point) {
    const auto address = parse_point_address(point.address);
    if (!address) { return wrong(address.error().what, point.name, address.error().hints); }
    if (address->method != point.method) {
        return wrong(point.method ? "a method's address is that of a method" : "the address is that of a method",
                     point.name, {"70:0-0:96.3.10.255:m1"});
    }
    if (point.scale.mantissa == 0) { return wrong("a scale of 0", point.name); }
    if (!point.order.empty()) { return wrong("DLMS values have no word order", point.name); }
    return check_type(point).and_then([&] { return check_written(point, *address); }).and_then([&] {
        return check_choices(point, *address);
    });
}

Result<void> check_profile(const catalogue::Definition& definition, const catalogue::Profile& profile) {
    if (auto checked = check_address(profile.address, profile.name); !checked) { return checked; }
    std::vector<std::string> known;
    known.reserve(definition.points.size());
    for (const auto& point : definition.points) { known.push_back(point.name); }
    for (const auto& column : profile.columns) {
        if (definition.find(column) == nullptr) {
            return wrong(fmt::format("no point '{}'", column), profile.name, nearest(column, known));
        }
    }
    const bool there =
        profile.status.empty() || std::ranges::find(profile.columns, profile.status) != profile.columns.end();
    if (!there) { return wrong(fmt::format("'{}' is none of its columns", profile.status), profile.name); }
    return {};
}

Result<void> check_client(const catalogue::Client& client) {
    for (const auto* const address : {&client.association, &client.security_setup, &client.counter}) {
        if (address->empty()) { continue; }
        if (auto checked = check_address(*address, client.name); !checked) { return checked; }
    }
    for (const auto& service : client.services) {
        if (std::ranges::find(service_words, service, &ServiceWord::word) == service_words.end()) {
            std::vector<std::string> all;
            all.reserve(service_words.size());
            for (const ServiceWord& row : service_words) { all.emplace_back(row.word); }
            return wrong(fmt::format("no service '{}'", service), client.name, nearest(service, all));
        }
    }
    constexpr unsigned last_sap = 127;
    if (client.sap > last_sap) { return wrong(fmt::format("{} is no client's access point", client.sap), client.name); }
    return {};
}

Result<void> check_push_lists(const catalogue::Definition& definition, std::string_view lists) {
    std::vector<std::string> known;
    known.reserve(definition.points.size());
    for (const auto& point : definition.points) { known.push_back(point.name); }
    for (const auto& list : parse_push_lists(lists)) {
        for (const auto& name : list) {
            if (name == unnamed_value || definition.find(name) != nullptr) { continue; }
            return wrong(fmt::format("no point '{}'", name), std::string(push_lists_setting), nearest(name, known));
        }
    }
    return {};
}

Result<void> check_short_names(const catalogue::Definition& definition, std::string_view pairs) {
    std::vector<std::string> known;
    known.reserve(definition.points.size());
    for (const auto& point : definition.points) { known.push_back(point.name); }
    for (const auto& one : parse_short_names(pairs)) {
        const std::string where(short_names_setting);
        if (!one.name) { return wrong(fmt::format("no short name '{}'", one.text), where, {"0108=active_energy"}); }
        if (definition.find(one.point) != nullptr) { continue; }
        return wrong(fmt::format("no point '{}'", one.point), where, nearest(one.point, known));
    }
    return {};
}

Result<void> check_settings(const catalogue::Definition& definition) {
    for (const auto& [name, text] : definition.settings) {
        if (name == push_lists_setting) {
            if (auto checked = check_push_lists(definition, text); !checked) { return checked; }
        }
        if (name == short_names_setting) {
            if (auto checked = check_short_names(definition, text); !checked) { return checked; }
        }
        if (std::ranges::find(names, name) != names.end()) { continue; }
        return unknown_setting(definition, name, {names.begin(), names.end()}, code);
    }
    return {};
}

} // namespace

std::span<const std::string_view> setting_names() {
    return names;
}

Result<void> validate(const catalogue::Definition& definition) {
    if (auto checked = check_settings(definition); !checked) { return checked; }
    for (const auto& point : definition.points) {
        if (auto checked = check_point(point); !checked) { return checked; }
    }
    for (const auto& profile : definition.profiles) {
        if (auto checked = check_profile(definition, profile); !checked) { return checked; }
    }
    for (const auto& client : definition.clients) {
        if (auto checked = check_client(client); !checked) { return checked; }
    }
    for (const auto& set : definition.identify) {
        for (const auto& rule : set) {
            if (auto checked = check_address(rule.address, "identify: " + rule.address); !checked) { return checked; }
        }
    }
    return {};
}

} // namespace meterctl::codecs::dlms

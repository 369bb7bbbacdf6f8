#include "codecs/bacnet/point.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

namespace meterctl::codecs::bacnet {
namespace {

const std::vector<std::string> forms{"TYPE:INSTANCE[/PROPERTY[[INDEX]]], such as analog-input:11 or "
                                     "trend-log:1/record-count",
                                     "device/location for properties of the meter itself"};

tl::unexpected<Error> wrong(std::string what, std::vector<std::string> hints = forms) {
    return fail(Category::usage, std::move(what), {}, std::move(hints), "bacnet.point");
}

constexpr std::string_view service_prefix = "service:";
constexpr std::uint32_t last_object_type = 1023;
constexpr std::uint32_t last_property = 0x3F'FFFF;

std::vector<std::string> nearest_names(names::Table table, std::string_view name) {
    std::vector<std::string> known;
    known.reserve(table.size());
    for (const auto& row : table) { known.emplace_back(row.text); }
    auto found = nearest(name, known);
    return found.empty() ? forms : found;
}

std::optional<std::uint32_t> number(std::string_view text, std::uint32_t most) {
    std::uint32_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = problem == std::errc{} && end == text.data() + text.size() && !text.empty();
    return whole && value <= most ? std::optional(value) : std::nullopt;
}

Result<ObjectId> parse_object(std::string_view text) {
    const auto colon = text.find(':');
    const auto name = text.substr(0, colon);
    const auto type = names::parse(names::object_types, name);
    if (!type || *type > last_object_type) {
        return wrong(fmt::format("'{}' is no type of object", name), nearest_names(names::object_types, name));
    }
    if (colon == std::string_view::npos) {
        if (*type == device_type) { return ObjectId{device_type, any_instance}; }
        return wrong(fmt::format("'{}' lacks its instance", text));
    }
    const auto digits = text.substr(colon + 1);
    const auto instance = number(digits, any_instance);
    if (!instance) { return wrong(fmt::format("'{}' is no instance of 0 to {}", digits, max_instance)); }
    return ObjectId{static_cast<std::uint16_t>(*type), *instance};
}

Result<PropertyReference> parse_property(std::string_view text) {
    PropertyReference property;
    if (text.ends_with(']')) {
        const auto bracket = text.find('[');
        const auto digits = text.substr(std::min(bracket, text.size() - 1) + 1);
        property.index = number(digits.substr(0, digits.size() - std::min<std::size_t>(1, digits.size())), UINT32_MAX);
        if (bracket == std::string_view::npos || !property.index) {
            return wrong(fmt::format("'{}' has no index of an array", text), {"such as device/object-list[1]"});
        }
        text = text.substr(0, bracket);
    }
    const auto found = names::parse(names::properties, text);
    if (!found || *found > last_property) {
        return wrong(fmt::format("'{}' is no property", text), nearest_names(names::properties, text));
    }
    property.property = *found;
    return property;
}

Result<PointAddress> parse_service(std::string_view name) {
    PointAddress address;
    address.object = ObjectId{device_type, any_instance};
    address.service = find_device_service(name);
    if (address.service) { return address; }
    std::vector<std::string> known;
    for (const DeviceServiceRow& row : device_services()) { known.push_back("service:" + std::string(row.name)); }
    return wrong(fmt::format("no device is asked for '{}'", name), std::move(known));
}

} // namespace

std::string PointAddress::text() const {
    if (service) { return std::string(service_prefix) + std::string(row_of(*service).name); }
    const bool itself = object.type == device_type && object.instance == any_instance;
    std::string text = itself ? "device" : object.text();
    if (property != PropertyReference{present_value_property, {}}) {
        const auto name = names::find(names::properties, property.property);
        text += '/';
        text += name.empty() ? std::to_string(property.property) : std::string(name);
        if (property.index) { text += fmt::format("[{}]", *property.index); }
    }
    if (command) { text += "=" + command->to_string(); }
    return text;
}

Result<PointAddress> parse_point_address(std::string_view text) {
    if (text.starts_with(service_prefix)) { return parse_service(text.substr(service_prefix.size())); }
    if (const auto equals = text.find('='); equals != std::string_view::npos) {
        const auto command = Decimal::parse(text.substr(equals + 1));
        if (!command) { return wrong(fmt::format("'{}' is no number", text.substr(equals + 1))); }
        return parse_point_address(text.substr(0, equals)).map([&](PointAddress address) {
            address.command = *command;
            return address;
        });
    }
    const auto slash = text.find('/');
    const auto object = parse_object(text.substr(0, slash));
    if (!object) { return tl::unexpected(object.error()); }
    PointAddress address{*object, {present_value_property, {}}};
    if (slash != std::string_view::npos) {
        const auto property = parse_property(text.substr(slash + 1));
        if (!property) { return tl::unexpected(property.error()); }
        address.property = *property;
    } else if (object->type == device_type) {
        return wrong("a device has no present-value", {"device/object-name", "device/location"});
    }
    return address;
}

Result<catalogue::Point> ad_hoc_point(std::string_view text) {
    const auto address = parse_point_address(text);
    if (!address) { return tl::unexpected(Error(address.error())); }
    catalogue::Point point;
    point.address = address->text();
    point.name = point.address;
    point.type = usual_type(*address);
    point.access = catalogue::Access::read_write;
    if (address->service) {
        point.type = row_of(*address->service).argument;
        point.access = catalogue::Access::write;
        point.method = true;
    }
    return point;
}

} // namespace meterctl::codecs::bacnet

#include "codecs/modbus/names.hpp"
#include "codecs/modbus/point.hpp"
#include "codecs/modbus/point_text.hpp"

#include <charconv>
#include <fmt/format.h>

namespace meterctl::codecs::modbus {
namespace {

tl::unexpected<Error> wrong(std::string what, std::vector<std::string> hints = {}) {
    return fail(Category::usage, std::move(what), {}, std::move(hints), "modbus.point");
}

/// Registers the type takes, or the point's length where the type does not say.
Result<std::uint16_t> count_of(const ValueType& type, unsigned length) {
    if (type.registers != 0 && length != 0 && length != type.registers) {
        return wrong(fmt::format("a length of {} for {}, which takes {}", length, type.name, type.registers));
    }
    const unsigned count = type.registers != 0 ? type.registers : length;
    if (count == 0 || count > max_read_registers) {
        return wrong(fmt::format("{} needs a length of 1 to {} registers", type.name, max_read_registers),
                     {fmt::format("such as holding:0x0010:{}:8", type.name)});
    }
    return static_cast<std::uint16_t>(count);
}

Result<PointAddress> address_of(const catalogue::Point& point) {
    std::string_view rest;
    const auto location = parse_location(point.address, rest);
    if (!location) { return tl::unexpected(location.error()); }
    if (!rest.empty()) { return wrong(fmt::format("'{}' behind the register", rest)); }
    const bool bit = location->table == Table::coil || location->table == Table::discrete;
    const auto type = value_type(point.type.empty() ? (bit ? "bool" : "uint16") : point.type);
    if (!type) { return tl::unexpected(type.error()); }
    if (bit && (*type)->kind != Kind::boolean) {
        return wrong(fmt::format("a {} of type {}", table_name(location->table), (*type)->name), {"type bool"});
    }
    const auto count = count_of(**type, point.length);
    if (!count) { return tl::unexpected(count.error()); }
    if (location->first + *count > 0x10000) { return wrong("it runs past register 65535"); }
    const bool text = (*type)->registers == 0;
    const auto order = parse_order(point.order, text ? 1 : *count);
    if (!order) { return tl::unexpected(order.error()); }
    return PointAddress{location->table, location->first, *count, *type, *order};
}

} // namespace

Result<PointAddress> point_address(const catalogue::Point& point) {
    return address_of(point).map_error([&](Error error) {
        error.where = point.name.empty() || point.name == point.address
                          ? point.address
                          : fmt::format("{}, {}", point.name, point.address);
        return error;
    });
}

Result<IdentifyAddress> identify_address(const catalogue::IdentifyRule& rule) {
    constexpr std::string_view device_id = "device-id:";
    IdentifyAddress found;
    if (rule.address == "server-id") {
        found.kind = IdentifyAddress::Kind::server_id;
        return found;
    }
    if (rule.address.starts_with(device_id)) {
        const auto object = parse_register(std::string_view(rule.address).substr(device_id.size()));
        if (!object || *object > 0xFF) { return wrong("no object of 0 to 255", {"such as device-id:0"}); }
        found.kind = IdentifyAddress::Kind::device_id;
        found.object = static_cast<std::uint8_t>(*object);
        return found;
    }
    std::string_view rest;
    if (const auto location = parse_location(rule.address, rest); !location) {
        return tl::unexpected(location.error());
    }
    const bool typed = rest.empty() && !rule.type.empty();
    auto point = ad_hoc_point(typed ? rule.address + ":" + rule.type : rule.address);
    if (!point) { return tl::unexpected(point.error()); }
    found.point = std::move(*point);
    found.registers = *point_address(found.point);
    return found;
}

} // namespace meterctl::codecs::modbus

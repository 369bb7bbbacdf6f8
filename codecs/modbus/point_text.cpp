#include "codecs/modbus/point_text.hpp"

#include "codecs/modbus/names.hpp"
#include "src/core/text.hpp"

#include <charconv>
#include <fmt/format.h>

namespace meterctl::codecs::modbus {
namespace {

const std::vector<std::string> forms{"TABLE:REGISTER[:TYPE[:ORDER]], TABLE being coil, discrete, input or holding",
                                     "ref:420483 or 4x20483 for references that count from 1"};

tl::unexpected<Error> wrong(std::string what, std::vector<std::string> hints = forms) {
    return fail(Category::usage, std::move(what), {}, std::move(hints), "modbus.point");
}

std::optional<unsigned> parse_number(std::string_view text, int base) {
    unsigned value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    const bool whole = problem == std::errc{} && end == text.data() + text.size() && !text.empty();
    return whole ? std::optional(value) : std::nullopt;
}

std::optional<Table> table_of_digit(char digit) {
    switch (digit) {
    case '0':
        return Table::coil;
    case '1':
        return Table::discrete;
    case '3':
        return Table::input;
    case '4':
        return Table::holding;
    default:
        return std::nullopt;
    }
}

/// "1x", "3x" or "4x" in front of a number; "0x" would be hex.
bool is_digit_and_x(std::string_view text) {
    const bool x = text.size() >= 2 && (text[1] == 'x' || text[1] == 'X');
    return x && text[0] != '0' && table_of_digit(text[0]).has_value();
}

Result<Location> from_reference(std::optional<Table> table, std::optional<unsigned> number, std::string_view text) {
    if (!table || !number || *number < 1 || *number > 0x10000) {
        return wrong(fmt::format("'{}' is no reference", text));
    }
    return Location{*table, static_cast<std::uint16_t>(*number - 1)};
}

/// Five or six digits, the first of them the table's: 40001, 420483.
Result<Location> parse_reference(std::string_view digits) {
    if (digits.size() != 5 && digits.size() != 6) {
        return wrong(fmt::format("'{}' is no reference", digits), {"five or six digits, such as 40001 or 420483"});
    }
    return from_reference(table_of_digit(digits[0]), parse_number(digits.substr(1), 10), digits);
}

std::string_view next_part(std::string_view& text) {
    const auto colon = text.find(':');
    const auto part = text.substr(0, colon);
    text.remove_prefix(colon == std::string_view::npos ? text.size() : colon + 1);
    return part;
}

std::string canonical(const catalogue::Point& point) {
    std::string text = point.address + ":" + point.type;
    if (point.length != 0) { text += fmt::format(":{}", point.length); }
    return point.order.empty() ? text : text + ":" + point.order;
}

} // namespace

std::optional<std::uint16_t> parse_register(std::string_view text) {
    const bool hex = text.starts_with("0x") || text.starts_with("0X");
    const auto number = hex ? parse_number(text.substr(2), 16) : parse_number(text, 10);
    return number && *number <= 0xFFFF ? std::optional(static_cast<std::uint16_t>(*number)) : std::nullopt;
}

Result<Location> parse_location(std::string_view text, std::string_view& rest) {
    rest = text;
    const auto first = next_part(rest);
    if (is_digit_and_x(first)) {
        return from_reference(table_of_digit(first[0]), parse_number(first.substr(2), 10), first);
    }
    if (first == "ref") { return parse_reference(next_part(rest)); }
    const auto table = parse_table(first);
    if (!table) { return wrong(fmt::format("'{}' is no table of registers", first)); }
    const auto number = next_part(rest);
    const auto address = parse_register(number);
    if (!address) {
        return wrong(fmt::format("'{}' is no register", number), {"0 to 65535, or 0x0000 to 0xFFFF, counted from 0"});
    }
    return Location{*table, *address};
}

bool is_ad_hoc_point(std::string_view text) {
    const auto first = next_part(text);
    return first == "ref" || parse_table(first).has_value() || is_digit_and_x(first);
}

Result<catalogue::Point> ad_hoc_point(std::string_view text) {
    std::string_view rest;
    const auto location = parse_location(text, rest);
    if (!location) { return tl::unexpected(location.error()); }
    const bool bit = location->table == Table::coil || location->table == Table::discrete;
    const bool writable = location->table == Table::coil || location->table == Table::holding;
    catalogue::Point point;
    point.address = point_text(location->table, location->first);
    point.access = writable ? catalogue::Access::read_write : catalogue::Access::read;
    point.type = next_part(rest);
    if (point.type.empty()) { point.type = bit ? "bool" : "uint16"; }
    while (!rest.empty()) {
        const auto part = next_part(rest);
        const auto length = parse_number(part, 10);
        if (length) {
            point.length = *length;
        } else {
            point.order = part;
        }
    }
    point.name = canonical(point);
    if (auto checked = point_address(point); !checked) {
        checked.error().where = std::string(text);
        return tl::unexpected(checked.error());
    }
    return point;
}

} // namespace meterctl::codecs::modbus

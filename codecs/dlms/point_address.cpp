#include "codecs/dlms/point.hpp"

#include "src/core/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

namespace meterctl::codecs::dlms {

namespace {

const std::vector<std::string> forms{"CLASS:LOGICAL-NAME:ATTRIBUTE, such as 3:1-0:1.8.0.255:2",
                                     "1-0:1.8.0.255 for its value", "clock/time_zone",
                                     "70:0-0:96.3.10.255:m1 for a method"};

tl::unexpected<Error> wrong(std::string what, std::vector<std::string> hints = forms) {
    return fail(Category::usage, std::move(what), {}, std::move(hints), "dlms.point");
}

std::optional<int> number(std::string_view text, int least, int most) {
    int value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = problem == std::errc() && end == text.data() + text.size() && !text.empty();
    return whole && value >= least && value <= most ? std::optional(value) : std::nullopt;
}

/// "[2][1]" off the end of a text.
Result<std::vector<std::uint16_t>> take_path(std::string_view& text) {
    std::vector<std::uint16_t> path;
    const auto first = text.find('[');
    if (first == std::string_view::npos) { return path; }
    auto rest = text.substr(first);
    const std::string whole(rest);
    text = text.substr(0, first);
    while (!rest.empty()) {
        const auto end = rest.find(']');
        const auto index = end == std::string_view::npos || rest.front() != '['
                               ? std::nullopt
                               : number(rest.substr(1, end - 1), 1, UINT16_MAX);
        if (!index) { return wrong(fmt::format("'{}' takes no part out of a value", whole), {"[1], [2][1]"}); }
        path.push_back(static_cast<std::uint16_t>(*index));
        rest.remove_prefix(end + 1);
    }
    return path;
}

template <class Row>
std::vector<std::string> nearest_names(std::span<const Row> rows, std::string_view name) {
    std::vector<std::string> known;
    for (const Row& row : rows) { known.emplace_back(row.name); }
    auto found = nearest(name, known);
    return found.empty() ? known : found;
}

/// The attribute or method behind the last colon or the slash.
Result<void> read_index(std::string_view text, const InterfaceClass* known, PointAddress& address) {
    if (text == "m" || (text.starts_with('m') && number(text.substr(1), 1, INT8_MAX))) {
        address.method = true;
        address.index = static_cast<std::int8_t>(text == "m" ? 0 : *number(text.substr(1), 1, INT8_MAX));
        return {};
    }
    if (const auto index = number(text, INT8_MIN, INT8_MAX)) {
        address.index = static_cast<std::int8_t>(*index);
        return {};
    }
    if (known == nullptr) { return wrong(fmt::format("'{}' is no number of an attribute", text)); }
    if (const auto* const attribute = find_attribute(*known, text)) {
        address.index = attribute->index;
        return {};
    }
    if (const auto* const method = find_method(*known, text)) {
        address.index = method->index;
        address.method = true;
        return {};
    }
    auto hints = nearest_names(known->attributes, text);
    const auto methods = nearest_names(known->methods, text);
    hints.insert(hints.end(), methods.begin(), methods.end());
    return wrong(fmt::format("{} has no '{}'", known->name, text), std::move(hints));
}

/// "clock/time_zone", "clock".
Result<PointAddress> read_by_name(std::string_view text) {
    const auto slash = text.find('/');
    const auto name = text.substr(0, slash);
    const auto* const known = find_class(name);
    if (known == nullptr) {
        return wrong(fmt::format("'{}' is no point", text), text.find_first_of(".:") == std::string_view::npos
                                                                ? nearest_names(interface_classes(), name)
                                                                : forms);
    }
    if (known->usual_logical_name.empty()) {
        return wrong(fmt::format("a meter has many objects of the class {}", name),
                     {fmt::format("{}:LOGICAL-NAME:ATTRIBUTE", known->id)});
    }
    PointAddress address;
    address.class_id = known->id;
    address.logical_name = Obis::parse(known->usual_logical_name).value();
    if (slash == std::string_view::npos) { return address; }
    auto read = read_index(text.substr(slash + 1), known, address);
    if (!read) { return tl::unexpected(read.error()); }
    return address;
}

/// "register" and "3" alike.
std::optional<std::uint16_t> read_class(std::string_view text) {
    if (const auto id = number(text, 1, UINT16_MAX)) { return static_cast<std::uint16_t>(*id); }
    const auto* const known = find_class(text);
    return known == nullptr ? std::nullopt : std::optional(known->id);
}

/// Logical names hold a colon themselves: A-B:C.D.E.F.
Result<PointAddress> read_by_number(const std::vector<std::string_view>& parts) {
    PointAddress address;
    std::size_t at = 0;
    const bool with_class = parts[0].find('-') == std::string_view::npos && parts.size() > 2;
    if (with_class) {
        const auto id = read_class(parts[0]);
        if (!id) { return wrong(fmt::format("'{}' is no interface class", parts[0])); }
        address.class_id = *id;
        at = 1;
    }
    const auto name = fmt::format("{}:{}", parts[at], parts[at + 1]);
    const auto obis = Obis::parse(name);
    if (!obis) { return wrong(fmt::format("'{}' is no logical name", name)); }
    address.logical_name = *obis;
    if (address.class_id == 0) { address.class_id = usual_class(*obis); }
    if (parts.size() == at + 2) { return address; }
    if (parts.size() > at + 3) { return wrong("there are too many parts"); }
    auto read = read_index(parts[at + 2], find_class(address.class_id), address);
    if (!read) { return tl::unexpected(read.error()); }
    return address;
}

/// What logical names of these fields stand for as a rule; 256: any.
struct Rule {
    unsigned a, c, d;
    std::uint16_t class_id;
};
constexpr unsigned any = 256;
constexpr std::array rules{
    Rule{0, 1, any, 8},   Rule{0, 10, any, 9},  Rule{0, 11, any, 11}, Rule{0, 12, any, 10}, Rule{0, 13, any, 20},
    Rule{0, 14, any, 6},  Rule{0, 15, any, 22}, Rule{0, 16, any, 21}, Rule{0, 17, any, 71}, Rule{0, 20, any, 19},
    Rule{0, 21, any, 7},  Rule{0, 22, any, 23}, Rule{0, 25, 0, 41},   Rule{0, 25, 1, 42},   Rule{0, 25, 2, 43},
    Rule{0, 25, 4, 45},   Rule{0, 25, 6, 47},   Rule{0, 25, 9, 40},   Rule{0, 25, 11, 151}, Rule{0, 29, 0, 90},
    Rule{0, 29, 1, 91},   Rule{0, 29, 2, 92},   Rule{0, 2, 0, 27},    Rule{0, 2, 1, 29},    Rule{0, 2, 2, 28},
    Rule{0, 40, any, 15}, Rule{0, 41, any, 17}, Rule{0, 42, any, 1},  Rule{0, 43, 0, 64},   Rule{0, 43, 1, 1},
    Rule{0, 44, any, 18}, Rule{0, 96, 3, 70},   Rule{0, 98, any, 7},  Rule{0, 99, any, 7},  Rule{0, 94, any, 1},
    Rule{0, 96, any, 1},  Rule{0, 97, any, 1},  Rule{1, 98, any, 7},  Rule{1, 99, any, 7},  Rule{1, 0, any, 1},
    Rule{1, 94, any, 1},  Rule{1, 96, any, 1},  Rule{1, 97, any, 1},  Rule{1, any, 4, 5},   Rule{1, any, 6, 4},
    Rule{1, any, any, 3},
};

bool fits(unsigned wanted, std::uint8_t field) {
    return wanted == any || wanted == field;
}

} // namespace

std::uint16_t usual_class(const Obis& logical_name) {
    const auto* const rule = std::ranges::find_if(rules, [&](const Rule& one) {
        return fits(one.a, logical_name.a) && fits(one.c, logical_name.c) && fits(one.d, logical_name.d);
    });
    return rule == rules.end() ? std::uint16_t{0} : rule->class_id;
}

std::string PointAddress::text() const {
    std::string text = class_id == 0 ? std::string() : fmt::format("{}:", class_id);
    text += logical_name.to_logical_name() + ":" + (method ? "m" : "");
    if (!method || index != 0) { text += fmt::format("{}", index); }
    for (const auto part : path) { text += fmt::format("[{}]", part); }
    return text;
}

Result<PointAddress> parse_point_address(std::string_view text) {
    auto path = take_path(text);
    if (!path) { return tl::unexpected(path.error()); }
    const auto parts = split(text, ':');
    auto address = parts.size() < 2 ? read_by_name(text) : read_by_number(parts);
    if (!address) { return address; }
    if (address->method && !path->empty()) { return wrong("a method has no parts"); }
    address->path = std::move(*path);
    return address;
}

std::optional<PointAddress> scaler_unit_address(const PointAddress& value) {
    struct Row {
        std::uint16_t class_id;
        std::int8_t least, most, scaler_unit;
    };
    constexpr std::array scaled_attributes{Row{3, 2, 2, 3}, Row{4, 2, 2, 3}, Row{5, 2, 3, 4}};
    if (value.method) { return std::nullopt; }
    for (const Row& row : scaled_attributes) {
        if (row.class_id != value.class_id || value.index < row.least || value.index > row.most) { continue; }
        return PointAddress{value.class_id, value.logical_name, row.scaler_unit};
    }
    return std::nullopt;
}

std::optional<PointAddress> capture_time_address(const PointAddress& value) {
    if (value.method) { return std::nullopt; }
    const bool extended = value.class_id == 4 && value.index == 2, average = value.class_id == 5 && value.index == 3;
    if (!extended && !average) { return std::nullopt; }
    return PointAddress{value.class_id, value.logical_name, static_cast<std::int8_t>(extended ? 5 : 6)};
}

} // namespace meterctl::codecs::dlms

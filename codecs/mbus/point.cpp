#include "codecs/mbus/point.hpp"

#include "codecs/mbus/frame.hpp"
#include "src/core/hex.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

namespace meterctl::codecs::mbus {

namespace {

using catalogue::Point;

template <class T>
struct Named {
    std::string_view name;
    T value;
};
constexpr std::array parts{
    Named<HeaderPart>{"id", HeaderPart::id}, Named<HeaderPart>{"manufacturer", HeaderPart::manufacturer},
    Named<HeaderPart>{"version", HeaderPart::version}, Named<HeaderPart>{"medium", HeaderPart::medium},
    Named<HeaderPart>{"status", HeaderPart::status}};
constexpr std::array methods{
    Named<Method>{"initialise", Method::initialise},
    Named<Method>{"application_reset", Method::application_reset},
    Named<Method>{"select_records", Method::select_records},
    Named<Method>{"read_all_records", Method::read_all_records},
    Named<Method>{"request_alarm", Method::request_alarm},
};
constexpr std::array link_kinds{Named<PointAddress::Kind>{"address", PointAddress::Kind::primary},
                                Named<PointAddress::Kind>{"baud", PointAddress::Kind::baud}};

template <class T, std::size_t N>
std::optional<T> named(const std::array<Named<T>, N>& table, std::string_view name) {
    const auto row = std::ranges::find(table, name, &Named<T>::name);
    return row == table.end() ? std::nullopt : std::optional(row->value);
}

template <class T, std::size_t N>
std::string names(const std::array<Named<T>, N>& table) {
    std::string text;
    for (const Named<T>& row : table) { text += (text.empty() ? "" : ", ") + std::string(row.name); }
    return text;
}

tl::unexpected<Error> no_point(std::string_view text, std::string hint) {
    return fail(Category::usage, "'" + std::string(text) + "' is no M-Bus point", {}, {std::move(hint)}, "mbus.point");
}

Result<PointAddress> record_address(std::string_view text, std::string_view digits) {
    auto header = from_hex(digits);
    if (!header) { return tl::unexpected(header.error()); }
    if (const auto record = decode_header(*header); !record) {
        return no_point(text, "a whole data record header in hex, as in drh:4BFD47: " + record.error().what);
    }
    PointAddress address;
    address.kind = PointAddress::Kind::record;
    address.header = std::move(*header);
    return address;
}

Result<PointAddress> number_address(std::string_view text, std::string_view digits) {
    PointAddress address;
    address.kind = PointAddress::Kind::number;
    const auto [end, trouble] = std::from_chars(digits.data(), digits.data() + digits.size(), address.number);
    const bool whole = trouble == std::errc() && end == digits.data() + digits.size();
    if (!whole || address.number == 0) { return no_point(text, "record:1 is the first record of a readout"); }
    return address;
}

Result<PointAddress> part_address(std::string_view text, std::string_view name) {
    const auto part = named(parts, name);
    if (!part) { return no_point(text, "header: and one of " + names(parts)); }
    PointAddress address;
    address.kind = PointAddress::Kind::part;
    address.part = *part;
    return address;
}

Result<PointAddress> link_address(std::string_view text, std::string_view name) {
    const auto kind = named(link_kinds, name);
    if (!kind) { return no_point(text, "link: and one of " + names(link_kinds)); }
    PointAddress address;
    address.kind = *kind;
    return address;
}

struct Form {
    std::string_view prefix;
    Result<PointAddress> (*read)(std::string_view text, std::string_view rest);
};
constexpr std::array forms{Form{"drh:", record_address}, Form{"record:", number_address}, Form{"header:", part_address},
                           Form{"link:", link_address}};

/// What is typed as a point's value is read by its type.
std::string_view type_of(const Record& record) {
    if (record.vib.row == nullptr) { return ""; }
    switch (record.vib.row->content) {
    case Content::date:
    case Content::time:
        return "date_time";
    default:
        return record.dib.coding == Coding::variable ? "text" : "";
    }
}

} // namespace

Result<Method> parse_method(std::string_view name) {
    std::string spelled(name);
    std::ranges::replace(spelled, '-', '_');
    if (const auto method = named(methods, spelled)) { return *method; }
    return fail(Category::usage, "M-Bus has no method '" + std::string(name) + "'", {}, {"one of " + names(methods)},
                "mbus.method");
}

Result<PointAddress> parse_point_address(std::string_view text) {
    if (text.empty()) { return PointAddress(); }
    for (const Form& form : forms) {
        if (text.starts_with(form.prefix)) { return form.read(text, text.substr(form.prefix.size())); }
    }
    if (const auto method = parse_method(text)) {
        PointAddress address;
        address.kind = PointAddress::Kind::method;
        address.method = *method;
        return address;
    }
    return no_point(text, "drh:4BFD47, record:1, header:id or link:address");
}

Result<PointAddress> point_address(const Point& point) {
    auto address = parse_point_address(point.address);
    if (!address) {
        Error error = address.error();
        error.where = point.name;
        return tl::unexpected(std::move(error));
    }
    return address;
}

Result<Point> ad_hoc_point(std::string_view text) {
    const auto address = parse_point_address(text.empty() ? " " : text);
    if (!address) { return tl::unexpected(address.error()); }
    Point point;
    point.name = point.address = text;
    using Kind = PointAddress::Kind;
    switch (address->kind) {
    case Kind::record:
        point.name = point.address = "drh:" + to_hex(address->header, "");
        point.access = catalogue::Access::read_write;
        point.type = type_of(*decode_header(address->header));
        break;
    case Kind::primary:
        point.access = catalogue::Access::read_write;
        point.minimum = Decimal{0, 0};
        point.maximum = Decimal{address::last_primary, 0};
        point.changes_line = true;
        break;
    case Kind::baud:
        point.access = catalogue::Access::write;
        point.unit = Unit::baud;
        point.changes_line = true;
        break;
    case Kind::method:
        point.method = true;
        point.access = catalogue::Access::write;
        point.type = address->method == Method::select_records ? "text" : "";
        break;
    default:
        break;
    }
    return point;
}

} // namespace meterctl::codecs::mbus

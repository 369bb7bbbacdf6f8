#include "codecs/iec62056_21/point.hpp"
#include "codecs/iec62056_21/values.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::iec62056_21 {
namespace {

constexpr std::string_view register_prefix = "reg:";
constexpr std::size_t longest_id = 32;

const std::vector<std::string> forms{
    "the id as the meter sends it, such as 1.8.0, F.F or 1-0:1.8.0*255",
    "reg:REGISTER[(VALUE)][:R1][:W1], such as reg:0001, for programming mode",
};

tl::unexpected<Error> wrong(std::string what, std::vector<std::string> hints = forms) {
    return fail(Category::usage, std::move(what), {}, std::move(hints), "iec62056_21.point");
}

bool is_id(std::string_view text) {
    const auto fits = [](char one) {
        const bool digit = one >= '0' && one <= '9';
        const bool letter = (one >= 'A' && one <= 'Z') || (one >= 'a' && one <= 'z');
        return digit || letter || std::string_view(".:-*&_#+").find(one) != std::string_view::npos;
    };
    return !text.empty() && text.size() <= longest_id && std::ranges::all_of(text, fits);
}

/// An id has a point or begins with a digit: what is neither is a name that somebody mistyped. Before a colon stands
/// the A-B of a code: what has words there, such as `coil:1` and `record:3`, is of another protocol.
bool looks_like_id(std::string_view id) {
    const auto colon = id.find(':');
    const bool has_words = id.substr(0, colon).find_first_not_of("0123456789-") != std::string_view::npos;
    if (colon != std::string_view::npos && has_words) { return false; }
    return id.find_first_of(".:") != std::string_view::npos || id.find_first_of("0123456789") == 0;
}

/// ":R5" at the end.
bool take_read_type(std::string_view& text, PointAddress& out) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || text.size() - colon != 3 || text[colon + 1] != 'R') { return true; }
    const char type = text[colon + 2];
    if (type < '1' || type > '6') { return false; }
    out.read_type = type;
    text = text.substr(0, colon);
    return true;
}

/// "(1)" at the end: what the read command carries.
bool take_value(std::string_view& text, PointAddress& out) {
    const auto open = text.find('(');
    if (open == std::string_view::npos) { return true; }
    if (!text.ends_with(')')) { return false; }
    out.value = text.substr(open + 1, text.size() - open - 2);
    text = text.substr(0, open);
    return out.value.find_first_of("()") == std::string::npos;
}

bool take_write_with(std::string_view text, PointAddress& out) {
    if (text.empty()) { return true; }
    const bool write = text.size() == 2 && text[0] == 'W' && text[1] >= '1' && text[1] <= '6';
    if (!write && text != "E2") { return false; }
    out.write_command = text[0];
    out.write_type = text[1];
    return true;
}

Result<PointAddress> address_of(const catalogue::Point& point) {
    PointAddress out;
    auto text = std::string_view(point.address);
    if (text.starts_with(register_prefix)) {
        out.kind = PointAddress::Kind::reg;
        text.remove_prefix(register_prefix.size());
        if (!take_read_type(text, out)) { return wrong("a read command outside R1 to R6"); }
        if (!take_value(text, out)) { return wrong("a bracket in the register"); }
    }
    if (!is_id(text)) { return wrong(fmt::format("'{}' is no id of a data set", text)); }
    out.id = text;
    if (!take_write_with(point.write_with, out)) {
        return wrong(fmt::format("write_with '{}'", point.write_with), {"W1 to W6, or E2"});
    }
    if (out.kind == PointAddress::Kind::readout && point.access != catalogue::Access::read) {
        return wrong("a data set of the readout cannot be written", {"reg:" + out.id + " for programming mode"});
    }
    return out;
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

Result<catalogue::Point> ad_hoc_point(std::string_view text) {
    catalogue::Point point;
    point.name = std::string(text);
    const bool reg = text.starts_with(register_prefix);
    point.access = reg ? catalogue::Access::read_write : catalogue::Access::read;
    PointAddress unused;
    for (auto colon = text.rfind(':'); colon != std::string_view::npos; colon = text.rfind(':')) {
        const auto last = text.substr(colon + 1);
        if (point.type.empty() && value_type(last)) {
            point.type = last;
        } else if (reg && point.write_with.empty() && !last.empty() && take_write_with(last, unused)) {
            point.write_with = last;
        } else {
            break;
        }
        text = text.substr(0, colon);
    }
    point.address = std::string(text);
    const auto address = point_address(point);
    if (!address) { return tl::unexpected(address.error()); }
    if (!reg && !looks_like_id(address->id)) { return wrong(fmt::format("'{}' is no id of a data set", text)); }
    return point;
}

} // namespace meterctl::codecs::iec62056_21

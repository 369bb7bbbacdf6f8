#include "codecs/iec62056_21/values.hpp"

#include "codecs/iec62056_21/readings.hpp"
#include "codecs/iec62056_21/times.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <array>

namespace meterctl::codecs::iec62056_21 {
namespace {

using Kind = ObisMeaning::Kind;

constexpr std::size_t most_digits = 36; ///< fit into 128 bits

bool is_digit(char one) {
    return one >= '0' && one <= '9';
}

/// Nothing, or dashes alone: meters show so what they do not have.
bool nothing(std::string_view text) {
    text = trim(text);
    return text.find_first_not_of('-') == std::string_view::npos;
}

GroupValue missing(std::string_view text) {
    return {Value(), Unit::none, {"not_available"}, std::string(trim(text))};
}

GroupValue from_time(std::string_view text, std::optional<DateTime> (*parse)(std::string_view)) {
    const auto time = parse(trim(text));
    if (!time) { return {Value(std::string(text)), Unit::none, {}, {}}; }
    GroupValue out{Value(*time), Unit::none, {}, {}};
    if (!time->utc_offset_minutes) { out.flags.emplace_back("local_time"); }
    return out;
}

GroupValue number_of(const Group& group) {
    GroupValue out;
    out.unit = group.has_unit ? unit_of(group.unit) : Unit::none;
    const auto number = parse_number(group.value);
    if (!number) {
        out.flags.emplace_back("not_a_number");
        out.text = group.value;
        return out;
    }
    out.value = *number;
    if (group.has_unit && out.unit == Unit::none && !trim(group.unit).empty()) {
        out.flags.emplace_back("unknown_unit");
        out.text = group.unit;
    }
    return out;
}

/// Digits alone can be a serial number or a code, whose leading zeros count.
bool looks_like_number(const Group& group) {
    if (!parse_number(group.value)) { return false; }
    return group.has_unit || group.value.find_first_of(".+-") != std::string::npos;
}

GroupValue by_its_looks(const Group& group) {
    if (looks_like_number(group)) { return number_of(group); }
    std::string text = group.value;
    if (group.has_unit) { text += "*" + group.unit; }
    return {Value(std::move(text)), Unit::none, {}, {}};
}

} // namespace

std::optional<Decimal> parse_number(std::string_view text) {
    text = trim(text);
    const auto body = text.starts_with('+') || text.starts_with('-') ? text.substr(1) : text;
    const auto points = std::ranges::count(body, '.');
    const auto digits = std::ranges::count_if(body, is_digit);
    const bool plain = digits > 0 && points <= 1 && static_cast<std::size_t>(digits + points) == body.size();
    if (!plain || body.size() > most_digits || !is_digit(body.front()) || !is_digit(body.back())) {
        return std::nullopt;
    }
    const auto number = Decimal::parse(text);
    return number ? std::optional(*number) : std::nullopt;
}

GroupValue value_of(const Group& group, std::optional<Kind> kind) {
    if (nothing(group.value)) { return missing(group.value); }
    switch (kind.value_or(Kind::text)) {
    case Kind::number:
        return number_of(group);
    case Kind::date_time:
        return from_time(group.value, parse_time);
    case Kind::date:
        return from_time(group.value, parse_date);
    case Kind::time_of_day:
        return from_time(group.value, parse_time_of_day);
    case Kind::text:
        break;
    }
    if (kind) { return {Value(group.value), Unit::none, {}, {}}; }
    return by_its_looks(group);
}

std::optional<std::size_t> time_group(std::span<const Group> groups) {
    if (groups.size() != 2) { return std::nullopt; }
    const auto is_time = [](const Group& group) {
        return !group.has_unit && parse_time(trim(group.value)).has_value();
    };
    const bool first = is_time(groups[0]), second = is_time(groups[1]);
    if (second && !first) { return 1; }
    return first && !second && groups[1].has_unit ? std::optional<std::size_t>(0) : std::nullopt;
}

} // namespace meterctl::codecs::iec62056_21

#include "codecs/iec62056_21/point.hpp"
#include "codecs/iec62056_21/readings.hpp"
#include "codecs/iec62056_21/times.hpp"
#include "codecs/iec62056_21/values.hpp"
#include "src/catalogue/choices.hpp"
#include "src/core/hex.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::iec62056_21 {
namespace {

tl::unexpected<Error> untrusted(std::string what, const catalogue::Point& point) {
    return fail(Category::untrusted, std::move(what), point.name, {}, "iec62056_21.value");
}

Bytes octets_of(std::string_view text) {
    return {text.begin(), text.end()};
}

bool is_invalid(const catalogue::Point& point, std::string_view text) {
    return std::ranges::any_of(point.invalid, [&](const std::string& pattern) {
        const auto octets = from_hex(pattern);
        return octets && *octets == octets_of(text);
    });
}

/// Bits of a word that came in hex digits.
void show_bits(const catalogue::Point& point, const Value& value, Reading& reading) {
    const auto* const word = value.get<std::uint64_t>();
    if (word == nullptr) { return; }
    for (const auto& bit : point.bits) {
        const bool set = bit.bit < 64 && ((*word >> bit.bit) & 1U) != 0;
        if (set) { reading.text += (reading.text.empty() ? "" : ", ") + bit.name; }
        if (bit.is_fault && set == bit.fault_when) { reading.flags.push_back("fault:" + bit.name); }
    }
}

/// The unit as sent, where it measures the same; the definition's where none was sent.
Result<Unit> unit_for(const catalogue::Point& point, const Group& group) {
    if (!group.has_unit || trim(group.unit).empty()) { return point.unit; }
    const Unit sent = unit_of(group.unit);
    if (point.unit == Unit::none || sent == point.unit) { return sent; }
    if (sent == Unit::none || base_of(sent).unit != base_of(point.unit).unit) {
        return untrusted(fmt::format("the unit '{}' where {} was expected", group.unit, symbol(point.unit)), point);
    }
    return sent;
}

void mark_local(const Value& value, Reading& reading) {
    const auto* const time = value.get<DateTime>();
    if (time != nullptr && !time->utc_offset_minutes) { reading.flags.emplace_back("local_time"); }
}

/// A point without a type is what its value looks like; scaled where it is a number.
Result<void> take_value(const catalogue::Point& point, const Group& group, Reading& reading) {
    const auto unit = unit_for(point, group);
    if (!unit) { return tl::unexpected(unit.error()); }
    Value value;
    if (point.type.empty()) {
        auto found =
            value_of(group, point.unit == Unit::none ? std::nullopt : std::optional(ObisMeaning::Kind::number));
        value = std::move(found.value);
        reading.flags = std::move(found.flags);
        reading.text = std::move(found.text);
    } else {
        const auto type = value_type(point.type);
        if (!type) { return tl::unexpected(type.error()); }
        const auto decoded = (*type)->decode(group.value);
        if (!decoded) { return untrusted(fmt::format("'{}' is no {}", group.value, (*type)->title), point); }
        value = *decoded;
        mark_local(value, reading);
    }
    reading.unit = *unit;
    show_bits(point, value, reading);
    reading.value = point.scale == Decimal{1, 0} ? std::move(value) : scaled(value, point.scale);
    return {};
}

} // namespace

Result<Reading> decode_point(const catalogue::Point& point, std::span<const Group> groups) {
    if (groups.empty()) { return untrusted("no value between brackets", point); }
    const auto time = time_group(groups);
    const Group& group = groups[time == 0U ? 1 : 0];
    Reading reading;
    reading.name = point.name;
    reading.obis = point.obis;
    reading.unit = point.unit;
    reading.address = point.address;
    reading.raw = octets_of(to_text(DataSet{{}, {groups.begin(), groups.end()}, 0, 0}));
    if (is_invalid(point, group.value)) {
        reading.flags.emplace_back("not_available");
        return reading;
    }
    if (auto taken = take_value(point, group, reading); !taken) { return tl::unexpected(taken.error()); }
    if (time) { reading.time = parse_time(trim(groups[*time].value)); }
    if (reading.time && !reading.time->utc_offset_minutes) { reading.flags.emplace_back("local_time"); }
    if (reading.text.empty()) {
        const auto* const choice = catalogue::choice_of(point, reading.value);
        if (choice != nullptr) { reading.text = choice->label; }
    }
    return reading;
}

Result<std::string> encode_point(const catalogue::Point& point, const Value& value) {
    const auto type = value_type(point.type.empty() ? "text" : point.type);
    if (!type) { return tl::unexpected(type.error()); }
    Value meant = catalogue::meant_by(point, value);
    const auto number = meant.number();
    if (number && point.scale != Decimal{1, 0}) {
        const auto raw = number->divided_by(point.scale);
        if (!raw) {
            return fail(Category::rejected,
                        fmt::format("'{}' is no multiple of {}", value.to_string(), point.scale.to_string()),
                        point.name, {}, "iec62056_21.value");
        }
        meant = raw->normalized();
    }
    auto text = (*type)->encode(meant, point.length);
    if (text) { return std::move(*text); }
    const auto length = point.length == 0 ? std::string() : fmt::format(" of {} characters", point.length);
    return fail(Category::rejected, fmt::format("'{}' is no {}{}", value.to_string(), (*type)->title, length),
                point.name, {}, "iec62056_21.value");
}

} // namespace meterctl::codecs::iec62056_21

#include "codecs/iec62056_21/times.hpp"
#include "codecs/iec62056_21/values.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

namespace meterctl::codecs::iec62056_21 {
namespace {

std::optional<std::string> filled(std::string text, unsigned length) {
    if (length == 0 || text.size() == length) { return text; }
    if (text.size() > length) { return std::nullopt; }
    const std::size_t sign = text.starts_with('-') ? 1 : 0;
    text.insert(sign, length - text.size(), '0');
    return text;
}

std::optional<Value> decode_number(std::string_view text) {
    const auto number = parse_number(text);
    return number ? std::optional<Value>(*number) : std::nullopt;
}

std::optional<std::string> encode_number(const Value& value, unsigned length) {
    const auto number = value.number();
    if (!number) { return std::nullopt; }
    auto text = number->to_string();
    return text.find('e') == std::string::npos ? filled(std::move(text), length) : std::nullopt;
}

std::optional<Value> decode_integer(std::string_view text) {
    const auto number = parse_number(text);
    const auto whole = number ? number->to_int64() : std::nullopt;
    return whole ? std::optional<Value>(*whole) : std::nullopt;
}

std::optional<std::string> encode_integer(const Value& value, unsigned length) {
    const auto number = value.number();
    const auto whole = number ? number->to_int64() : std::nullopt;
    return whole ? filled(fmt::format("{}", *whole), length) : std::nullopt;
}

std::optional<Value> decode_hex(std::string_view text) {
    text = trim(text);
    std::uint64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    const bool whole = problem == std::errc{} && end == text.data() + text.size();
    return whole ? std::optional<Value>(value) : std::nullopt;
}

/// A number, or hex digits as text.
std::optional<std::string> encode_hex(const Value& value, unsigned length) {
    if (const auto* const digits = value.get<std::string>()) {
        const auto number = decode_hex(*digits);
        return number ? encode_hex(*number, length) : std::nullopt;
    }
    if (const auto* const large = value.get<std::uint64_t>()) { return filled(fmt::format("{:X}", *large), length); }
    const auto number = value.number();
    const auto whole = number ? number->to_int64() : std::nullopt;
    return whole && *whole >= 0 ? filled(fmt::format("{:X}", *whole), length) : std::nullopt;
}

std::optional<Value> decode_text(std::string_view text) {
    return Value(std::string(text));
}

/// What the grammar keeps for itself cannot stand in a value.
std::optional<std::string> encode_text(const Value& value, unsigned length) {
    auto text = value.to_string();
    const bool plain = std::ranges::all_of(text, [](char one) { return one >= ' ' && one <= '~'; });
    if (!plain || text.find_first_of("()/!") != std::string::npos) { return std::nullopt; }
    return length == 0 || text.size() == length ? std::optional(text) : std::nullopt;
}

std::optional<Value> as_value(const std::optional<DateTime>& time) {
    return time ? std::optional<Value>(*time) : std::nullopt;
}

std::optional<Value> decode_time(std::string_view text) {
    return as_value(parse_time(trim(text)));
}

std::optional<Value> decode_date(std::string_view text) {
    return as_value(parse_date(trim(text)));
}

std::optional<Value> decode_clock(std::string_view text) {
    return as_value(parse_time_of_day(trim(text)));
}

std::optional<DateTime> time_of(const Value& value) {
    if (const auto* const time = value.get<DateTime>()) { return *time; }
    const auto* const text = value.get<std::string>();
    const auto parsed = text == nullptr ? Result<DateTime>(DateTime{}) : DateTime::parse(*text);
    return text != nullptr && parsed ? std::optional(*parsed) : std::nullopt;
}

/// Two digits of the year are this century's, and digits alone have no offset: what has another would be changed.
bool fits_digits(const DateTime& time) {
    constexpr int first = 2000, last = 2099;
    return !time.year || (*time.year >= first && *time.year <= last);
}

std::optional<std::string> encode_time(const Value& value, unsigned /*length*/) {
    const auto time = time_of(value);
    return time && time->complete() && fits_digits(*time) && !time->utc_offset_minutes
               ? std::optional(time_digits(*time))
               : std::nullopt;
}

/// UTC is what the season digit can tell for sure; without an offset it is standard time.
std::optional<std::string> encode_season_time(const Value& value, unsigned /*length*/) {
    const auto time = time_of(value);
    const bool fits = time && time->complete() && fits_digits(*time);
    if (!fits || time->utc_offset_minutes.value_or(0) != 0) { return std::nullopt; }
    return time_digits(*time, time->utc_offset_minutes ? '2' : '0');
}

std::optional<std::string> encode_date(const Value& value, unsigned /*length*/) {
    constexpr std::size_t date_digits = 6;
    const auto time = time_of(value);
    return time && time->year && time->month && time->day && fits_digits(*time)
               ? std::optional(time_digits(*time).substr(0, date_digits))
               : std::nullopt;
}

std::optional<std::string> encode_clock(const Value& value, unsigned /*length*/) {
    constexpr std::size_t date_digits = 6;
    const auto* const text = value.get<std::string>();
    const auto time = text == nullptr ? time_of(value) : parse_time_of_day(*text);
    return time && time->hour && time->minute && !time->utc_offset_minutes
               ? std::optional(time_digits(*time).substr(date_digits))
               : std::nullopt;
}

std::optional<Value> decode_bool(std::string_view text) {
    const auto number = parse_number(text);
    if (!number || (*number != Decimal{0, 0} && *number != Decimal{1, 0})) { return std::nullopt; }
    return Value(*number == Decimal{1, 0});
}

std::optional<std::string> encode_bool(const Value& value, unsigned length) {
    const auto* const flag = value.get<bool>();
    const auto number = flag != nullptr ? std::optional(Decimal{*flag ? 1 : 0, 0}) : value.number();
    if (!number || (*number != Decimal{0, 0} && *number != Decimal{1, 0})) { return std::nullopt; }
    return filled(*number == Decimal{1, 0} ? "1" : "0", length);
}

constexpr std::array types{
    ValueType{"number", "a decimal number", decode_number, encode_number},
    ValueType{"integer", "a whole number", decode_integer, encode_integer},
    ValueType{"hex", "a whole number in hex digits", decode_hex, encode_hex},
    ValueType{"text", "text", decode_text, encode_text},
    ValueType{"datetime", "YYMMDDhhmmss", decode_time, encode_time},
    ValueType{"datetime_season", "a season digit and YYMMDDhhmmss", decode_time, encode_season_time},
    ValueType{"date", "YYMMDD", decode_date, encode_date},
    ValueType{"time", "hhmmss", decode_clock, encode_clock},
    ValueType{"bool", "0 or 1", decode_bool, encode_bool},
};

} // namespace

Result<const ValueType*> value_type(std::string_view name) {
    const auto* const found = std::ranges::find(types, name, &ValueType::name);
    if (found != types.end()) { return found; }
    const auto known = value_type_names();
    auto hints = nearest(name, known);
    if (hints.empty()) { hints = known; }
    return fail(Category::usage, fmt::format("no type '{}'", name), {}, std::move(hints), "iec62056_21.type");
}

std::vector<std::string> value_type_names() {
    std::vector<std::string> names;
    names.reserve(types.size());
    for (const auto& one : types) { names.emplace_back(one.name); }
    return names;
}

} // namespace meterctl::codecs::iec62056_21

#include "src/output/shown.hpp"

#include "src/core/hex.hpp"
#include "src/output/utf8.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace meterctl::output {

namespace {

constexpr Int128 exact_integers = Int128{1} << 53;
constexpr std::size_t exact_digits = 15;

template <class Float>
std::string_view float_flag(Float value) {
    if (std::isnan(value)) { return "not_a_number"; }
    return std::isinf(value) ? "infinite" : "";
}

/// Why a value, or an element of it, has no number to show.
std::string_view flag_of(const Value& value) {
    if (const auto* number = value.get<float>()) { return float_flag(*number); }
    if (const auto* number = value.get<double>()) { return float_flag(*number); }
    std::string_view flag;
    if (const auto* list = value.get<List>()) {
        for (const Value& element : *list) { flag = flag.empty() ? flag_of(element) : flag; }
    }
    if (const auto* structure = value.get<Structure>()) {
        for (const NamedValue& field : *structure) { flag = flag.empty() ? flag_of(field.value) : flag; }
    }
    return flag;
}

/// False where an element does not fit.
bool scale(Value& value, Decimal factor) {
    if (auto* list = std::get_if<List>(&value.data)) {
        return std::ranges::all_of(*list, [&](Value& element) { return scale(element, factor); });
    }
    if (!value.number()) { return value.is_null(); }
    value = scaled(value, factor);
    return !value.is_null();
}

} // namespace

Shown shown(const Value& value, Unit unit, const std::vector<std::string>& flags, const Options& options) {
    Shown result{value, unit, flags};
    if (const auto flag = flag_of(value); !flag.empty()) {
        if (std::ranges::find(result.flags, flag) == result.flags.end()) { result.flags.emplace_back(flag); }
        if (value.get<List>() == nullptr && value.get<Structure>() == nullptr) { result.value = {}; }
    }
    if (result.value.is_null() && result.flags.empty()) { result.flags.emplace_back("not_available"); }
    const BaseUnit base = base_of(unit);
    if (options.base_units && base.unit != unit) {
        Value moved = result.value;
        if (scale(moved, Decimal{1, base.exponent})) {
            result.value = std::move(moved);
            result.unit = base.unit;
        }
    }
    return result;
}

const Value& shown_value(const Value& value) {
    static const Value null;
    const bool one = value.get<List>() == nullptr && value.get<Structure>() == nullptr;
    return one && !flag_of(value).empty() ? null : value;
}

std::string exact_text(const Value& value) {
    const bool exact = value.get<Decimal>() != nullptr || value.get<std::int64_t>() != nullptr ||
                       value.get<std::uint64_t>() != nullptr;
    if (!exact) { return {}; }
    const auto number = value.number();
    if (!number) { return {}; }
    const bool whole = number->exponent == 0;
    if (whole && number->mantissa >= -exact_integers && number->mantissa <= exact_integers) { return {}; }
    // What has as few digits as a double holds needs no look at them.
    constexpr Int128 few = 100'000'000'000'000;
    constexpr int few_places = 13;
    const bool small = number->mantissa < few && number->mantissa > -few;
    if (small && number->exponent < 0 && number->exponent >= -few_places) { return {}; }
    std::string text = number->to_string();
    if (!whole && std::ranges::count_if(text, [](char c) { return c >= '0' && c <= '9'; }) <=
                      static_cast<std::ptrdiff_t>(exact_digits)) {
        return {};
    }
    return text;
}

std::string status_of(const std::vector<std::string>& flags) {
    return flags.empty() ? "ok" : fmt::format("{}", fmt::join(flags, " "));
}

std::string obis_text(const std::optional<Obis>& obis) {
    return obis ? obis->to_string() : std::string{};
}

std::string joined(std::string_view left, std::string_view between, std::string_view right) {
    const bool both = !left.empty() && !right.empty();
    return fmt::format("{}{}{}", left, both ? between : std::string_view{}, right);
}

std::string caption(const Head& head) {
    const std::string who = joined(head.meter, " at ", head.target);
    const std::string address = head.address.empty() ? std::string{} : "address " + head.address;
    return tamed(joined(joined(who, ", ", address), ", ", head.time.to_string())) + "\n";
}

void write_value(JsonWriter& json, std::string_view name, const Value& value) {
    json.member(name, value);
    const std::string text = exact_text(value);
    if (text.empty()) { return; }
    json.member(name == "value" ? std::string("text") : fmt::format("{}_text", name), text);
}

namespace {

void write_reading(JsonWriter& json, const Reading& reading, const Value& value, Unit unit,
                   const std::vector<std::string>& flags, const Options& options) {
    json.begin_object();
    json.member("name", reading.name);
    if (reading.obis) { json.member("obis", reading.obis->to_string()); }
    write_value(json, "value", value);
    json.optional_member("unit", symbol(unit));
    json.optional_member("label", reading.text);
    if (reading.time) { json.member("time", reading.time->to_string()); }
    json.optional_member("flags", flags);
    if (options.raw) {
        json.optional_member("point", reading.address);
        if (!reading.raw.empty()) { json.member("raw", to_hex(reading.raw)); }
    }
    json.end_object();
}

} // namespace

void write_reading(JsonWriter& json, const Reading& reading, const Options& options) {
    const bool as_it_is = !options.base_units && !reading.value.is_null() && flag_of(reading.value).empty();
    if (as_it_is) { return write_reading(json, reading, reading.value, reading.unit, reading.flags, options); }
    const Shown show = shown(reading.value, reading.unit, reading.flags, options);
    write_reading(json, reading, show.value, show.unit, show.flags, options);
}

void write_readings(JsonWriter& json, std::string_view name, std::span<const Reading> readings,
                    const Options& options) {
    json.key(name);
    json.begin_array();
    for (const Reading& reading : readings) { write_reading(json, reading, options); }
    json.end_array();
}

void write_failure(JsonWriter& json, const Failure& failure, std::string_view key) {
    const Error& error = failure.error;
    json.begin_object();
    json.optional_member(key, failure.name);
    json.member("category", category_name(error.category));
    json.member("exit_code", exit_code(error.category));
    json.optional_member("code", error.code);
    json.member("what", error.what);
    json.optional_member("where", error.where);
    json.optional_member("hints", error.hints);
    json.end_object();
}

void write_failures(JsonWriter& json, std::span<const Failure> failures, std::string_view key) {
    json.key("errors");
    json.begin_array();
    for (const Failure& failure : failures) { write_failure(json, failure, key); }
    json.end_array();
}

void write_head(JsonWriter& json, std::string_view schema, const Head& head) {
    json.member("schema", schema);
    json.optional_member("meter", head.meter);
    json.member("target", head.target);
    json.optional_member("address", head.address);
    json.optional_member("serial_number", head.serial_number);
    json.member("time", head.time.to_string());
}

} // namespace meterctl::output

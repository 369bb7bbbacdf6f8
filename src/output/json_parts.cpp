#include "src/output/json_parts.hpp"

#include "src/core/hex.hpp"

#include <string>

namespace meterctl::output {

namespace {

/// 2^53: beyond it a reader that keeps numbers as doubles rounds.
constexpr Int128 exact_in_double = Int128{1} << 53U;

bool beyond_double(const Value& value) {
    if (value.get<float>() != nullptr || value.get<double>() != nullptr) { return false; }
    const auto number = value.number();
    if (!number) { return false; }
    const Int128 digits = number->normalized().mantissa;
    return digits > exact_in_double || digits < -exact_in_double;
}

} // namespace

void write_number_member(JsonWriter& json, std::string_view key, const Value& value) {
    json.key(key);
    json.value(value);
    if (beyond_double(value)) { json.member(key == "value" ? "text" : std::string(key) + "_text", value.to_string()); }
}

void write_reading(JsonWriter& json, const Reading& original, const Style& style) {
    const Reading reading = styled(original, style);
    json.begin_object(Layout::line);
    json.member("name", reading.name);
    if (reading.obis) { json.member("obis", reading.obis->to_string()); }
    write_number_member(json, "value", reading.value);
    json.member_if("unit", symbol(reading.unit));
    json.member_if("label", reading.text);
    if (reading.time) { json.member("time", reading.time->to_string()); }
    if (!reading.flags.empty()) {
        json.key("flags");
        json.begin_array(Layout::line);
        for (const std::string& flag : reading.flags) { json.string(flag); }
        json.end_array();
    }
    json.member_if("address", reading.address);
    if (style.raw) { json.member("raw", to_hex(reading.raw)); }
    json.end_object();
}

void write_error(JsonWriter& json, std::string_view point, const Error& error) {
    json.begin_object(Layout::line);
    json.member_if("point", point);
    json.member("category", category_name(error.category));
    json.member_if("code", error.code);
    json.member("what", error.what);
    json.member_if("where", error.where);
    if (!error.hints.empty()) {
        json.key("hints");
        json.begin_array(Layout::line);
        for (const std::string& hint : error.hints) { json.string(hint); }
        json.end_array();
    }
    json.end_object();
}

Reading in_base_unit(Reading reading) {
    const BaseUnit base = base_of(reading.unit);
    if (base.exponent == 0) { return reading; }
    const auto number = reading.value.number();
    if (!number) { return reading; }
    Decimal moved{number->mantissa, number->exponent + base.exponent};
    reading.value = moved;
    reading.unit = base.unit;
    return reading;
}

Reading styled(const Reading& reading, const Style& style) {
    return style.base_units ? in_base_unit(reading) : reading;
}

std::string status_of(const Reading& reading) {
    std::string status;
    for (const std::string& flag : reading.flags) {
        if (!status.empty()) { status += ';'; }
        status += flag;
    }
    return status.empty() ? "ok" : status;
}

void Documents::add(std::string_view document) {
    if (style_.format == Format::json && style_.many) { file_->write(first_ ? "[\n" : ",\n"); }
    first_ = false;
    file_->write(document);
    const bool in_array = style_.format == Format::json && style_.many;
    if (!in_array) { file_->write("\n"); }
    if (style_.format == Format::ndjson) { file_->flush(); }
}

void Documents::end() {
    if (style_.format == Format::json && style_.many) { file_->write(first_ ? "[]\n" : "\n]\n"); }
    file_->flush();
}

} // namespace meterctl::output

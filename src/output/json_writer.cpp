#include "src/output/json_writer.hpp"

#include "src/core/hex.hpp"

#include <cmath>
#include <fmt/format.h>
#include <iterator>

namespace meterctl::output {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

/// How many octets the UTF-8 sequence at the front takes; 0 where there is none (RFC 3629 4).
std::size_t utf8_length(std::string_view text) {
    const auto octet = [&](std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U; };
    const unsigned first = octet(0);
    if (first < 0x80) { return 1; }
    const std::size_t length = first >= 0xF0 ? 4 : (first >= 0xE0 ? 3 : 2);
    if (first < 0xC2 || first > 0xF4) { return 0; }
    for (std::size_t at = 1; at < length; ++at) {
        if ((octet(at) & 0xC0U) != 0x80) { return 0; }
    }
    const unsigned second = octet(1);
    const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    const bool surrogate = first == 0xED && second > 0x9F;
    const bool too_far = first == 0xF4 && second > 0x8F;
    return overlong || surrogate || too_far ? 0 : length;
}

void append_escaped(std::string& out, char character) {
    switch (character) {
    case '"':
        out += "\\\"";
        return;
    case '\\':
        out += "\\\\";
        return;
    case '\n':
        out += "\\n";
        return;
    case '\r':
        out += "\\r";
        return;
    case '\t':
        out += "\\t";
        return;
    default:
        break;
    }
    const auto octet = static_cast<unsigned char>(character);
    if (octet < 0x20 || octet == 0x7F) {
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", octet);
    } else {
        out += character;
    }
}

void append_string(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 1) {
            append_escaped(out, text[0]);
        } else if (length == 0) {
            out += replacement;
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    out += '"';
}

template <class Float>
bool is_finite(const Value& value) {
    const Float* number = value.get<Float>();
    return number != nullptr && std::isfinite(*number);
}

/// What stands in JSON as the text that a person reads: numbers and truth.
bool prints_bare(const Value& value) {
    return value.get<bool>() != nullptr || value.get<std::int64_t>() != nullptr ||
           value.get<std::uint64_t>() != nullptr || value.get<Decimal>() != nullptr || is_finite<float>(value) ||
           is_finite<double>(value);
}

} // namespace

void JsonWriter::key(std::string_view name) {
    separate();
    append_string(*text_, name);
    *text_ += ": ";
    after_key_ = true;
}

void JsonWriter::null() {
    separate();
    *text_ += "null";
}

void JsonWriter::boolean(bool value) {
    separate();
    *text_ += value ? "true" : "false";
}

void JsonWriter::number(std::uint64_t value) {
    separate();
    fmt::format_to(std::back_inserter(*text_), "{}", value);
}

void JsonWriter::string(std::string_view value) {
    separate();
    append_string(*text_, value);
}

void JsonWriter::value(const Value& value) {
    if (const auto* items = value.get<List>()) {
        begin_array(Layout::line);
        for (const Value& item : *items) { this->value(item); }
        end_array();
    } else if (const auto* fields = value.get<Structure>()) {
        begin_object(Layout::line);
        for (const NamedValue& field : *fields) {
            key(field.name);
            this->value(field.value);
        }
        end_object();
    } else if (prints_bare(value)) {
        separate();
        *text_ += value.to_string();
    } else if (value.is_null() || value.get<float>() != nullptr || value.get<double>() != nullptr) {
        null();
    } else {
        string(value.to_string());
    }
}

void JsonWriter::member(std::string_view name, std::string_view text) {
    key(name);
    string(text);
}

void JsonWriter::member_if(std::string_view name, std::string_view text) {
    if (!text.empty()) { member(name, text); }
}

void JsonWriter::begin(char bracket, Layout layout) {
    separate();
    *text_ += bracket;
    const Layout outer = levels_.empty() ? outermost_ : levels_.back().layout;
    levels_.push_back({outer == Layout::line ? Layout::line : layout});
}

void JsonWriter::end(char bracket) {
    const Level level = levels_.back();
    levels_.pop_back();
    if (level.layout == Layout::lines && !level.empty) { new_line(); }
    *text_ += bracket;
}

void JsonWriter::separate() {
    if (after_key_) {
        after_key_ = false;
        return;
    }
    if (levels_.empty()) { return; }
    Level& level = levels_.back();
    if (!level.empty) { *text_ += level.layout == Layout::lines ? "," : ", "; }
    level.empty = false;
    if (level.layout == Layout::lines) { new_line(); }
}

void JsonWriter::new_line() {
    *text_ += '\n';
    text_->append(2 * levels_.size(), ' ');
}

std::string json_string(std::string_view text) {
    std::string literal;
    append_string(literal, text);
    return literal;
}

} // namespace meterctl::output

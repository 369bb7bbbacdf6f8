#include "src/output/json_writer.hpp"

#include "src/core/hex.hpp"
#include "src/output/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fmt/compile.h>
#include <fmt/format.h>
#include <iterator>
#include <map>
#include <stdexcept>
#include <variant>

namespace meterctl::output {

namespace {

template <class Float>
void append_shortest(std::string& out, Float number) {
    fmt::format_to(std::back_inserter(out), FMT_COMPILE("{}"), number);
}

template <class Integer>
void append_integer(std::string& out, Integer number) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

/// Shortest text that reads back to the same number of the same width: plain digits from 1e-5 to 1e16.
template <class Float>
void append_float(std::string& out, Float number) {
    const std::size_t start = out.size();
    append_shortest(out, number);
    const Float size = std::fabs(number);
    if (size < static_cast<Float>(1e-5) || size >= static_cast<Float>(1e16) ||
        out.find('e', start) == std::string::npos) {
        return;
    }
    out.resize(start);
    out += Value(number).to_string();
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
        fmt::format_to(std::back_inserter(out), FMT_COMPILE("\\u{:04x}"),
                       static_cast<unsigned>(static_cast<unsigned char>(character)));
    }
}

/// Which octets stand for themselves in a JSON string; looked up, as every octet written passes here.
constexpr auto plain_octets = [] {
    std::array<bool, 256> plain{};
    for (std::size_t octet = ' '; octet < 0x7F; ++octet) { plain[octet] = octet != '"' && octet != '\\'; }
    return plain;
}();

constexpr std::uint64_t every_octet = 0x0101010101010101;
constexpr std::uint64_t high_bits = 0x80 * every_octet;

/// Whether one of eight octets is `octet`. A borrow can only lead from one that is to the next one up.
constexpr bool holds(std::uint64_t eight, std::uint8_t octet) {
    const std::uint64_t differs = eight ^ (octet * every_octet);
    return ((differs - every_octet) & ~differs & high_bits) != 0;
}

/// Eight octets that all stand for themselves.
bool all_plain(const char* text) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text, sizeof eight);
    const bool control = ((eight - 0x20 * every_octet) & ~eight & high_bits) != 0;
    return (eight & high_bits) == 0 && !control && !holds(eight, '"') && !holds(eight, '\\') && !holds(eight, 0x7F);
}

std::size_t plain_length(std::string_view text) {
    std::size_t length = 0;
    while (text.size() - length >= sizeof(std::uint64_t) && all_plain(text.data() + length)) {
        length += sizeof(std::uint64_t);
    }
    while (length < text.size() && plain_octets[static_cast<unsigned char>(text[length])]) { ++length; }
    return length;
}

} // namespace

namespace {

/// Most keys and texts are this short, and nothing in them is escaped: they are appended whole, with what stands around
/// them.
constexpr std::size_t short_text = 56;

/// `before`, `"text"`, `after`; false, and nothing, where the text is long or has octets that are escaped.
bool append_short(std::string& out, std::string_view before, std::string_view text, std::string_view after) {
    if (text.size() > short_text || plain_length(text) != text.size()) { return false; }
    std::array<char, short_text + 8> all; // NOLINT(cppcoreguidelines-pro-type-member-init): filled as far as it is used
    char* end = std::ranges::copy(before, all.data()).out;
    *end++ = '"';
    end = std::ranges::copy(text, end).out;
    *end++ = '"';
    end = std::ranges::copy(after, end).out;
    out.append(all.data(), static_cast<std::size_t>(end - all.data()));
    return true;
}

} // namespace

void append_json_string(std::string& out, std::string_view text) {
    if (append_short(out, {}, text, {})) { return; }
    out += '"';
    while (!text.empty()) {
        const std::size_t plain = plain_length(text);
        out.append(text.substr(0, plain));
        text.remove_prefix(plain);
        if (text.empty()) { break; }
        const std::size_t length = utf8_character(text);
        if (length == 0) {
            out.append(replacement);
        } else if (length == 1) {
            append_escaped(out, text[0]);
        } else {
            out.append(text.substr(0, length));
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    out += '"';
}

void JsonWriter::before_value() {
    if (after_key_) {
        after_key_ = false;
        return;
    }
    if (any_.empty()) { return; }
    if (any_.back() != 0) { out_ += ','; }
    if (pretty_ && any_.size() == 2) { out_ += "\n  "; }
    any_.back() = 1;
}

void JsonWriter::open(char bracket) {
    before_value();
    out_ += bracket;
    any_.push_back(0);
}

void JsonWriter::close(char bracket) {
    if (any_.empty() || after_key_) { throw std::logic_error("JSON bracket closed where none is open"); }
    any_.pop_back();
    out_ += bracket;
}

void JsonWriter::begin_object() {
    open('{');
}
void JsonWriter::end_object() {
    close('}');
}
void JsonWriter::begin_array() {
    open('[');
}
void JsonWriter::end_array() {
    close(']');
}

void JsonWriter::key(std::string_view name) {
    if (any_.empty() || after_key_) { throw std::logic_error("JSON key outside an object"); }
    const bool first = any_.back() == 0;
    const bool on_its_own_line = pretty_ && any_.size() == 1;
    const std::string_view comma = on_its_own_line ? ",\n " : ",";
    const std::string_view before = first ? std::string_view() : comma;
    any_.back() = 1;
    after_key_ = true;
    if (append_short(out_, before, name, ":")) { return; }
    out_ += before;
    append_json_string(out_, name);
    out_ += ':';
}

void JsonWriter::text(std::string_view text) {
    before_value();
    append_json_string(out_, text);
}
void JsonWriter::boolean(bool value) {
    before_value();
    out_ += value ? "true" : "false";
}
void JsonWriter::integer(std::int64_t value) {
    before_value();
    append_integer(out_, value);
}
void JsonWriter::integer(std::uint64_t value) {
    before_value();
    append_integer(out_, value);
}
void JsonWriter::null() {
    before_value();
    out_ += "null";
}

void JsonWriter::value(const Value& value) {
    const auto write = [this](const auto& item) {
        using Item = std::remove_cvref_t<decltype(item)>;
        if constexpr (std::is_same_v<Item, std::monostate>) {
            null();
        } else if constexpr (std::is_same_v<Item, bool>) {
            boolean(item);
        } else if constexpr (std::is_floating_point_v<Item>) {
            before_value();
            if (std::isfinite(item)) {
                append_float(out_, item);
            } else {
                out_ += "null";
            }
        } else if constexpr (std::is_integral_v<Item>) {
            integer(item);
        } else if constexpr (std::is_same_v<Item, Decimal>) {
            before_value();
            out_ += item.to_string();
        } else if constexpr (std::is_same_v<Item, std::string>) {
            text(item);
        } else if constexpr (std::is_same_v<Item, Bytes>) {
            text(to_hex(item));
        } else if constexpr (std::is_same_v<Item, DateTime>) {
            text(item.to_string());
        } else if constexpr (std::is_same_v<Item, List>) {
            begin_array();
            for (const Value& element : item) { this->value(element); }
            end_array();
        } else {
            structure(item);
        }
    };
    std::visit(write, value.data);
}

void JsonWriter::structure(const Structure& fields) {
    // readers keep only the last of equal keys, so that equal names share one key with a list
    std::map<std::string_view, std::vector<const Value*>> named;
    for (const NamedValue& field : fields) { named[field.name].push_back(&field.value); }
    begin_object();
    for (const NamedValue& field : fields) {
        const auto& values = named.at(field.name);
        if (values.front() != &field.value) { continue; }
        key(field.name);
        if (values.size() == 1) {
            value(*values.front());
            continue;
        }
        begin_array();
        for (const Value* const element : values) { value(*element); }
        end_array();
    }
    end_object();
}

void JsonWriter::optional_member(std::string_view name, const std::vector<std::string>& values) {
    if (values.empty()) { return; }
    key(name);
    begin_array();
    for (const std::string& element : values) { text(element); }
    end_array();
}

} // namespace meterctl::output

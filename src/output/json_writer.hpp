// JSON (RFC 8259) written as it comes: exact decimals, floats in the shortest text of their own width, integers with
// all their digits. A number that is none (NaN, infinity) is null.
#pragma once

#include "src/core/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace meterctl::output {

/// How an object or array stands in the text.
enum class Layout {
    lines, ///< each member on a line of its own, indented
    line,  ///< all members on one line, also those of what it holds
};

/// Appends to a string that its owner may drain between calls.
class JsonWriter {
public:
    /// `outermost` is the layout of the first object; `line` makes the whole document one line.
    explicit JsonWriter(std::string& text, Layout outermost = Layout::lines) : text_(&text), outermost_(outermost) {}

    void begin_object(Layout layout = Layout::lines) { begin('{', layout); }
    void end_object() { end('}'); }
    void begin_array(Layout layout = Layout::lines) { begin('[', layout); }
    void end_array() { end(']'); }

    void key(std::string_view name);
    void null();
    void boolean(bool value);
    void number(std::uint64_t value);
    /// Octets that are no UTF-8 become U+FFFD.
    void string(std::string_view value);
    void value(const Value& value);

    /// `key` and then `string`.
    void member(std::string_view name, std::string_view text);
    /// The same, left out where the text is empty.
    void member_if(std::string_view name, std::string_view text);

private:
    struct Level {
        Layout layout;
        bool empty = true;
    };

    void begin(char bracket, Layout layout);
    void end(char bracket);
    /// What parts a value from the one before it.
    void separate();
    void new_line();

    std::string* text_;
    Layout outermost_;
    std::vector<Level> levels_;
    bool after_key_ = false;
};

/// The text of a string literal, with its quotes.
std::string json_string(std::string_view text);

} // namespace meterctl::output

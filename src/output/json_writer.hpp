// Writes JSON (RFC 8259) as it comes, without a tree in memory: exact decimals as their own digits, floats as the
// shortest text of their own width, integers verbatim, NaN and infinities as null, text that is no UTF-8 repaired.
#pragma once

#include "src/core/bytes.hpp"
#include "src/core/value.hpp"

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::output {

class JsonWriter {
public:
    /// Appends to `out`. With `pretty`, the keys of the outermost object and the elements of its lists stand on lines
    /// of their own; else everything is on one line.
    JsonWriter(std::string& out, bool pretty) : out_(out), pretty_(pretty) {}

    void begin_object();
    void end_object();
    void begin_array();
    void end_array();
    void key(std::string_view name);

    void text(std::string_view text);
    void boolean(bool value);
    void integer(std::int64_t value);
    void integer(std::uint64_t value);
    void null();
    /// Octets as "01 03 50 02", a date-time as its text, a structure as an object (a name that comes again becomes a
    /// list).
    void value(const Value& value);

    void member(std::string_view name, std::string_view value) { key(name), text(value); }
    void member(std::string_view name, const char* value) { key(name), text(value); }
    void member(std::string_view name, const std::same_as<Value> auto& member) { key(name), value(member); }
    void member(std::string_view name, std::same_as<bool> auto value) { key(name), boolean(value); }
    void member(std::string_view name, std::integral auto value)
        requires(!std::same_as<decltype(value), bool>)
    {
        key(name);
        if constexpr (std::signed_integral<decltype(value)>) {
            integer(std::int64_t{value});
        } else {
            integer(std::uint64_t{value});
        }
    }
    /// Left out where it is empty.
    void optional_member(std::string_view name, std::string_view value) {
        if (!value.empty()) { member(name, value); }
    }
    /// Of texts; left out where it is empty.
    void optional_member(std::string_view name, const std::vector<std::string>& values);

    /// A document is complete: ends the line.
    void end_line() { out_ += '\n'; }

private:
    void before_value();
    void open(char bracket);
    void close(char bracket);
    void structure(const Structure& fields);

    std::string& out_;
    bool pretty_;
    bool after_key_ = false;
    std::vector<char> any_; ///< of each open bracket: 1 once it has members
};

/// Appends a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);

} // namespace meterctl::output

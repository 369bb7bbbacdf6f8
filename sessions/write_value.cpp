#include "sessions/json_value.hpp"
#include "sessions/protocols.hpp"
#include "src/catalogue/choices.hpp"
#include "src/core/hex.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <array>

namespace meterctl::sessions {

namespace {

using catalogue::Choice;
using catalogue::Point;

/// How the text of a value is read, by how the type's name begins; anything else is a number.
enum class Reading { number, text, hex_digits, octets, truth, time, clock, shift, parts };
struct TypePrefix {
    std::string_view prefix;
    Reading reading;
};
constexpr std::array type_prefixes{
    TypePrefix{"date-time-pattern", Reading::text},
    TypePrefix{"array(", Reading::parts},
    TypePrefix{"structure(", Reading::parts},
    TypePrefix{"octet-string", Reading::octets},
    TypePrefix{"visible-string", Reading::text},
    TypePrefix{"bit-string", Reading::text},
    TypePrefix{"logical-name", Reading::text},
    TypePrefix{"ascii", Reading::text},
    TypePrefix{"string", Reading::text},
    TypePrefix{"text", Reading::text},
    TypePrefix{"utf", Reading::text},
    TypePrefix{"hex", Reading::hex_digits},
    TypePrefix{"octets", Reading::octets},
    TypePrefix{"bytes", Reading::octets},
    TypePrefix{"bool", Reading::truth},
    TypePrefix{"date", Reading::time},
    TypePrefix{"unix", Reading::time},
    TypePrefix{"time", Reading::text},
    TypePrefix{"clock-shift", Reading::shift},
    TypePrefix{"clock", Reading::clock},
    TypePrefix{"keys", Reading::text},
    TypePrefix{"image", Reading::text},
    TypePrefix{"calendar", Reading::parts},
};

struct TruthWord {
    std::string_view word;
    bool value;
};
constexpr std::array truth_words{TruthWord{"1", true},    TruthWord{"true", true}, TruthWord{"on", true},
                                 TruthWord{"yes", true},  TruthWord{"0", false},   TruthWord{"false", false},
                                 TruthWord{"off", false}, TruthWord{"no", false}};

Reading reading_of(const Point& point) {
    const std::string type = to_lower(point.type);
    for (const TypePrefix& row : type_prefixes) {
        if (type.starts_with(row.prefix)) { return row.reading; }
    }
    // A register of text without a type is written as it was typed, with its zeros.
    if (type.empty() && point.address.starts_with("reg:")) { return Reading::text; }
    return type.empty() && point.address.starts_with("coil") ? Reading::truth : Reading::number;
}

std::string allowed_text(const Point& point) {
    std::string text;
    for (const Choice& choice : point.choices) {
        if (!text.empty()) { text += ", "; }
        text += choice.value.to_string();
        if (!choice.label.empty()) { text += " (" + choice.label + ")"; }
    }
    return text;
}

tl::unexpected<Error> reject(const Point& point, std::string what, std::string_view code, std::string hint = {}) {
    std::vector<std::string> hints;
    if (!hint.empty()) { hints.push_back(std::move(hint)); }
    return fail(Category::rejected, std::move(what), point.name, std::move(hints), std::string(code));
}

std::string expected_hint(const Point& point) {
    if (!point.choices.empty()) { return "one of " + allowed_text(point); }
    return "a " + (point.type.empty() ? std::string("number") : point.type) + " value";
}

/// Whole numbers as integers, others as decimals.
Value to_value(const Decimal& number) {
    if (const auto whole = number.to_int64()) { return *whole; }
    return number;
}

std::optional<Decimal> parse_hexadecimal(std::string_view text) {
    if (!text.starts_with("0x") && !text.starts_with("0X")) { return std::nullopt; }
    text.remove_prefix(2);
    if (text.empty() || text.size() > 16) { return std::nullopt; }
    Decimal number;
    for (const char digit : to_lower(text)) {
        constexpr std::string_view digits = "0123456789abcdef";
        const auto worth = digits.find(digit);
        if (worth == std::string_view::npos) { return std::nullopt; }
        number.mantissa = number.mantissa * 16 + static_cast<Int128>(worth);
    }
    return number;
}

/// "12.5 kWh" for a point in Wh: the longest number in front, then a unit of the same kind.
Result<Value> parse_with_unit(const Point& point, std::string_view text) {
    for (std::size_t length = text.size() - 1; length > 0; --length) {
        const auto number = Decimal::parse(trim(text.substr(0, length)));
        if (!number) { continue; }
        const std::string_view symbol_text = trim(text.substr(length));
        const auto unit = parse_unit(symbol_text);
        if (!unit) { return fail(Category::usage, "unknown unit '" + std::string(symbol_text) + "'", point.name); }
        const BaseUnit given = base_of(*unit), wanted = base_of(point.unit);
        if (given.unit != wanted.unit) {
            return fail(Category::usage, "unit " + std::string(symbol_text) + " does not fit", point.name,
                        {"give the value in " + std::string(symbol(point.unit))});
        }
        return to_value(Decimal{number->mantissa, number->exponent + given.exponent - wanted.exponent});
    }
    return reject(point, "'" + std::string(text) + "' is not a value of this point", "write.value",
                  expected_hint(point));
}

Result<Value> parse_number(const Point& point, std::string_view text) {
    if (const auto number = parse_hexadecimal(text)) { return to_value(*number); }
    if (const auto number = Decimal::parse(text)) { return to_value(*number); }
    if (text.size() < 2) {
        return reject(point, "'" + std::string(text) + "' is not a number", "write.value", expected_hint(point));
    }
    return parse_with_unit(point, text);
}

Result<Value> parse_truth(const Point& point, std::string_view text) {
    const std::string word = to_lower(text);
    const auto* row = std::find_if(truth_words.begin(), truth_words.end(),
                                   [&word](const TruthWord& candidate) { return candidate.word == word; });
    if (row != truth_words.end()) { return row->value; }
    return reject(point, "'" + std::string(text) + "' is neither on nor off", "write.value", "on or off");
}

/// True where `number` is `origin` plus a whole number of steps; false also where 128 bits cannot tell.
bool on_step(const Decimal& number, const Decimal& origin, const Decimal& step) {
    const int exponent = std::min({number.exponent, origin.exponent, step.exponent});
    const auto aligned = [exponent](const Decimal& value) -> std::optional<Int128> {
        Int128 mantissa = value.mantissa;
        for (int e = value.exponent; e > exponent; --e) {
            if (__builtin_mul_overflow(mantissa, Int128{10}, &mantissa)) { return std::nullopt; }
        }
        return mantissa;
    };
    const auto a = aligned(number), b = aligned(origin), s = aligned(step);
    Int128 difference = 0;
    if (!a || !b || !s || *s == 0 || __builtin_sub_overflow(*a, *b, &difference)) { return false; }
    return difference % *s == 0;
}

Result<void> check_range(const Point& point, const Value& value) {
    const auto number = value.number();
    if (!number) { return Result<void>(); }
    const bool low = point.minimum && *number < *point.minimum;
    const bool high = point.maximum && *number > *point.maximum;
    if (low || high) {
        const std::string range = (point.minimum ? point.minimum->to_string() : "...") + " to " +
                                  (point.maximum ? point.maximum->to_string() : "...");
        return reject(point, number->to_string() + " is out of range", "write.range", "a value from " + range);
    }
    if (point.step && !on_step(*number, point.minimum.value_or(Decimal{}), *point.step)) {
        return reject(point, number->to_string() + " is between the steps of " + point.step->to_string(), "write.step");
    }
    return Result<void>();
}

/// What only --yes lifts.
Result<void> check_consent(const Point& point, const Choice* choice) {
    const bool irreversible = point.irreversible || (choice != nullptr && choice->irreversible);
    const std::string& warning = choice != nullptr && !choice->warning.empty() ? choice->warning : point.warning;
    const std::string reason = warning.empty() ? std::string() : ": " + warning;
    const std::string hint = "--yes, if that is meant";
    if (irreversible) { return reject(point, "writing this can never be undone" + reason, "write.irreversible", hint); }
    if (point.unsettled) {
        return reject(point, "how this is written is not proven on a real meter" + reason, "write.unsettled", hint);
    }
    if (point.confirm || (choice != nullptr && !choice->warning.empty())) {
        return reject(point, "writing this needs a confirmation" + reason, "write.confirm", hint);
    }
    return Result<void>();
}

} // namespace

Result<Value> parse_write_value(const Point& point, std::string_view text) {
    text = trim(text);
    for (const Choice& choice : point.choices) {
        if (!choice.label.empty() && to_lower(choice.label) == to_lower(text)) { return choice.value; }
    }
    switch (reading_of(point)) {
    case Reading::text:
        return std::string(text);
    case Reading::truth:
        return parse_truth(point, text);
    case Reading::hex_digits: {
        const std::string digits = to_lower(text).starts_with("0x") ? std::string(text.substr(2)) : std::string(text);
        if (digits.empty() || digits.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) {
            return reject(point, "'" + std::string(text) + "' is not made of hex digits", "write.value");
        }
        return digits;
    }
    case Reading::octets:
        return from_hex(text).map([](Bytes octets) { return Value(std::move(octets)); });
    case Reading::parts:
        return parse_json_value(text);
    case Reading::clock:
        if (to_lower(text) == "now") { return std::string("now"); } // what that is, the session knows when it sends
        [[fallthrough]];
    case Reading::time:
        return DateTime::parse(text).map([](const DateTime& time) { return Value(time); });
    case Reading::shift:
        if (to_lower(text) == "now") { return std::string("now"); } // by as much as the clock is off
        break;
    case Reading::number:
        break;
    }
    return parse_number(point, text);
}

Result<void> check_ratio(const Point& point, const Value& value, const Value& other) {
    const auto number = value.number(), base = other.number();
    if (!point.ratio || !number || !base) { return Result<void>(); }
    const auto times = [&base](const Decimal& limit) {
        return Decimal{limit.mantissa * base->mantissa, limit.exponent + base->exponent};
    };
    const auto& [to, minimum, maximum] = *point.ratio;
    const bool low = minimum && *number < times(*minimum), high = maximum && *number > times(*maximum);
    if (!low && !high) { return Result<void>(); }
    const auto limit = [&times](const std::optional<Decimal>& factor) {
        return factor ? times(*factor).to_string() : std::string("...");
    };
    return reject(point, number->to_string() + " does not fit " + to + ", which is " + base->to_string(), "write.ratio",
                  "a value from " + limit(minimum) + " to " + limit(maximum) + ", or another " + to + " first");
}

Result<void> check_write(const Point& point, const Value& value, bool yes) {
    if (point.access == catalogue::Access::read) { return reject(point, "this point is read-only", "write.access"); }
    if (point.method && value.is_null()) {
        const bool needs = !point.type.empty();
        return needs ? Result<void>(
                           reject(point, "this method takes an argument", "write.argument", expected_hint(point)))
               : yes ? Result<void>()
                     : check_consent(point, nullptr);
    }
    const Choice* choice = catalogue::choice_of(point, value);
    if (point.choices_only && choice == nullptr) {
        return reject(point, value.to_string() + " is not a value of this point", "write.choice",
                      "one of " + allowed_text(point));
    }
    if (choice == nullptr) {
        if (auto range = check_range(point, value); !range) { return range; }
    }
    return yes ? Result<void>() : check_consent(point, choice);
}

} // namespace meterctl::sessions

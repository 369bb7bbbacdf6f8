#include "codecs/dlms/shape.hpp"

#include "src/core/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::codecs::dlms {

namespace {

using Kind = Shape::Kind;

struct Word {
    std::string_view text;
    Kind kind;
};
constexpr std::array own_words{
    Word{"any", Kind::any},
    Word{"text", Kind::text},
    Word{"date-time", Kind::date_time},
    Word{"date", Kind::date},
    Word{"time", Kind::time},
    Word{"date-time-pattern", Kind::pattern},
    Word{"logical-name", Kind::logical_name},
    Word{"clock", Kind::date_time}, // for which users can say "now"
    Word{"keys", Kind::any},        // a file of them, which nothing turns into Data but key_transfer
    Word{"calendar", Kind::any},    // four attributes: see tariff_calendar.hpp
    Word{"image", Kind::any},       // a file of firmware, which is transferred in blocks
};
constexpr std::array plain_types{
    Type::null_data,    Type::boolean,          Type::bit_string,    Type::double_long, Type::double_long_unsigned,
    Type::octet_string, Type::visible_string,   Type::utf8_string,   Type::bcd,         Type::integer,
    Type::long_signed,  Type::unsigned_integer, Type::long_unsigned, Type::long64,      Type::long64_unsigned,
    Type::enumerated,   Type::float32,          Type::float64,
};

constexpr std::string_view clock_shift = "clock-shift";
constexpr unsigned deepest = 8;

/// Takes a shape off the front of a text.
class Reader {
public:
    explicit Reader(std::string_view text) : text_(text), whole_(text) {}

    Result<Shape> whole() {
        auto shape = read(0);
        skip();
        if (shape && !text_.empty()) { return wrong(); }
        return shape;
    }

private:
    void skip() {
        while (text_.starts_with(' ')) { text_.remove_prefix(1); }
    }

    bool take(char sign) {
        skip();
        if (!text_.starts_with(sign)) { return false; }
        text_.remove_prefix(1);
        return true;
    }

    std::string_view word() {
        skip();
        const auto end = std::min(text_.size(), text_.find_first_of("(),: "));
        const auto found = text_.substr(0, end);
        text_.remove_prefix(end);
        return found;
    }

    [[nodiscard]] tl::unexpected<Error> wrong(std::string_view at = {}) const {
        const std::string name(at.empty() ? whole_ : at);
        return fail(Category::usage, fmt::format("'{}' is no type", name), {}, nearest(name, shape_words()),
                    "dlms.type");
    }

    Result<Shape> read(unsigned depth) { return named(word(), depth); }

    Result<Shape> named(std::string_view name, unsigned depth) {
        if (depth > deepest) { return wrong(); }
        if (name == "array") { return parts(Kind::array, depth); }
        if (name == "structure") { return parts(Kind::structure, depth); }
        // Seconds, for which users can say "now".
        if (name == clock_shift) { return Shape{Kind::plain, Type::long_signed, {}}; }
        const auto* const own = std::ranges::find(own_words, name, &Word::text);
        if (own != own_words.end()) { return Shape{own->kind, Type::null_data, {}}; }
        const auto plain = std::ranges::find(plain_types, name, [](Type type) { return type_name(type); });
        if (plain == plain_types.end()) { return wrong(name); }
        return Shape{Kind::plain, *plain, {}};
    }

    Result<Shape> parts(Kind kind, unsigned depth) {
        Shape shape{kind, Type::null_data, {}};
        if (!take('(')) { return wrong(); }
        do {
            ShapeMember member;
            auto name = word();
            if (take(':')) {
                member.name = name;
                name = word();
            }
            auto part = named(name, depth + 1);
            if (!part) { return part; }
            member.shape = std::move(*part);
            shape.members.push_back(std::move(member));
        } while (take(','));
        if (!take(')') || (kind == Kind::array && shape.members.size() != 1)) { return wrong(); }
        return shape;
    }

    std::string_view text_, whole_;
};

} // namespace

Result<Shape> parse_shape(std::string_view text) {
    return Reader(text).whole();
}

std::vector<std::string> shape_words() {
    std::vector<std::string> words{"array", "structure", std::string(clock_shift)};
    for (const Word& word : own_words) { words.emplace_back(word.text); }
    for (const Type type : plain_types) { words.emplace_back(type_name(type)); }
    return words;
}

} // namespace meterctl::codecs::dlms

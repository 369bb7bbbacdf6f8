#include "src/catalogue/fields.hpp"

#include "src/core/text.hpp"

#include <array>
#include <charconv>
#include <fmt/format.h>
#include <limits>

namespace meterctl::catalogue {
namespace {

constexpr std::array<std::pair<std::string_view, Access>, 3> accesses = {{
    {"read", Access::read},
    {"write", Access::write},
    {"read_write", Access::read_write},
}};

template <class T>
Result<void> read_whole(const Source& source, const Node& node, T least, T& out) {
    if (auto fits = expect_kind(source, node, Node::Kind::number); !fits) { return fits; }
    const char* end = node.text.data() + node.text.size();
    const auto [rest, problem] = std::from_chars(node.text.data(), end, out);
    if (problem != std::errc{} || rest != end || out < least) {
        return tl::unexpected(source.error(node, fmt::format("{} is not a whole number from {} to {}", node.text, least,
                                                             std::numeric_limits<T>::max())));
    }
    return {};
}

bool is_scalar(const Node& node) {
    return node.kind == Node::Kind::text || node.kind == Node::Kind::number || node.kind == Node::Kind::boolean;
}

std::string scalar_text(const Node& node) {
    return node.kind == Node::Kind::boolean ? (node.flag ? "true" : "false") : node.text;
}

Result<std::string> setting_text(const Source& source, const Node& node) {
    if (is_scalar(node)) { return scalar_text(node); }
    std::string text;
    for (const Node& item : node.children) {
        if (node.kind != Node::Kind::list || !is_scalar(item)) {
            return tl::unexpected(source.error(item, "a setting is a text, a number, true, false, or a list of these"));
        }
        text += (text.empty() ? "" : ", ") + scalar_text(item);
    }
    return text;
}

} // namespace

Result<void> expect_kind(const Source& source, const Node& node, Node::Kind kind) {
    if (node.kind != kind) {
        return tl::unexpected(
            source.error(node, fmt::format("expected {}, found {}", kind_name(kind), kind_name(node.kind))));
    }
    return {};
}

tl::unexpected<Error> unknown_key(const Source& source, const Node& member, std::span<const std::string> known) {
    auto hints = nearest(member.key, known, 1);
    if (hints.empty()) { hints.push_back(fmt::format("one of {}", fmt::join(known, ", "))); }
    return tl::unexpected(source.error(member, fmt::format("unknown key \"{}\"", member.key), std::move(hints)));
}

Result<void> expect_members(const Source& source, const Node& node, std::span<const std::string_view> required) {
    for (const auto name : required) {
        if (node.member(name) == nullptr) {
            return tl::unexpected(source.error(node, fmt::format("the key \"{}\" is missing", name)));
        }
    }
    return {};
}

Result<void> read_value(const Source& source, const Node& node, std::string& out) {
    if (auto fits = expect_kind(source, node, Node::Kind::text); !fits) { return fits; }
    out = node.text;
    return {};
}

Result<void> read_value(const Source& source, const Node& node, bool& out) {
    if (auto fits = expect_kind(source, node, Node::Kind::boolean); !fits) { return fits; }
    out = node.flag;
    return {};
}

Result<void> read_value(const Source& source, const Node& node, unsigned& out) {
    return read_whole(source, node, 0U, out);
}

Result<void> read_value(const Source& source, const Node& node, long& out) {
    return read_whole(source, node, std::numeric_limits<long>::min(), out);
}

Result<void> read_value(const Source& source, const Node& node, Decimal& out) {
    if (auto fits = expect_kind(source, node, Node::Kind::number); !fits) { return fits; }
    const auto number = Decimal::parse(node.text);
    if (!number) { return tl::unexpected(source.error(node, number.error().what)); }
    out = *number;
    return {};
}

Result<void> read_value(const Source& source, const Node& node, Unit& out) {
    if (auto fits = expect_kind(source, node, Node::Kind::text); !fits) { return fits; }
    // Only the field's own spelling: a definition with "KWH" would otherwise print as something else than it says.
    const auto unit = parse_unit(node.text);
    if (!unit) { return tl::unexpected(source.error(node, fmt::format("unknown unit \"{}\"", node.text))); }
    if (symbol(*unit) != node.text) {
        return tl::unexpected(
            source.error(node, fmt::format("unknown unit \"{}\"", node.text), {std::string(symbol(*unit))}));
    }
    out = *unit;
    return {};
}

Result<void> read_value(const Source& source, const Node& node, Access& out) {
    if (auto fits = expect_kind(source, node, Node::Kind::text); !fits) { return fits; }
    for (const auto& [name, access] : accesses) {
        if (name == node.text) {
            out = access;
            return {};
        }
    }
    return tl::unexpected(
        source.error(node, fmt::format("\"{}\" is not \"read\", \"write\" or \"read_write\"", node.text)));
}

Result<void> read_value(const Source& source, const Node& node, Obis& out) {
    if (auto fits = expect_kind(source, node, Node::Kind::text); !fits) { return fits; }
    const auto code = Obis::parse(node.text);
    if (!code) {
        return tl::unexpected(
            source.error(node, fmt::format("\"{}\" is not an OBIS code", node.text), {"one such as 1-0:1.8.0"}));
    }
    out = *code;
    return {};
}

Result<void> read_value(const Source& source, const Node& node, Value& out) {
    if (node.kind == Node::Kind::text) {
        out = node.text;
        return {};
    }
    Decimal number;
    if (auto read = read_value(source, node, number); !read) { return read; }
    const auto whole = number.exponent >= 0 ? number.to_int64() : std::nullopt;
    out = whole ? Value(*whole) : Value(number);
    return {};
}

Result<void> read_value(const Source& source, const Node& node, std::map<std::string, std::string>& out) {
    if (auto fits = expect_kind(source, node, Node::Kind::object); !fits) { return fits; }
    for (const Node& member : node.children) {
        auto text = setting_text(source, member);
        if (!text) { return tl::unexpected(text.error()); }
        out[member.key] = std::move(*text);
    }
    return {};
}

} // namespace meterctl::catalogue

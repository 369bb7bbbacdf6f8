// How a JSON object becomes a struct: a table of its keys, each with the function that reads it. One `read_value` a
// type; `into<&Point::unit>` is the row's function for a member. A key that is in no table is an error with the nearest
// one.
#pragma once

#include "src/catalogue/definition.hpp"
#include "src/catalogue/json_tree.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace meterctl::catalogue {

template <class T>
struct Key {
    std::string_view name;
    Result<void> (*read)(const Source& source, const Node& node, T& owner);
};

Result<void> read_value(const Source& source, const Node& node, std::string& out);
Result<void> read_value(const Source& source, const Node& node, bool& out);
Result<void> read_value(const Source& source, const Node& node, unsigned& out);
Result<void> read_value(const Source& source, const Node& node, long& out);
Result<void> read_value(const Source& source, const Node& node, Decimal& out);
Result<void> read_value(const Source& source, const Node& node, Unit& out);
Result<void> read_value(const Source& source, const Node& node, Access& out);
Result<void> read_value(const Source& source, const Node& node, Obis& out);
/// A whole number, a decimal, or a text.
Result<void> read_value(const Source& source, const Node& node, Value& out);
/// Texts, numbers and booleans as text; a list of them joined by ", ".
Result<void> read_value(const Source& source, const Node& node, std::map<std::string, std::string>& out);

template <class T>
Result<void> read_value(const Source& source, const Node& node, std::optional<T>& out) {
    return read_value(source, node, out.emplace());
}

Result<void> expect_kind(const Source& source, const Node& node, Node::Kind kind);

template <class T>
Result<void> read_value(const Source& source, const Node& node, std::vector<T>& out) {
    if (auto fits = expect_kind(source, node, Node::Kind::list); !fits) { return fits; }
    out.clear();
    out.reserve(node.children.size());
    for (const Node& item : node.children) {
        if (auto read = read_value(source, item, out.emplace_back()); !read) { return read; }
    }
    return {};
}

template <auto Member, class T>
Result<void> into(const Source& source, const Node& node, T& owner) {
    return read_value(source, node, owner.*Member);
}

/// The names of a table, in its order.
template <class T>
std::vector<std::string> names_of(std::span<const Key<T>> keys) {
    std::vector<std::string> names;
    for (const auto& key : keys) { names.emplace_back(key.name); }
    return names;
}

tl::unexpected<Error> unknown_key(const Source& source, const Node& member, std::span<const std::string> known);
Result<void> expect_members(const Source& source, const Node& node, std::span<const std::string_view> required);

template <class T>
Result<void> read_object(const Source& source, const Node& node, std::span<const Key<T>> keys, T& out) {
    if (auto fits = expect_kind(source, node, Node::Kind::object); !fits) { return fits; }
    for (const Node& member : node.children) {
        const auto key = std::find_if(keys.begin(), keys.end(), [&](const auto& k) { return k.name == member.key; });
        if (key == keys.end()) { return unknown_key(source, member, names_of(keys)); }
        if (auto read = key->read(source, member, out); !read) { return read; }
    }
    return {};
}

} // namespace meterctl::catalogue

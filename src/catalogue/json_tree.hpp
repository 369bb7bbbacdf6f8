// A JSON text as a tree in which every value knows its line, and numbers are kept as written: what the loader of
// definitions needs for errors that point at the place, and for decimals that never pass through a double.
#pragma once

#include "src/core/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace meterctl::catalogue {

struct Node {
    enum class Kind { null, boolean, number, text, list, object };

    Kind kind = Kind::null;
    unsigned line = 0; ///< counted from 1; where the value ends, or where a list or object opens
    bool flag = false; ///< of a boolean
    std::string key;   ///< under which an object holds it
    std::string text;  ///< of a text, or a number as written
    std::vector<Node> children;

    /// The member of an object; nullptr when it has none of that name.
    [[nodiscard]] const Node* member(std::string_view name) const;
};

/// "a text", "a number", ... for messages.
std::string_view kind_name(Node::Kind kind);

/// A parsed file: its name for messages and its root.
struct Source {
    std::string origin;
    Node root;

    /// "points[3].scale": how `node`, which must be one of this tree, is reached from the root.
    [[nodiscard]] std::string path_of(const Node& node) const;
    /// A usage error at `node`: "FILE:LINE: PATH".
    [[nodiscard]] Error error(const Node& node, std::string what, std::vector<std::string> hints = {}) const;
};

/// Syntax errors, duplicate keys and nesting deeper than 16 are usage errors that name the line.
Result<Source> parse_tree(std::string_view json, std::string_view origin);

} // namespace meterctl::catalogue

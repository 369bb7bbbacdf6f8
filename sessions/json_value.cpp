#include "sessions/json_value.hpp"

#include "src/catalogue/json_tree.hpp"

namespace meterctl::sessions {

namespace {

using catalogue::Node;

Value value_of(const Node& node) {
    switch (node.kind) {
    case Node::Kind::null:
        return {};
    case Node::Kind::boolean:
        return node.flag;
    case Node::Kind::text:
        return node.text;
    case Node::Kind::number: {
        const auto number = Decimal::parse(node.text);
        const auto whole = number ? number->to_int64() : std::nullopt;
        if (whole) { return *whole; }
        return number ? Value(*number) : Value(node.text);
    }
    case Node::Kind::list: {
        List list;
        for (const Node& child : node.children) { list.push_back(value_of(child)); }
        return list;
    }
    case Node::Kind::object:
        break;
    }
    Structure members;
    for (const Node& child : node.children) { members.push_back({child.key, value_of(child)}); }
    return members;
}

} // namespace

Result<Value> parse_json_value(std::string_view text) {
    const auto source = catalogue::parse_tree(text, "the value");
    if (!source) { return tl::unexpected(source.error()); }
    return value_of(source->root);
}

} // namespace meterctl::sessions

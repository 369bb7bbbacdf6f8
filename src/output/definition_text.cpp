#include "src/output/definition_text.hpp"

#include "src/output/json_writer.hpp"
#include "src/output/meter_text.hpp"
#include "src/output/shown.hpp"
#include "src/output/utf8.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>
#include <vector>

namespace meterctl::output {

namespace {

/// Columns of a line, and of an item that is short.
constexpr std::size_t width = 120, short_item = 24;

struct Member;

/// JSON that is not laid out yet.
struct Node {
    enum class Kind : std::uint8_t { scalar, list, object };
    Kind kind = Kind::scalar;
    std::string text; ///< of a scalar, quoted
    std::vector<Node> items;
    std::vector<Member> members;

    void add(std::string name, Node node);
};

struct Member {
    std::string name;
    Node value;
};

void Node::add(std::string name, Node node) {
    members.push_back({std::move(name), std::move(node)});
}

Node scalar(std::string text) {
    Node node;
    node.text = std::move(text);
    return node;
}

Node quoted(std::string_view text) {
    std::string out;
    JsonWriter json(out, false);
    json.value(Value(std::string(text)));
    return scalar(std::move(out));
}

Node number(std::uint64_t value) {
    return scalar(fmt::format("{}", value));
}

Node list_of(const std::vector<std::string>& texts) {
    Node list;
    list.kind = Node::Kind::list;
    for (const auto& text : texts) { list.items.push_back(quoted(text)); }
    return list;
}

Node object() {
    Node node;
    node.kind = Node::Kind::object;
    return node;
}

void add_text(Node& into, std::string name, std::string_view text) {
    if (!text.empty()) { into.add(std::move(name), quoted(text)); }
}

void add_list(Node& into, std::string name, const std::vector<std::string>& texts) {
    if (!texts.empty()) { into.add(std::move(name), list_of(texts)); }
}

void add_flag(Node& into, std::string name, bool flag) {
    if (flag) { into.add(std::move(name), scalar("true")); }
}

std::string flat(const Node& node) {
    if (node.kind == Node::Kind::scalar) { return node.text; }
    std::vector<std::string> parts;
    parts.reserve(node.items.size() + node.members.size());
    for (const auto& item : node.items) { parts.push_back(flat(item)); }
    for (const auto& [name, member] : node.members) { parts.push_back(fmt::format("\"{}\": {}", name, flat(member))); }
    const bool list = node.kind == Node::Kind::list;
    return fmt::format("{}{}{}", list ? "[" : "{", fmt::join(parts, ", "), list ? "]" : "}");
}

std::size_t columns_of(std::string_view text) {
    return display_width(std::string(text));
}

/// Short items, as many a line as there is room for.
std::string filled(const std::vector<Node>& items, std::size_t indent, std::size_t used) {
    std::string text = "[";
    std::size_t column = used;
    for (std::size_t at = 0; at < items.size(); ++at) {
        const auto item = flat(items[at]);
        if (at > 0 && column + 2 + columns_of(item) + 2 > width) {
            text += ",\n" + std::string(indent, ' ');
            column = indent;
        } else if (at > 0) {
            text += ", ";
            column += 2;
        }
        text += item;
        column += columns_of(item);
    }
    return text + "]";
}

/// `used` columns of its first line are taken, further lines start at `indent`.
std::string laid_out(const Node& node, std::size_t indent, std::size_t used) {
    auto line = flat(node);
    const bool empty = node.items.empty() && node.members.empty();
    if (node.kind == Node::Kind::scalar || empty || used + columns_of(line) + 1 <= width) { return line; }
    if (node.kind == Node::Kind::list) {
        const auto is_short = [](const Node& item) { return columns_of(flat(item)) <= short_item; };
        if (std::ranges::all_of(node.items, is_short)) { return filled(node.items, indent + 1, used + 1); }
        std::vector<std::string> items;
        items.reserve(node.items.size());
        const std::string pad(indent + 2, ' ');
        for (const auto& item : node.items) { items.push_back(pad + laid_out(item, indent + 2, indent + 2)); }
        return fmt::format("[\n{}\n{}]", fmt::join(items, ",\n"), std::string(indent, ' '));
    }
    std::string text = "{";
    std::size_t column = used + 1;
    for (const auto& [name, member] : node.members) {
        const bool first = &member == &node.members.front().value;
        const auto key = fmt::format("\"{}\": ", name);
        if (!first && column + 2 + columns_of(key) + columns_of(flat(member)) + 2 > width) {
            text += ",\n" + std::string(indent + 1, ' ');
            column = indent + 1;
        } else if (!first) {
            text += ", ";
            column += 2;
        }
        const auto piece = key + laid_out(member, indent + 1, column + columns_of(key));
        text += piece;
        const auto broken = piece.rfind('\n');
        column = broken == std::string::npos ? column + columns_of(piece) : columns_of(piece.substr(broken + 1));
    }
    return text + "}";
}

Node point_node(const catalogue::Point& point) {
    Node node = object();
    node.add("name", quoted(point.name));
    add_text(node, "title", point.title);
    add_text(node, "obis", obis_text(point.obis));
    node.add("address", quoted(point.address));
    add_text(node, "type", point.type);
    add_text(node, "unit", symbol(point.unit));
    if (point.access != catalogue::Access::read) { node.add("access", quoted(access_name(point.access))); }
    add_flag(node, "confirm", point.confirm);
    add_flag(node, "unsettled", point.unsettled);
    add_text(node, "group", point.group);
    add_text(node, "source", point.source);
    add_text(node, "reported_name", point.reported_name);
    return node;
}

Node profile_node(const catalogue::Profile& profile) {
    Node node = object();
    node.add("name", quoted(profile.name));
    add_text(node, "title", profile.title);
    node.add("address", quoted(profile.address));
    add_list(node, "columns", profile.columns);
    if (profile.period_s) { node.add("period_s", number(*profile.period_s)); }
    if (profile.entries) { node.add("entries", number(*profile.entries)); }
    add_text(node, "status", profile.status);
    add_text(node, "source", profile.source);
    return node;
}

Node client_node(const catalogue::Client& client) {
    Node node = object();
    node.add("name", quoted(client.name));
    add_text(node, "title", client.title);
    node.add("sap", number(client.sap));
    add_text(node, "authentication", client.authentication);
    if (client.suite) { node.add("suite", number(*client.suite)); }
    add_list(node, "policy", client.policy);
    add_list(node, "services", client.services);
    add_text(node, "association", client.association);
    add_text(node, "security_setup", client.security_setup);
    add_text(node, "counter", client.counter);
    add_list(node, "reads", client.reads);
    add_list(node, "writes", client.writes);
    add_text(node, "source", client.source);
    return node;
}

template <class Part, class Function>
void add_parts(Node& into, std::string name, const std::vector<Part>& parts, Function node_of) {
    if (parts.empty()) { return; }
    Node list;
    list.kind = Node::Kind::list;
    for (const Part& part : parts) { list.items.push_back(node_of(part)); }
    into.add(std::move(name), std::move(list));
}

Node definition_node(const catalogue::Definition& definition) {
    Node node = object();
    node.add("model", quoted(definition.model));
    node.add("title", quoted(definition.title));
    add_text(node, "maker", definition.maker);
    add_list(node, "sources", definition.sources);
    node.add("protocol", quoted(definition.protocol));
    if (definition.line.baud != 0) {
        Node line = object();
        line.add("baud", number(definition.line.baud));
        add_text(line, "frame", definition.line.frame);
        node.add("line", std::move(line));
    }
    add_text(node, "address", definition.address);
    if (!definition.settings.empty()) {
        Node settings = object();
        for (const auto& [name, value] : definition.settings) { settings.add(name, quoted(value)); }
        node.add("settings", std::move(settings));
    }
    add_parts(node, "points", definition.points, point_node);
    add_parts(node, "profiles", definition.profiles, profile_node);
    add_parts(node, "clients", definition.clients, client_node);
    add_list(node, "notes", definition.notes);
    return node;
}

} // namespace

std::string definition_text(const catalogue::Definition& definition) {
    std::vector<std::string> members;
    const Node whole = definition_node(definition);
    members.reserve(whole.members.size());
    for (const auto& [name, member] : whole.members) {
        members.push_back(fmt::format("  \"{}\": {}", name, laid_out(member, 2, name.size() + 6)));
    }
    return fmt::format("{{\n{}\n}}\n", fmt::join(members, ",\n"));
}

} // namespace meterctl::output

#include "src/catalogue/loader.hpp"

#include "src/catalogue/catalogue.hpp"
#include "src/catalogue/point_keys.hpp"
#include "src/catalogue/profile_keys.hpp"
#include "src/catalogue/pulse_keys.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>

namespace meterctl::catalogue {
namespace {

constexpr std::array line_table = {
    Key<Line>{"baud", into<&Line::baud>},
    Key<Line>{"frame", into<&Line::frame>},
    Key<Line>{"bauds", into<&Line::bauds>},
    Key<Line>{"frames", into<&Line::frames>},
};

constexpr std::array addresses_table = {
    Key<Definition>{"min", into<&Definition::address_minimum>},
    Key<Definition>{"max", into<&Definition::address_maximum>},
};

constexpr std::array rule_table = {
    Key<IdentifyRule>{"address", into<&IdentifyRule::address>},
    Key<IdentifyRule>{"type", into<&IdentifyRule::type>},
    Key<IdentifyRule>{"equals", into<&IdentifyRule::equals>},
    Key<IdentifyRule>{"contains", into<&IdentifyRule::contains>},
    Key<IdentifyRule>{"min", into<&IdentifyRule::minimum>},
    Key<IdentifyRule>{"max", into<&IdentifyRule::maximum>},
};

Result<void> ignored(const Source& source, const Node& node, Definition& /*owner*/) {
    std::vector<std::string> lines;
    return node.kind == Node::Kind::text ? Result<void>{} : read_value(source, node, lines);
}

/// Sources and notes of a definition that extends another stand behind those of the other.
template <auto Member>
Result<void> append(const Source& source, const Node& node, Definition& owner) {
    std::vector<std::string> lines;
    auto read = read_value(source, node, lines);
    auto& all = owner.*Member;
    all.insert(all.end(), lines.begin(), lines.end());
    return read;
}

Result<void> read_addresses(const Source& source, const Node& node, Definition& out) {
    return read_object<Definition>(source, node, addresses_table, out);
}

/// Replaces or adds by name; the same name twice in one file is an error.
template <class T>
Result<void> merge_named(const Source& source, const Node& node, std::vector<T>& into_list) {
    if (auto fits = expect_kind(source, node, Node::Kind::list); !fits) { return fits; }
    const std::size_t before = into_list.size();
    std::map<std::string, unsigned, std::less<>> seen; ///< the line of each
    for (const Node& at : node.children) {
        T item;
        if (auto read = read_value(source, at, item); !read) { return read; }
        if (const auto [first, fresh] = seen.emplace(item.name, at.line); !fresh) {
            return tl::unexpected(
                source.error(at, fmt::format("\"{}\" is there twice, first on line {}", item.name, first->second)));
        }
        const auto old = into_list.begin() + static_cast<std::ptrdiff_t>(before);
        const auto same = std::find_if(into_list.begin(), old, [&](const T& one) { return one.name == item.name; });
        if (same != old) {
            *same = std::move(item);
        } else {
            into_list.push_back(std::move(item));
        }
    }
    return {};
}

/// Room for the methods too, which become points: what grows by doubling is for a moment three times its size.
void reserve_points(const Source& source, std::vector<Point>& points) {
    std::size_t more = 0;
    for (const auto* key : {"points", "methods"}) {
        if (const Node* list = source.root.member(key)) { more += list->children.size(); }
    }
    if (points.empty()) { points.reserve(more); }
}

Result<void> read_points(const Source& source, const Node& node, Definition& out) {
    reserve_points(source, out.points);
    return merge_named(source, node, out.points);
}

/// Methods are points that act when they are written.
Result<void> read_methods(const Source& source, const Node& node, Definition& out) {
    std::vector<Point> methods;
    if (auto read = merge_named(source, node, methods); !read) { return read; }
    for (std::size_t i = 0; i < methods.size(); ++i) {
        Point& method = methods[i];
        method.method = true;
        method.access = Access::write;
        const auto same = std::ranges::find(out.points, method.name, &Point::name);
        if (same == out.points.end()) {
            out.points.push_back(std::move(method));
        } else if (same->method) {
            *same = std::move(method);
        } else {
            return tl::unexpected(
                source.error(node.children[i], fmt::format("\"{}\" is a point already", method.name)));
        }
    }
    return {};
}

Result<void> read_profiles(const Source& source, const Node& node, Definition& out) {
    return merge_named(source, node, out.profiles);
}

Result<void> read_clients(const Source& source, const Node& node, Definition& out) {
    return merge_named(source, node, out.clients);
}

Result<void> read_model(const Source& source, const Node& node, std::string& out) {
    if (auto read = read_value(source, node, out); !read) { return read; }
    const bool fits =
        !out.empty() && out.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
    if (!fits) {
        return tl::unexpected(
            source.error(node, fmt::format("\"{}\" is not a model name", out), {"lower-case letters, digits and '-'"}));
    }
    return {};
}

template <auto Member>
Result<void> model_into(const Source& source, const Node& node, Definition& owner) {
    return read_model(source, node, owner.*Member);
}

constexpr std::array definition_table = {
    Key<Definition>{"$schema", ignored},
    Key<Definition>{"$comment", ignored},
    Key<Definition>{"model", model_into<&Definition::model>},
    Key<Definition>{"extends", model_into<&Definition::extends>},
    Key<Definition>{"title", into<&Definition::title>},
    Key<Definition>{"maker", into<&Definition::maker>},
    Key<Definition>{"sources", append<&Definition::sources>},
    Key<Definition>{"protocol", into<&Definition::protocol>},
    Key<Definition>{"line", into<&Definition::line>},
    Key<Definition>{"address", into<&Definition::address>},
    Key<Definition>{"addresses", read_addresses},
    Key<Definition>{"identify", into<&Definition::identify>},
    Key<Definition>{"settings", into<&Definition::settings>},
    Key<Definition>{"default_read", into<&Definition::default_read>},
    Key<Definition>{"points", read_points},
    Key<Definition>{"methods", read_methods},
    Key<Definition>{"profiles", read_profiles},
    Key<Definition>{"clients", read_clients},
    Key<Definition>{"pulse_outputs", into<&Definition::pulse_outputs>},
    Key<Definition>{"pulse_outputs_of", model_into<&Definition::pulse_outputs_of>},
    Key<Definition>{"accuracy_class", into<&Definition::accuracy>},
    Key<Definition>{"notes", append<&Definition::notes>},
    Key<Definition>{"not_public", into<&Definition::not_public>},
};

bool is_frame(std::string_view frame) {
    return frame.size() == 3 && std::string_view("5678").find(frame[0]) != std::string_view::npos &&
           std::string_view("NEOMS").find(frame[1]) != std::string_view::npos && (frame[2] == '1' || frame[2] == '2');
}

Result<void> check_frame(const Source& source, const Node& node) {
    if (!is_frame(node.text)) {
        return tl::unexpected(
            source.error(node, fmt::format("\"{}\" is not a character frame", node.text), {"one such as 8E1"}));
    }
    return {};
}

Result<void> check_baud(const Source& source, const Node& node) {
    if (node.text == "0") { return tl::unexpected(source.error(node, "a baud rate is greater than 0")); }
    return {};
}

/// `check` on the member `one`, if there, and on each item of the member `many`.
Result<void> check_each(const Source& source, const Node& node, std::string_view one, std::string_view many,
                        Result<void> (*check)(const Source&, const Node&)) {
    std::vector<const Node*> places;
    if (const Node* single = node.member(one)) { places.push_back(single); }
    if (const Node* list = node.member(many)) {
        for (const Node& item : list->children) { places.push_back(&item); }
    }
    for (const Node* place : places) {
        if (auto fits = check(source, *place); !fits) { return fits; }
    }
    return {};
}

template <class T>
Result<void> read_section(const Source& source, const Node& node, std::span<const Key<T>> keys,
                          std::span<const std::string_view> required, T& out) {
    if (auto read = read_object<T>(source, node, keys, out); !read) { return read; }
    return expect_members(source, node, required);
}

constexpr std::array<std::string_view, 1> needs_address = {"address"};

} // namespace

Result<void> read_value(const Source& source, const Node& node, Line& out) {
    if (auto read = read_object<Line>(source, node, line_table, out); !read) { return read; }
    return check_each(source, node, "frame", "frames", check_frame).and_then([&] {
        return check_each(source, node, "baud", "bauds", check_baud);
    });
}

Result<void> read_value(const Source& source, const Node& node, IdentifyRule& out) {
    if (auto read = read_section<IdentifyRule>(source, node, rule_table, needs_address, out); !read) { return read; }
    if (node.children.size() == (node.member("type") != nullptr ? 2U : 1U)) {
        return tl::unexpected(
            source.error(node, "the rule asks nothing", {"\"equals\", \"contains\", \"min\" or \"max\""}));
    }
    return {};
}

Result<void> apply_definition(std::string_view json, std::string_view origin, Definition& into_definition) {
    const auto source = parse_tree(json, origin);
    if (!source) { return tl::unexpected(source.error()); }
    auto read = read_object<Definition>(*source, source->root, definition_table, into_definition);
    if (!read) { return read; }
    const auto& least = into_definition.address_minimum;
    const auto& most = into_definition.address_maximum;
    if (const Node* addresses = source->root.member("addresses");
        addresses != nullptr && least && most && *least > *most) {
        return tl::unexpected(source->error(*addresses, "min is greater than max"));
    }
    into_definition.origin = std::string(origin);
    if (into_definition.model.empty()) { into_definition.model = into_definition.extends; }
    return {};
}

Result<void> check_complete(const Definition& definition, std::string_view origin) {
    const std::array<std::pair<std::string_view, const std::string*>, 3> needed = {{
        {"model", &definition.model},
        {"title", &definition.title},
        {"protocol", &definition.protocol},
    }};
    for (const auto& [key, text] : needed) {
        if (text->empty()) {
            return fail(Category::usage, fmt::format("the key \"{}\" is missing", key), fmt::format("{}:1", origin));
        }
    }
    return {};
}

std::vector<std::string> known_keys(std::string_view section) {
    using Names = std::vector<std::string>;
    const std::array<std::pair<std::string_view, Names>, 15> sections = {{
        {"definition", names_of<Definition>(definition_table)},
        {"line", names_of<Line>(line_table)},
        {"addresses", names_of<Definition>(addresses_table)},
        {"rule", names_of<IdentifyRule>(rule_table)},
        {"point", names_of(point_keys())},
        {"choice", names_of(choice_keys())},
        {"ratio", names_of(ratio_keys())},
        {"bit", names_of(bit_keys())},
        {"profile", names_of(profile_keys())},
        {"event", names_of(event_keys())},
        {"client", names_of(client_keys())},
        {"pulse_output", names_of(pulse_output_keys())},
        {"width", names_of(width_keys())},
        {"carry", names_of(carry_keys())},
        {"accuracy", names_of(accuracy_keys())},
    }};
    for (const auto& [name, keys] : sections) {
        if (name == section) { return keys; }
    }
    return {};
}

Result<Definition> parse_definition(std::string_view json, std::string_view origin) {
    Definition definition;
    if (auto applied = apply_definition(json, origin, definition); !applied) { return tl::unexpected(applied.error()); }
    if (definition.extends.empty()) {
        if (auto complete = check_complete(definition, origin); !complete) { return tl::unexpected(complete.error()); }
    }
    return definition;
}

Result<std::string> read_file(const std::string& path) {
    std::error_code problem;
    std::ifstream file;
    if (!std::filesystem::is_directory(path, problem)) { file.open(path, std::ios::binary); }
    if (!file.is_open()) { return fail(Category::usage, "the meter file cannot be read", path); }
    return std::string{std::istreambuf_iterator<char>(file), {}};
}

Result<Definition> load_definition(const std::string& path) {
    return read_file(path).and_then([&](const std::string& text) { return parse_definition(text, path); });
}

} // namespace meterctl::catalogue

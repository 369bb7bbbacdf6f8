#include "src/catalogue/json_tree.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>

namespace meterctl::catalogue {
namespace {

constexpr std::size_t max_depth = 16;

struct Position {
    unsigned line = 1;
    char last = 0;
};

/// Walks the text and counts its lines for the handler: nlohmann's SAX events carry no position.
class CountingIterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    CountingIterator(const char* at, Position& position) : at_(at), position_(&position) {}
    reference operator*() const { return *at_; }
    CountingIterator& operator++() {
        position_->last = *at_;
        if (*at_ == '\n') { ++position_->line; }
        ++at_;
        return *this;
    }
    friend bool operator==(const CountingIterator& a, const CountingIterator& b) { return a.at_ == b.at_; }

private:
    const char* at_;
    Position* position_;
};

class TreeBuilder : public nlohmann::json_sax<nlohmann::json> {
public:
    TreeBuilder(std::string_view json, std::string_view origin, const Position& position)
        : json_(json), origin_(origin), position_(&position) {}

    bool null() override { return add(Node::Kind::null); }
    bool boolean(bool value) override {
        Node node;
        node.flag = value;
        return add(Node::Kind::boolean, std::move(node));
    }
    bool number_integer(number_integer_t value) override { return number(std::to_string(value)); }
    bool number_unsigned(number_unsigned_t value) override { return number(std::to_string(value)); }
    bool number_float(number_float_t /*value*/, const string_t& text) override { return number(text); }
    bool string(string_t& value) override {
        Node node;
        node.text = std::move(value);
        return add(Node::Kind::text, std::move(node));
    }
    bool binary(binary_t& /*value*/) override { return false; }
    bool start_object(std::size_t /*size*/) override { return open(Node::Kind::object); }
    bool start_array(std::size_t /*size*/) override { return open(Node::Kind::list); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool key(string_t& value) override {
        if (const Node* before = open_.back().member(value)) {
            return stop(position_->line, fmt::format("duplicate key \"{}\", first on line {}", value, before->line));
        }
        key_ = std::move(value);
        return true;
    }
    bool parse_error(std::size_t offset, const std::string& /*token*/, const nlohmann::detail::exception& e) override {
        const auto before = json_.substr(0, std::min(offset > 0 ? offset - 1 : 0, json_.size()));
        std::string_view what = e.what();
        if (const auto colon = what.find(": "); colon != std::string_view::npos) { what.remove_prefix(colon + 2); }
        return stop(static_cast<unsigned>(std::count(before.begin(), before.end(), '\n')) + 1,
                    "not valid JSON: " + std::string(what));
    }

    std::optional<Error> error;
    Node root;

private:
    bool number(std::string text) {
        Node node;
        node.text = std::move(text);
        add(Node::Kind::number, std::move(node));
        // The lexer has looked one character past a number.
        if (position_->last == '\n') { --last_added_->line; }
        return true;
    }
    bool add(Node::Kind kind, Node node = {}) {
        node.kind = kind;
        node.line = position_->line;
        node.key = std::exchange(key_, {});
        if (open_.empty()) {
            root = std::move(node);
            last_added_ = &root;
        } else {
            last_added_ = &open_.back().children.emplace_back(std::move(node));
        }
        return true;
    }
    bool open(Node::Kind kind) {
        if (open_.size() >= max_depth) {
            return stop(position_->line, fmt::format("nested deeper than {} levels", max_depth));
        }
        Node node;
        node.kind = kind;
        node.line = position_->line;
        node.key = std::exchange(key_, {});
        open_.push_back(std::move(node));
        return true;
    }
    bool close() {
        Node node = std::move(open_.back());
        open_.pop_back();
        node.children.shrink_to_fit();
        if (open_.empty()) {
            root = std::move(node);
        } else {
            open_.back().children.push_back(std::move(node));
        }
        return true;
    }
    bool stop(unsigned line, std::string what) {
        error = Error{Category::usage, std::move(what), fmt::format("{}:{}", origin_, line), {}, {}};
        return false;
    }

    std::string_view json_;
    std::string_view origin_;
    const Position* position_;
    std::vector<Node> open_;
    std::string key_;
    Node* last_added_ = nullptr;
};

bool find_path(const Node& from, const Node& wanted, std::string& path) {
    if (&from == &wanted) { return true; }
    const std::size_t length = path.size();
    for (std::size_t i = 0; i < from.children.size(); ++i) {
        if (from.kind == Node::Kind::list) {
            path += fmt::format("[{}]", i);
        } else {
            path += (path.empty() ? "" : ".") + from.children[i].key;
        }
        if (find_path(from.children[i], wanted, path)) { return true; }
        path.resize(length);
    }
    return false;
}

} // namespace

const Node* Node::member(std::string_view name) const {
    const auto found = std::find_if(children.begin(), children.end(), [&](const Node& n) { return n.key == name; });
    return kind == Kind::object && found != children.end() ? &*found : nullptr;
}

std::string_view kind_name(Node::Kind kind) {
    switch (kind) {
    case Node::Kind::null:
        return "null";
    case Node::Kind::boolean:
        return "true or false";
    case Node::Kind::number:
        return "a number";
    case Node::Kind::text:
        return "a text";
    case Node::Kind::list:
        return "a list";
    case Node::Kind::object:
        return "an object";
    }
    return "";
}

std::string Source::path_of(const Node& node) const {
    std::string path;
    find_path(root, node, path);
    return path;
}

Error Source::error(const Node& node, std::string what, std::vector<std::string> hints) const {
    const std::string path = path_of(node);
    return Error{Category::usage,
                 std::move(what),
                 fmt::format("{}:{}{}{}", origin, node.line, path.empty() ? "" : ": ", path),
                 std::move(hints),
                 {}};
}

Result<Source> parse_tree(std::string_view json, std::string_view origin) {
    Position position;
    TreeBuilder builder(json, origin, position);
    const CountingIterator first(json.data(), position);
    const CountingIterator last(json.data() + json.size(), position);
    if (!nlohmann::json::sax_parse(first, last, &builder)) { return tl::unexpected<Error>(std::move(*builder.error)); }
    return Source{std::string(origin), std::move(builder.root)};
}

} // namespace meterctl::catalogue

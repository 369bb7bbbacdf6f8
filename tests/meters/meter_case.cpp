#include "tests/meters/meter_case.hpp"

#include "src/core/hex.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace meterctl::test {
namespace {

using catalogue::Node;
using catalogue::Source;

[[noreturn]] void stop(const Source& source, const Node& node, const std::string& what) {
    throw std::runtime_error(describe(source.error(node, what)));
}

const Node& need(const Source& source, const Node& node, std::string_view key) {
    const Node* member = node.member(key);
    if (member == nullptr) { stop(source, node, "the key is missing: " + std::string(key)); }
    return *member;
}

void only(const Source& source, const Node& node, std::initializer_list<std::string_view> keys) {
    for (const Node& member : node.children) {
        if (std::find(keys.begin(), keys.end(), member.key) == keys.end()) { stop(source, member, "unknown key"); }
    }
}

/// Hex in a text, or in a list of texts where one line is too long.
Bytes octets(const Source& source, const Node& node) {
    std::string text = node.text;
    for (const Node& line : node.children) { text += line.text + " "; }
    const auto bytes = from_hex(text);
    if (!bytes || bytes->empty()) { stop(source, node, "not octets in hex"); }
    return *bytes;
}

Value value_of(const Source& source, const Node& node) {
    switch (node.kind) {
    case Node::Kind::null:
        return {};
    case Node::Kind::boolean:
        return node.flag;
    case Node::Kind::text:
        return node.text;
    case Node::Kind::number:
        return Decimal::parse(node.text).value();
    default:
        stop(source, node, "a value is null, true, false, a number or a text");
    }
}

ExpectedReading reading_of(const Source& source, const Node& node) {
    ExpectedReading reading{node.key, {}, {}, {}, {}};
    if (node.kind != Node::Kind::object) {
        reading.value = value_of(source, node);
        return reading;
    }
    only(source, node, {"value", "unit", "text", "flags"});
    reading.value = value_of(source, need(source, node, "value"));
    if (const Node* unit = node.member("unit")) { reading.unit = unit->text; }
    if (const Node* text = node.member("text")) { reading.text = text->text; }
    if (const Node* flags = node.member("flags")) {
        for (const Node& flag : flags->children) { reading.flags.push_back(flag.text); }
    }
    return reading;
}

MeterCase case_of(const Source& source, const Node& node) {
    only(source, node, {"title", "source", "request", "answer", "readings", "write"});
    MeterCase one;
    one.title = need(source, node, "title").text;
    one.request = octets(source, need(source, node, "request"));
    one.answer = octets(source, need(source, node, "answer"));
    if (const Node* write = node.member("write")) {
        if (write->children.size() != 1) { stop(source, *write, "one point and its value"); }
        one.written = WrittenValue{write->children[0].key, write->children[0].text};
        return one;
    }
    for (const Node& member : need(source, node, "readings").children) {
        one.readings.push_back(reading_of(source, member));
    }
    return one;
}

} // namespace

MeterCases parse_meter_cases(std::string_view json, const std::string& origin) {
    const auto source = catalogue::parse_tree(json, origin);
    if (!source) { throw std::runtime_error(describe(source.error())); }
    only(*source, source->root, {"model", "source", "cases"});
    MeterCases cases{need(*source, source->root, "model").text, {}};
    for (const Node& node : need(*source, source->root, "cases").children) {
        cases.cases.push_back(case_of(*source, node));
    }
    return cases;
}

std::vector<std::string> models_with_cases(const std::string& folder) {
    std::vector<std::string> models;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".json") { models.push_back(entry.path().stem().string()); }
    }
    std::sort(models.begin(), models.end());
    return models;
}

MeterCases load_meter_cases(const std::string& folder, const std::string& model) {
    const std::string path = folder + "/" + model + ".json";
    std::ifstream file(path, std::ios::binary);
    if (!file) { throw std::runtime_error("cannot be read: " + path); }
    return parse_meter_cases(std::string{std::istreambuf_iterator<char>(file), {}}, path);
}

} // namespace meterctl::test

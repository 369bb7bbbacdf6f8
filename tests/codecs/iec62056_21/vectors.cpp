#include "tests/codecs/iec62056_21/vectors.hpp"

#include "src/core/hex.hpp"

#include <doctest/doctest.h>
#include <fstream>

namespace iec_vectors {

namespace iec = meterctl::codecs::iec62056_21;

namespace {

std::vector<Vector> load(const std::string& path) {
    std::ifstream file(path);
    REQUIRE_MESSAGE(file.good(), path);
    std::vector<Vector> all;
    for (const auto& entry : Json::parse(file)) {
        Vector one;
        one.name = entry.at("name").get<std::string>();
        one.kind = entry.value("kind", "");
        one.octets = octets(entry.value("hex", ""));
        one.expect = entry.contains("fields") ? entry.at("fields") : entry.value("expect", Json::object());
        one.entry = entry;
        all.push_back(std::move(one));
    }
    REQUIRE(!all.empty());
    return all;
}

char character(const Json& fields, const char* name) {
    return fields.at(name).get<std::string>().at(0);
}

/// `address(value*unit)`, unless the vector has the text itself.
std::string data_of(const Json& fields) {
    for (const char* const name : {"data", "block"}) {
        if (fields.contains(name)) { return fields.at(name).get<std::string>(); }
    }
    const std::string unit = fields.contains("unit") ? "*" + fields.at("unit").get<std::string>() : "";
    return fields.value("address", "") + "(" + fields.value("value", "") + unit + ")";
}

/// Some vectors give no text for what is between STX and the end; it is then what the octets say.
std::string text_of(const meterctl::Bytes& octets, std::size_t front) {
    return {octets.begin() + static_cast<std::ptrdiff_t>(front), octets.end() - 2};
}

iec::Command command_of(const Vector& vector) {
    const Json& fields = vector.expect;
    iec::Command command{character(fields, "command"), character(fields, "type"), std::nullopt, false};
    command.partial = vector.octets.at(vector.octets.size() - 2) == iec::eot;
    if (command.command == 'B') { return command; }
    const bool given = fields.contains("value") || fields.contains("data");
    command.data = given ? data_of(fields) : text_of(vector.octets, 4);
    return command;
}

iec::Data data_message(const Vector& vector) {
    const bool partial = vector.octets.at(vector.octets.size() - 2) == iec::eot;
    const bool given = vector.expect.contains("value") || vector.expect.contains("block");
    return {given ? data_of(vector.expect) : text_of(vector.octets, 1), partial};
}

} // namespace

meterctl::Bytes octets(std::string_view hex) {
    if (hex.empty()) { return {}; }
    const auto bytes = meterctl::from_hex(hex);
    REQUIRE_MESSAGE(bytes.has_value(), hex);
    return *bytes;
}

std::vector<Vector> extra(std::string_view folder, std::string_view file) {
    if (std::string_view(METERCTL_EXTRA_VECTORS).empty()) {
        MESSAGE("skipped: the further vectors of ", folder, "/", file, " (METERCTL_EXTRA_VECTORS is not set)");
        return {};
    }
    return load(std::string(METERCTL_EXTRA_VECTORS "/").append(folder).append("/").append(file));
}

std::vector<Vector> vectors(std::string_view file) {
    auto all = load(std::string(METERCTL_SOURCE_DIR "/tests/vectors/iec62056-21/").append(file));
    for (auto& one : extra("iec62056-21", file)) { all.push_back(std::move(one)); }
    return all;
}

iec::Message message_of(const Vector& vector) {
    const Json& fields = vector.expect;
    if (vector.kind == "request") { return iec::Request{fields.value("address", "")}; }
    if (vector.kind == "identification") {
        return iec::Identification{fields.at("manufacturer").get<std::string>(), character(fields, "baud_char"),
                                   fields.at("identification").get<std::string>()};
    }
    if (vector.kind == "option_select") {
        return iec::OptionSelect{character(fields, "v"), character(fields, "z"), character(fields, "y")};
    }
    if (vector.kind == "command") { return command_of(vector); }
    if (vector.kind == "data") { return data_message(vector); }
    if (vector.kind == "ack") { return iec::Acknowledge{}; }
    REQUIRE(vector.kind == "nak");
    return iec::Repeat{};
}

} // namespace iec_vectors

// What the tests of ciphering share: the vectors of the tree and of METERCTL_EXTRA_VECTORS.
#pragma once

#include "codecs/dlms/ciphering.hpp"
#include "src/core/hex.hpp"

#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace security_vectors {

using Json = nlohmann::ordered_json;

inline meterctl::Bytes octets(const std::string& hex) {
    auto read = meterctl::from_hex(hex);
    REQUIRE_MESSAGE(read.has_value(), hex);
    return *read;
}

inline std::string hex(meterctl::ByteView bytes) {
    return meterctl::to_hex(bytes, "");
}

inline meterctl::SecretBytes secret(const std::string& text) {
    return meterctl::SecretBytes(octets(text));
}

inline meterctl::codecs::dlms::SystemTitle title(const std::string& text) {
    const auto read = meterctl::codecs::dlms::system_title(octets(text));
    REQUIRE(read.has_value());
    return *read;
}

inline Json load(const std::string& path) {
    std::ifstream file(path);
    REQUIRE_MESSAGE(file.good(), path);
    return Json::parse(file);
}

inline Json own() {
    return load(std::string(METERCTL_SOURCE_DIR) + "/tests/vectors/dlms/security.json");
}

/// Null, with a message, where there are none.
inline Json extra(const std::string& name) {
    const std::filesystem::path root(METERCTL_EXTRA_VECTORS), path = root / "dlms" / name;
    if (root.empty() || !std::filesystem::exists(path)) {
        MESSAGE("skipped, no METERCTL_EXTRA_VECTORS: dlms/", name);
        return {};
    }
    return load(path.string());
}

inline meterctl::codecs::dlms::Keys keys(const Json& entry) {
    meterctl::codecs::dlms::Keys keys;
    if (!entry.contains("keys")) { return keys; }
    const Json& in = entry.at("keys");
    const auto take = [&](const char* name, meterctl::SecretBytes& key) {
        if (in.contains(name)) { key = secret(in.at(name).get<std::string>()); }
    };
    take("guek", keys.unicast);
    take("gak", keys.authentication);
    take("master", keys.master);
    take("dedicated", keys.dedicated);
    return keys;
}

} // namespace security_vectors

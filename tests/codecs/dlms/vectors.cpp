#include "tests/codecs/dlms/vectors.hpp"

#include "src/core/hex.hpp"
#include "src/core/text.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>

namespace dlms_vectors {
namespace {

const std::string extra_root = METERCTL_EXTRA_VECTORS;

std::vector<Vector> load(const std::string& path) {
    std::ifstream file(path);
    REQUIRE_MESSAGE(file.good(), path);
    std::vector<Vector> all;
    for (const auto& entry : Json::parse(file)) {
        Vector one{
            entry.at("name").get<std::string>(), entry.value("layer", ""), {}, entry.value("expect", Json()), entry};
        const auto hex = entry.at("hex").get<std::string>();
        for (const auto part : meterctl::split(hex, ' ')) { one.parts.push_back(octets(part)); }
        all.push_back(std::move(one));
    }
    REQUIRE(!all.empty());
    return all;
}

} // namespace

meterctl::Bytes Vector::octets() const {
    meterctl::Bytes all;
    for (const auto& part : parts) { all.insert(all.end(), part.begin(), part.end()); }
    return all;
}

meterctl::Bytes octets(std::string_view hex) {
    if (hex.empty()) { return {}; }
    const auto bytes = meterctl::from_hex(hex);
    REQUIRE_MESSAGE(bytes.has_value(), hex);
    return *bytes;
}

std::vector<Vector> extra(std::string_view file) {
    if (extra_root.empty() || !std::filesystem::exists(extra_root + "/dlms")) {
        MESSAGE("skipped, no METERCTL_EXTRA_VECTORS: dlms/", file);
        return {};
    }
    return load(fmt::format("{}/dlms/{}", extra_root, file));
}

std::vector<Vector> own(std::string_view file) {
    return load(fmt::format("{}/tests/vectors/dlms/{}", METERCTL_SOURCE_DIR, file));
}

const Vector& named(const std::vector<Vector>& all, std::string_view name) {
    const auto found = std::ranges::find(all, name, &Vector::name);
    REQUIRE_MESSAGE(found != all.end(), name);
    return *found;
}

} // namespace dlms_vectors

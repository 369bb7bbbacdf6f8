#include "tests/codecs/bacnet/vectors.hpp"

#include <doctest/doctest.h>
#include <fstream>
#include <stdexcept>

namespace bacnet_vectors {
namespace {

Json parsed(const std::string& path) {
    std::ifstream file(path);
    REQUIRE_MESSAGE(file.good(), path);
    return Json::parse(file);
}

Vector vector_of(const Json& entry, const std::string& name, const std::string& layer) {
    return {name, layer, octets(entry.at("hex").get<std::string>()), entry.at("expect")};
}

void load(const std::string& path, std::string_view layer, std::vector<Vector>& all) {
    for (const auto& entry : parsed(path)) {
        if (entry.at("layer") == layer) { all.push_back(vector_of(entry, entry.at("name"), entry.at("layer"))); }
    }
}

bool has_extra() {
    return !std::string_view(METERCTL_EXTRA_VECTORS).empty();
}

} // namespace

meterctl::Bytes octets(std::string_view hex) {
    if (hex.empty()) { return {}; }
    const auto bytes = meterctl::from_hex(hex);
    if (!bytes) { throw std::invalid_argument(std::string(hex)); } // also before main()
    return *bytes;
}

std::string hex(meterctl::ByteView bytes) {
    return meterctl::to_hex(bytes, "");
}

std::vector<Vector> layer(std::string_view name) {
    std::vector<Vector> all;
    load(METERCTL_SOURCE_DIR "/tests/vectors/bacnet/frames.json", name, all);
    if (!has_extra()) {
        MESSAGE("skipped: the further vectors of layer ", name, " (METERCTL_EXTRA_VECTORS is not set)");
        return all;
    }
    for (const char* const file : {"annex_f", "apdu", "bacnet_ip", "bvlc", "mstp", "npdu", "primitives"}) {
        load(std::string(METERCTL_EXTRA_VECTORS "/bacnet/") + file + ".json", name, all);
    }
    REQUIRE(!all.empty());
    return all;
}

std::vector<Vector> captured() {
    std::vector<Vector> all;
    if (!has_extra()) {
        MESSAGE("skipped: the frames of captures (METERCTL_EXTRA_VECTORS is not set)");
        return all;
    }
    const auto files = parsed(METERCTL_EXTRA_VECTORS "/bacnet/captures/expected.json");
    for (const auto& [file, frames] : files.items()) {
        for (const auto& frame : frames) {
            all.push_back(vector_of(frame, file + " frame " + frame.at("frame").dump(), "bacnet-ip"));
        }
    }
    return all;
}

} // namespace bacnet_vectors

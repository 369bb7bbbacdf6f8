// The vector files as tables.
#pragma once

#include "src/core/hex.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace bacnet_vectors {

using Json = nlohmann::json;

struct Vector {
    std::string name;
    std::string layer; ///< "tag", "apdu", "npdu", "bvlc", "bacnet-ip", "mstp"
    meterctl::Bytes octets;
    Json expect;
    [[nodiscard]] bool good() const { return !expect.contains("error") && !expect.contains("frames"); }
};

/// Our own vectors, and those of METERCTL_EXTRA_VECTORS/bacnet where there are any (else a message says what is
/// skipped), of one layer.
std::vector<Vector> layer(std::string_view name);
/// "captures/NAME" of METERCTL_EXTRA_VECTORS/bacnet: the frames of captures that were decoded by others.
std::vector<Vector> captured();

meterctl::Bytes octets(std::string_view hex);
std::string hex(meterctl::ByteView bytes);

} // namespace bacnet_vectors

// The vector files of DLMS/COSEM: octets and what they say.
#pragma once

#include "src/core/bytes.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace dlms_vectors {

using Json = nlohmann::json;

struct Vector {
    std::string name;
    std::string layer;
    std::vector<meterctl::Bytes> parts; ///< where spaces part them
    Json expect;
    Json entry;

    [[nodiscard]] meterctl::Bytes octets() const; ///< all parts, joined
};

/// Of METERCTL_EXTRA_VECTORS/dlms where there are any; else a message says what is skipped.
std::vector<Vector> extra(std::string_view file);
/// Of tests/vectors/dlms.
std::vector<Vector> own(std::string_view file);
/// The one of this name; a failed requirement where there is none.
const Vector& named(const std::vector<Vector>& all, std::string_view name);

meterctl::Bytes octets(std::string_view hex);

} // namespace dlms_vectors

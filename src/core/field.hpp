// Field: a named part of a frame, as decoders explain it and documents show it.
#pragma once

#include "src/core/value.hpp"

#include <string>
#include <vector>

namespace meterctl {

/// `offset` counts from the start of the frame.
struct Field {
    std::string name; ///< "address", "function", "crc", ...
    Value value;
    std::string text; ///< what the value means: "read holding registers"; may be empty
    std::size_t offset = 0;
    std::size_t length = 0;
    std::vector<Field> children;
};

} // namespace meterctl

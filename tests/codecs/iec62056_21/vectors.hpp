// The vector files as tables: what a test names is built from the expectation, never from the code under test.
#pragma once

#include "codecs/iec62056_21/messages.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace iec_vectors {

using Json = nlohmann::json;

struct Vector {
    std::string name;
    std::string kind; ///< of a message: "request", "command", ...
    meterctl::Bytes octets;
    Json expect; ///< "fields" or "expect"
    Json entry;
};

/// Our own, and those of METERCTL_EXTRA_VECTORS/iec62056-21 where there are any (else a message says what is skipped).
std::vector<Vector> vectors(std::string_view file);
/// METERCTL_EXTRA_VECTORS/FOLDER/FILE alone.
std::vector<Vector> extra(std::string_view folder, std::string_view file);

meterctl::Bytes octets(std::string_view hex);

/// What the fields of a message vector describe, as the codec's struct.
meterctl::codecs::iec62056_21::Message message_of(const Vector& vector);

} // namespace iec_vectors

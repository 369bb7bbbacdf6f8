// What is remembered of a firmware transfer that was begun, so that one that broke off goes on where it was: a meter
// tells which blocks it has, and not of which file.
#pragma once

#include "src/core/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meterctl::sessions::dlms {

struct ImageNote {
    std::string hash; ///< SHA-256 of the file, in hex
    std::uint64_t size = 0;
    std::uint32_t block_size = 0;
    std::string identifier;
    friend bool operator==(const ImageNote&, const ImageNote&) = default;
};

/// In the folder of the frame counters, a file a meter. nullopt where there is none, or it cannot be read: then the
/// transfer begins anew.
std::optional<ImageNote> read_image_note(const std::string& folder, std::string_view meter);
/// Does nothing without a folder. Endpoint error where it cannot be kept.
Result<void> keep_image_note(const std::string& folder, std::string_view meter, const ImageNote& note);
void forget_image_note(const std::string& folder, std::string_view meter);

} // namespace meterctl::sessions::dlms

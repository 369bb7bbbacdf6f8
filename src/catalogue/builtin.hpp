// The JSON texts that the build compiled in: the table that cmake/embed.cmake generates.
#pragma once

#include <span>
#include <string_view>

namespace meterctl::catalogue {

struct BuiltinText {
    std::string_view model; ///< the file's name without ".json"
    std::string_view json;
};

/// Ordered by model.
extern const std::span<const BuiltinText> builtin_texts;
extern const std::string_view builtin_schema;

} // namespace meterctl::catalogue

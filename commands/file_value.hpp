// Values that stand in a file: a firmware image; and a value of many parts, which is JSON.
#pragma once

#include "src/catalogue/definition.hpp"
#include "src/core/bytes.hpp"
#include "src/core/error.hpp"

#include <string>

namespace meterctl::commands {

/// All octets. Usage error where the file cannot be read, is empty, or has more than `most`.
Result<Bytes> octets_in(const std::string& path, std::size_t most);

/// What is written: `text` itself; of a point of many parts, where it does not begin as JSON, what the file of that
/// name holds.
Result<std::string> text_of_value(const catalogue::Point& point, std::string text);

} // namespace meterctl::commands

// A definition as the JSON that --meter-file takes, in the one layout that definitions have: meters/schema.json.
#pragma once

#include "src/catalogue/definition.hpp"

#include <string>

namespace meterctl::output {

/// What a meter can tell of itself: model, title, sources, protocol, line, address, settings, points without ranges and
/// choices, profiles, clients and notes.
std::string definition_text(const catalogue::Definition& definition);

} // namespace meterctl::output

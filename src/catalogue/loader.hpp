// A definition's JSON text to structs: what lies behind parse_definition(), for the catalogue and for tests.
#pragma once

#include "src/catalogue/definition.hpp"
#include "src/core/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace meterctl::catalogue {

/// Reads the keys that `json` has onto `into`: what is not named stays as it is; points, profiles and clients (by
/// name), settings and the parts of "line" are replaced or added one by one, sources and notes are added, other lists
/// are replaced whole. All errors are usage errors.
Result<void> apply_definition(std::string_view json, std::string_view origin, Definition& into);

/// That nothing a definition needs is missing: model, title and protocol.
Result<void> check_complete(const Definition& definition, std::string_view origin);

/// A file's text; usage error when it cannot be read.
Result<std::string> read_file(const std::string& path);

/// The keys the loader knows in "definition", "line", "addresses", "rule", "point", "choice", "bit", "profile",
/// "event", "client", "pulse_output" and "width"; empty for other sections. meters/schema.json has the same ones.
std::vector<std::string> known_keys(std::string_view section);

} // namespace meterctl::catalogue

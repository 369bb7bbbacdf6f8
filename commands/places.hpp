// Where the user's own files are looked for (XDG Base Directory Specification).
#pragma once

#include "commands/io.hpp"

#include <string>

namespace meterctl::commands {

/// $XDG_DATA_HOME/meterctl/meters, ~/.local/share/meterctl/meters; empty where neither variable is set.
std::string user_meters_folder(const Environment& environment);
/// $XDG_CONFIG_HOME/meterctl/inventory.json, ~/.config/meterctl/inventory.json; empty where neither variable is set.
std::string default_inventory(const Environment& environment);
/// $XDG_STATE_HOME/meterctl/frame-counters, ~/.local/state/meterctl/frame-counters; empty where neither variable is
/// set.
std::string counters_folder(const Environment& environment);

} // namespace meterctl::commands

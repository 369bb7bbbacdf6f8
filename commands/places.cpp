#include "commands/places.hpp"

namespace meterctl::commands {

namespace {

/// The specification wants relative paths in these variables ignored.
std::string base_folder(const Environment& environment, std::string_view variable, std::string_view below_home) {
    if (const auto folder = environment(variable); folder && folder->starts_with('/')) { return *folder; }
    const auto home = environment("HOME");
    return home ? *home + std::string(below_home) : std::string();
}

std::string below(const std::string& folder, std::string_view path) {
    return folder.empty() ? folder : folder + std::string(path);
}

} // namespace

std::string user_meters_folder(const Environment& environment) {
    return below(base_folder(environment, "XDG_DATA_HOME", "/.local/share"), "/meterctl/meters");
}

std::string default_inventory(const Environment& environment) {
    return below(base_folder(environment, "XDG_CONFIG_HOME", "/.config"), "/meterctl/inventory.json");
}

std::string counters_folder(const Environment& environment) {
    return below(base_folder(environment, "XDG_STATE_HOME", "/.local/state"), "/meterctl/frame-counters");
}

} // namespace meterctl::commands

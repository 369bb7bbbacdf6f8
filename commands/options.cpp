#include "commands/options.hpp"

#include "commands/table/table.hpp"

#include <algorithm>
#include <array>

namespace meterctl::commands {

namespace {

constexpr std::array<const CommandSpec*, 9> all_commands{
    &table::read,       &table::write,    &table::scan,   &table::dump_profile, &table::decode,
    &table::pulse_test, &table::simulate, &table::meters, &table::help,
};

bool matches(const OptionSpec& option, std::string_view name) {
    if (name.starts_with("--")) { return option.name == name; }
    return name.size() == 2 && name[0] == '-' && option.letter != 0 && name[1] == option.letter;
}

} // namespace

std::span<const CommandSpec* const> commands() {
    return all_commands;
}

const CommandSpec* find_command(std::string_view name) {
    const auto* const found = std::ranges::find(all_commands, name, &CommandSpec::name);
    return found == all_commands.end() ? nullptr : *found;
}

std::span<const OptionSpec> common_options() {
    return table::common;
}

std::vector<const OptionSpec*> options_of(const CommandSpec& command) {
    std::vector<const OptionSpec*> options;
    for (const OptionSpec& option : command.options) { options.push_back(&option); }
    for (const OptionSpec& option : table::common) {
        if ((option.on & command.bit) != 0) { options.push_back(&option); }
    }
    return options;
}

const OptionSpec* find_option(const CommandSpec& command, std::string_view name) {
    for (const OptionSpec* option : options_of(command)) {
        if (matches(*option, name)) { return option; }
    }
    return nullptr;
}

std::string_view fallback_of(const CommandSpec& command, const OptionSpec& option) {
    return option.name == "--format" ? command.default_format : option.fallback;
}

std::string usage_line(const CommandSpec& command) {
    std::string line = "meterctl " + std::string(command.name) + " [OPTION...]";
    for (const PositionalSpec& positional : command.positionals) {
        const std::string name = std::string(positional.name) + (positional.many ? "..." : "");
        line += positional.required ? " " + name : " [" + name + "]";
    }
    return line;
}

} // namespace meterctl::commands

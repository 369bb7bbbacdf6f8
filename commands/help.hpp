// -h, --help and `meterctl help`, from the options table.
#pragma once

#include "commands/options.hpp"
#include "commands/topics.hpp"

#include <string>

namespace meterctl::commands {

struct HelpStyle {
    bool whole = false;  ///< --help: details and examples; else -h: a line an option
    bool colour = false; ///< headings in bold
};

std::string overview(HelpStyle style);
std::string command_help(const CommandSpec& command, HelpStyle style);
std::string topic_help(const Topic& topic, HelpStyle style);

} // namespace meterctl::commands

// The rows of the options table, a file a subcommand.
#pragma once

#include "commands/options.hpp"

namespace meterctl::commands::table {

extern const CommandSpec read;
extern const CommandSpec write;
extern const CommandSpec scan;
extern const CommandSpec dump_profile;
extern const CommandSpec decode;
extern const CommandSpec pulse_test;
extern const CommandSpec simulate;
extern const CommandSpec meters;
extern const CommandSpec help;

extern const std::span<const OptionSpec> common;

} // namespace meterctl::commands::table

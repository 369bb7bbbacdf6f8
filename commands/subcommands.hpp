// The subcommands: options in, session calls, records out. Each returns the exit code.
#pragma once

#include "commands/arguments.hpp"
#include "commands/io.hpp"

namespace meterctl::commands {

int run_help(const Arguments& arguments, Io& io);

} // namespace meterctl::commands

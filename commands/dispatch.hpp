// From the words of a command line to the subcommand that runs it.
#pragma once

#include "commands/arguments.hpp"
#include "commands/io.hpp"

#include <span>
#include <string>

namespace meterctl::commands {

/// Runs one command line, without the program's name, and returns the exit code. What goes wrong is told on `io.err`.
int dispatch(std::span<const std::string> words, Io& io);

} // namespace meterctl::commands

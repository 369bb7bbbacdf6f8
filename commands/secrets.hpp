// Passwords: from a file that nobody else may read, or from the environment, never from the command line.
#pragma once

#include "commands/arguments.hpp"
#include "commands/io.hpp"

#include <string>

namespace meterctl::commands {

/// The first line of --password-file, else METERCTL_PASSWORD, else empty. Usage error where the file cannot be read, is
/// empty, or can be read by others; no error text holds any of it.
Result<std::string> password_of(const Arguments& arguments, const Io& io);

} // namespace meterctl::commands

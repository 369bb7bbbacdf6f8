// The program's version.
#pragma once

#include <string>

namespace meterctl::commands {

/// "meterctl 0.1.0\n"
std::string version_line();

} // namespace meterctl::commands

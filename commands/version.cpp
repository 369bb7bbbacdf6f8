#include "commands/version.hpp"

namespace meterctl::commands {

std::string version_line() {
    return "meterctl " METERCTL_VERSION "\n";
}

} // namespace meterctl::commands

// Consent to writing what can never be undone, or what changes how the meter is reached.
#pragma once

#include "commands/arguments.hpp"
#include "commands/assignment.hpp"
#include "commands/io.hpp"

namespace meterctl::commands {

/// Asks on a terminal, once for each assignment that needs it; --yes consents to all. Category::rejected where the user
/// declines, or where nobody can be asked: without a terminal, or with --no-input.
Result<void> ask_consent(std::span<const Assignment> assignments, const std::string& target, const Arguments& arguments,
                         Io& io);

} // namespace meterctl::commands

// Consent to writing what can never be undone, or what changes how the meter is reached.
#pragma once

#include "commands/arguments.hpp"
#include "commands/assignment.hpp"
#include "commands/io.hpp"

namespace meterctl::commands {

/// Whether somebody is there to be asked: on a terminal, without --no-input.
bool can_ask(const Arguments& arguments, const Io& io);

/// Asks on a terminal, once for each assignment that needs it; --yes consents to all. Category::rejected where the user
/// declines, or where nobody can be asked: without a terminal, or with --no-input. `notes`: of each assignment, what
/// the meter showed; may be fewer.
Result<void> ask_consent(std::span<const Assignment> assignments, const std::string& target, const Arguments& arguments,
                         Io& io, std::span<const std::vector<std::string>> notes = {});

} // namespace meterctl::commands

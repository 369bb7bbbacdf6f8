// What the subcommands that write records have in common: --format, --output, --unit-scale, --raw, and failures told on
// standard error as well as in the output.
#pragma once

#include "commands/arguments.hpp"
#include "commands/io.hpp"
#include "commands/target.hpp"
#include "src/output/documents.hpp"

#include <memory>
#include <span>
#include <string>

namespace meterctl::commands {

output::Options output_options(const Arguments& arguments);
/// Endpoint error where --output cannot be written.
Result<std::unique_ptr<output::Sink>> open_output(const Arguments& arguments, Io& io);

/// A line each, points that failed alike together.
void report_failures(Io& io, const std::string& target, std::span<const output::Failure> failures);

/// Reports the error and returns its exit code.
int give_up(Io& io, const Error& error);

/// Puts the output in its place; `code` unless that fails. A reader that stopped early is no failure.
int finish(Io& io, output::Sink& sink, int code);

/// Whom a document is about, now.
output::Head head_of(const Target& target);

} // namespace meterctl::commands

// The streams and the environment a subcommand runs in, so that tests can give their own.
#pragma once

#include "src/core/error.hpp"

#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace meterctl::commands {

/// nullopt for variables that are not set; a variable set to nothing counts as not set.
using Environment = std::function<std::optional<std::string>(std::string_view)>;

struct Io {
    std::FILE* in = stdin;
    std::FILE* out = stdout;
    std::FILE* err = stderr;
    bool in_is_terminal = false;
    bool out_is_terminal = false;
    bool err_is_terminal = false;
    bool colour_out = false; ///< decided by --color, NO_COLOR, CLICOLOR_FORCE and the terminal
    bool colour_err = false;
    bool quiet = false;
    bool verbose = false;
    Environment environment;
};

/// The process's own.
Io process_io();

/// Gives standard streams that were closed (`>&-`) something to be: else the next file or line that is opened takes
/// their number, and gets what is meant for the reader. What is written there fails.
void hold_standard_streams();

/// `choice` is --color's value.
void choose_colours(Io& io, std::string_view choice);

/// Text on standard error, with a line end.
void say(Io& io, std::string_view text);
/// `meterctl: SUBJECT: what (where)`, and a line `  try: hint` for each hint. `subject` may be empty.
void report(Io& io, std::string_view subject, const Error& error);
/// A step, with --verbose only.
void tell(Io& io, std::string_view text);
/// A warning, unless --quiet.
void warn(Io& io, std::string_view text);

} // namespace meterctl::commands

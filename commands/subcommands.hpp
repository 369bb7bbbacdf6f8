// The subcommands: options in, session calls, records out. Each returns the exit code.
#pragma once

#include "commands/arguments.hpp"
#include "commands/io.hpp"

namespace meterctl::commands {

int run_read(const Arguments& arguments, Io& io);
int run_write(const Arguments& arguments, Io& io);
int run_scan(const Arguments& arguments, Io& io);
int run_dump_profile(const Arguments& arguments, Io& io);
int run_decode(const Arguments& arguments, Io& io);
int run_pulse_test(const Arguments& arguments, Io& io);
int run_simulate(const Arguments& arguments, Io& io);
int run_meters(const Arguments& arguments, Io& io);
int run_help(const Arguments& arguments, Io& io);

} // namespace meterctl::commands

#include "commands/table/table.hpp"

#include <array>

namespace meterctl::commands::table {

namespace {

constexpr std::array positionals{
    PositionalSpec{.name = "TARGET",
                   .required = true,
                   .brief = "an endpoint (`meterctl help endpoints`), or a name from the inventory",
                   .completes = Completes::targets},
    PositionalSpec{.name = "PROFILE",
                   .brief = "the profile's name, or what the protocol calls it: trend-log:1",
                   .completes = Completes::profiles},
};

constexpr std::array options{
    OptionSpec{.name = "--list", .brief = "name the profiles that the meter has, and fetch none"},
    OptionSpec{.name = "--from",
               .kind = Kind::single,
               .value = "TIME",
               .brief = "records from this time on: 2026-11-01T00:00:00+01:00, 2026-11-01"},
    OptionSpec{.name = "--to",
               .kind = Kind::single,
               .value = "TIME",
               .brief = "records up to this time; a date alone is the whole day",
               .detail = "A time without an offset is the meter's own."},
    OptionSpec{.name = "--last", .kind = Kind::single, .value = "N", .brief = "the newest N records"},
    OptionSpec{.name = "--entries",
               .kind = Kind::single,
               .value = "A-B",
               .brief = "the records at these positions, 1 being the oldest"},
    OptionSpec{.name = "--all", .brief = "all records, as without any of these"},
    OptionSpec{.name = "--state",
               .kind = Kind::single,
               .value = "FILE",
               .brief = "only what came since the last run with this file, which remembers it",
               .detail =
                   "For cron: nothing is fetched twice and nothing left out. The file is brought up to what has "
                   "been written, every 64 records, or with --output once that file is in its place: a run that is "
                   "killed loses nothing, and into a file doubles nothing. "
                   "--last counts for the first run alone: a later one takes all that came behind it.",
               .completes = Completes::files},
    OptionSpec{.name = "--plot",
               .kind = Kind::single,
               .value = "FILE",
               .brief = "draw the channels over time as well: profile.svg, profile.png",
               .detail =
                   "By gnuplot, which has to be installed (Debian: gnuplot-nox). Channels of one unit share a panel; "
                   "gaps are grey, and stretches of flagged records yellow.",
               .completes = Completes::files},
    OptionSpec{.name = "--no-header", .brief = "CSV without the line that names the columns, to append to a file"},
};

constexpr std::array examples{
    Example{.does = "The newest five records of a trend log",
            .line = "meterctl dump-profile 'sim://leviton-s4100?speed=3600' trend_log_1 --last 5 -f csv"},
    Example{.does = "A day of a trend log, drawn",
            .line = "meterctl dump-profile sim:// -m leviton-s4100 trend_log_1 --last 96 -o log.json --plot log.svg"},
    Example{.does = "Which profiles a meter has",
            .line = "meterctl dump-profile sim:// -m leviton-s4100 --list -f table"},
};

} // namespace

constinit const CommandSpec dump_profile{
    .name = "dump-profile",
    .bit = on_dump_profile,
    .brief = "Fetch load profiles, trend logs and event logs",
    .detail = "Writes the records from the oldest to the newest as they come, a row a record and a column a channel. "
              "Records that should be there and are not are told as gaps, in the output and on standard error; they "
              "are no failure. What is doubtful about a record (a clock that was not set, a time that was filled in) "
              "is among its flags.\n\nWhere the connection breaks, what came is written and the exit code says why; "
              "a further run with the same --state goes on behind the last whole record.",
    .positionals = positionals,
    .options = options,
    .examples = examples,
    .default_format = "json",
};

} // namespace meterctl::commands::table

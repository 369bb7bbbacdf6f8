#include "commands/table/table.hpp"

#include <array>

namespace meterctl::commands::table {

namespace {

constexpr std::array positionals{
    PositionalSpec{.name = "TARGET",
                   .required = true,
                   .brief = "an endpoint (`meterctl help endpoints`), or a name or glob from the inventory",
                   .completes = Completes::targets},
    PositionalSpec{.name = "POINT",
                   .many = true,
                   .brief = "a point's name, a glob, a group, or a point in the protocol's own terms",
                   .completes = Completes::points},
};

constexpr std::array options{
    OptionSpec{.name = "--target",
               .kind = Kind::list,
               .value = "TARGET",
               .brief = "a further target, read after the first",
               .completes = Completes::targets},
    OptionSpec{.name = "--interval",
               .kind = Kind::single,
               .value = "DURATION",
               .brief = "read again and again, this long from one start to the next: 10s, 15m",
               .detail = "Until Ctrl-C, or as often as --count says. The documents come one after the other; as "
                         "ndjson, one a line."},
    OptionSpec{.name = "--count", .kind = Kind::single, .value = "N", .brief = "how many times to read"},
    OptionSpec{.name = "--watch",
               .kind = Kind::single,
               .value = "DURATION",
               .brief = "BACnet: have the device report changes of the points for so long: 30s, 1h",
               .detail = "By SubscribeCOV, which devices offer for some present values. The first report holds the "
                         "value as it is. Each is a document of its own; with ndjson, a line. --count ends it after so "
                         "many."},
    OptionSpec{.name = "--confirmed",
               .kind = Kind::flag,
               .brief = "BACnet: with --watch, the device repeats a report until it is acknowledged",
               .detail = "Without it a report that is lost on the way is lost."},
    OptionSpec{.name = "--check",
               .kind = Kind::flag,
               .brief = "BACnet: read the Reliability of each value beside it",
               .detail = "Where it is another than no-fault-detected, a flag says which: reliability_no_sensor."},
};

constexpr std::array examples{
    Example{.does = "All that a meter offers; the meter is one inside the process",
            .line = "meterctl read sim: -m pro380-mod"},
    Example{.does = "Two values, as CSV", .line = "meterctl read sim: -m pro380-mod -f csv voltage_l1 active_power"},
    Example{.does = "All voltages, and the group of energies, as a table",
            .line = "meterctl read sim: -m pro380-mod -f table 'voltage_*' energy"},
    Example{.does = "A register that no definition names",
            .line = "meterctl read sim://pro380-mod -p modbus -a 1 holding:0x5002:float32"},
    Example{.does = "What a BACnet device reports of a point in 10 seconds",
            .line = "meterctl read 'sim://dts307-bacnet?speed=60' -f ndjson --watch 10s analog-input:4"},
    Example{.does = "Each frame that is sent and received",
            .line = "meterctl read sim: -m pro380-mod --trace voltage_l1"},
};

} // namespace

constinit const CommandSpec read{
    .name = "read",
    .bit = on_read,
    .brief = "Read points of a meter",
    .detail = "Reads the named points, or all that the model offers when none is named. A point is a name "
              "(`voltage_l1`), a glob (`'voltage_*'`), a group (`measurement`, `energy`, `setting`, `identity`, "
              "`status`), or an address in the protocol's own terms (`holding:0x5002:float32`; `meterctl help "
              "points`).\n\nNames are checked before anything is sent: an unknown one ends the run with exit code 2 "
              "and the nearest names. Points that the meter does not give stand under `errors` in the output, and the "
              "exit code is 1; where none could be read, the exit code says why (`meterctl help exit-codes`). A value "
              "that is missing or is not a number is null with a flag, never 0.",
    .positionals = positionals,
    .options = options,
    .examples = examples,
    .default_format = "json",
};

} // namespace meterctl::commands::table

#include "commands/table/table.hpp"

#include <array>

namespace meterctl::commands::table {

namespace {

constexpr std::array positionals{
    PositionalSpec{.name = "TARGET",
                   .required = true,
                   .brief = "an endpoint (`meterctl help endpoints`), or a name from the inventory",
                   .completes = Completes::targets},
    PositionalSpec{.name = "POINT=VALUE",
                   .required = true,
                   .many = true,
                   .brief =
                       "what to write: a point and its value, as a number or as the label of a choice; a method's name "
                       "alone, or with its argument",
                   .completes = Completes::assignments},
};

constexpr std::array options{
    OptionSpec{.name = "--yes",
               .letter = 'y',
               .brief = "do not ask: write what needs confirmation, also what can never be undone"},
    OptionSpec{.name = "--no-input",
               .brief = "never ask; what needs confirmation is refused",
               .detail = "So it is also when standard input is not a terminal."},
    OptionSpec{.name = "--priority",
               .kind = Kind::single,
               .value = "N",
               .brief = "BACnet: write at this priority, 1 (the highest) to 16",
               .detail = "Of objects that can be commanded; the value null takes back what was written at it. Unless "
                         "given, the device takes 16."},
    OptionSpec{.name = "--dry-run",
               .letter = 'n',
               .brief = "print the exact frames and write nothing",
               .detail = "Of a DLMS meter's relay, clock methods, calendar and firmware the present state is read and "
                         "shown too; of all else nothing is sent."},
};

constexpr std::array examples{
    Example{.does = "The frame that a write would send",
            .line = "meterctl write sim: -m pro380-mod lcd_cycle_time=25 --dry-run"},
    Example{.does = "Write a setting and read it back",
            .line = "meterctl write sim: -m pro380-mod lcd_cycle_time=25 --yes"},
    Example{.does = "Set the clock of a BACnet device by that of this computer",
            .line = "meterctl write sim: -m leviton-s4100 time_synchronization=now"},
    Example{.does = "A choice by its label", .line = "meterctl write sim: -m pro380-mod parity=none --dry-run"},
};

} // namespace

constinit const CommandSpec write{
    .name = "write",
    .bit = on_write,
    .brief = "Write settings of a meter, and read them back",
    .detail =
        "Every value is checked before anything is sent: against the point's access, range, step and choices. A "
        "value that fails ends the run with exit code 7 and the values that are allowed.\n\nWhat can never be "
        "undone, what is not proven on a real meter, what its definition wants confirmed, and what is named in "
        "the protocol's own terms is asked for on the terminal first; with --no-input, or without a terminal, it "
        "is refused with exit code 7 unless --yes is given.\n\nEach value is read back after it was written. "
        "Where the meter shows another one, the exit code is 8. So it is with methods: a relay's state, a clock, a "
        "calendar is read before and after.\n\nA value of many parts is JSON, or the name of a file that holds "
        "it; new keys and firmware are files.",
    .positionals = positionals,
    .options = options,
    .examples = examples,
    .default_format = "json",
};

} // namespace meterctl::commands::table

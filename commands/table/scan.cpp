#include "commands/table/table.hpp"

#include <array>

namespace meterctl::commands::table {

namespace {

constexpr std::array positionals{
    PositionalSpec{.name = "TARGET",
                   .required = true,
                   .brief =
                       "the endpoint to search (`meterctl help endpoints`), or a name from the inventory; for tcp and "
                       "udp also a network, a range or a list of hosts",
                   .completes = Completes::targets},
};

constexpr std::array options{
    OptionSpec{.name = "--addresses",
               .kind = Kind::single,
               .value = "LIST",
               .brief = "the addresses to try: 1-247, or 1,5,100-110; 1/16-20 for DLMS",
               .detail = "Unless given, all that the protocol has."},
    OptionSpec{.name = "--bauds",
               .kind = Kind::single,
               .value = "LIST",
               .brief = "the baud rates to try on a serial line: 9600,19200",
               .detail = "Unless given, the endpoint's own, or the model's."},
    OptionSpec{.name = "--frames",
               .kind = Kind::single,
               .value = "LIST",
               .brief = "the frames to try on a serial line: 8E1,8N1",
               .detail = "Unless given, the endpoint's own, or the model's."},
    OptionSpec{.name = "--secondary",
               .kind = Kind::flag,
               .brief = "M-Bus: search by secondary addresses, which finds meters that share a primary one",
               .detail = "Selects by wildcards, and splits what several meters answer at one digit of their number. "
                         "--addresses then names the patterns to search: 1234FFFF."},
    OptionSpec{.name = "--listen-only",
               .kind = Kind::flag,
               .brief = "BACnet MS/TP: send nothing, and tell which masters are heard"},
};

constexpr std::array examples{
    Example{.does = "The meters on a simulated bus", .line = "meterctl scan sim:// --addresses 1-110"},
    Example{.does = "Twelve M-Bus meters, some of which collide",
            .line = "meterctl scan 'sim://bus?meters=12' -p mbus --secondary -f table"},
    Example{.does = "The DLMS meter behind a line, by its physical address",
            .line = "meterctl scan sim://dtsd545 --addresses 1/16-18 -f table"},
    Example{.does = "One address, as a table", .line = "meterctl scan sim: -m pro380-mod --addresses 1 -f table"},
};

} // namespace

constinit const CommandSpec scan{
    .name = "scan",
    .bit = on_scan,
    .brief = "Find the meters on a line and name their models",
    .detail =
        "Asks every address in turn, at every baud rate and frame given, and identifies what answers. Each meter "
        "is written as soon as it is found. On a terminal, progress and the time left are shown on standard "
        "error.\n\nHosts are searched many at once: tcp://192.168.1.0/24:4059, tcp://10.0.0.5-9,10.0.0.20:4059. "
        "Each of them is asked at one address unless --addresses names others; one that is not there, or does not "
        "answer, is no failure.\n\nOne protocol is tried: --protocol, else what the endpoint or its port is known for, "
        "else "
        "Modbus.\n\nCtrl-C "
        "ends the search early and keeps what was found; the exit code is then 130. Where "
        "nothing answers, it is 4; where only noise is heard, 5; where a meter answers and another address "
        "cannot be understood, 1.",
    .positionals = positionals,
    .options = options,
    .examples = examples,
    .default_format = "json",
};

} // namespace meterctl::commands::table

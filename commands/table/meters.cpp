#include "commands/table/table.hpp"

#include <array>

namespace meterctl::commands::table {

namespace {

constexpr std::array positionals{
    PositionalSpec{.name = "MODEL",
                   .many = true,
                   .brief = "a model or a glob; its points, settings and notes are shown",
                   .completes = Completes::meters},
};

constexpr std::array options{
    OptionSpec{.name = "--points",
               .kind = Kind::single,
               .value = "GLOB",
               .brief = "only the points whose name or group matches"},
    OptionSpec{.name = "--from",
               .kind = Kind::single,
               .value = "TARGET",
               .brief = "ask this meter what it has, and write a definition file for --meter-file",
               .detail =
                   "For meters that tell it (DLMS/COSEM: what the client's association shows; BACnet). MODEL names "
                   "what the file defines; unless given, the meter does. --meter and --client say how it is "
                   "reached, as for `read`.",
               .completes = Completes::targets},
    OptionSpec{.name = "--definition", .brief = "print the definition's own JSON, to start a file of your own from"},
};

constexpr std::array examples{
    Example{.does = "The models there are", .line = "meterctl meters"},
    Example{.does = "One model: points, addresses, units, access, ranges, notes", .line = "meterctl meters pro380-mod"},
    Example{.does = "Its energies, as CSV", .line = "meterctl meters pro380-mod --points energy -f csv"},
    Example{.does = "What is not public about a model",
            .line = "meterctl meters dts307-modbus -f json | jq '.meters[0].not_public'"},
    Example{.does = "What a DLMS meter shows to the public client, as a definition",
            .line = "meterctl meters my-meter --from sim://dtsd545 -o my-meter.json"},
    Example{.does = "A definition to start from", .line = "meterctl meters dts307-modbus --definition"},
};

} // namespace

constinit const CommandSpec meters{
    .name = "meters",
    .bit = on_meters,
    .brief = "List the meter models, or show one",
    .detail =
        "Without MODEL, lists every model: those built in, those in meterctl/meters/ under $XDG_DATA_HOME (or "
        "~/.local/share), and those of --meter-file. With MODEL, shows its points with address, type, unit, "
        "access, range and source, the clients and profiles where it has such, the notes, and what its maker does "
        "not publish.\n\nWith --from, asks a meter instead and writes what it tells as a definition: points with "
        "their common names and units, profiles with their columns, and clients. Read it through before use: "
        "ranges, choices and status bits are not the meter's to tell.",
    .positionals = positionals,
    .options = options,
    .examples = examples,
    .default_format = "table",
};

} // namespace meterctl::commands::table

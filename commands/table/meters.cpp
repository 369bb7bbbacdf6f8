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
    OptionSpec{.name = "--definition", .brief = "print the definition's own JSON, to start a file of your own from"},
};

constexpr std::array examples{
    Example{.does = "The models there are", .line = "meterctl meters"},
    Example{.does = "One model: points, addresses, units, access, ranges, notes", .line = "meterctl meters pro380-mod"},
    Example{.does = "Its energies, as CSV", .line = "meterctl meters pro380-mod --points energy -f csv"},
    Example{.does = "What is not public about a model",
            .line = "meterctl meters dts307-modbus -f json | jq '.meters[0].not_public'"},
    Example{.does = "A definition to start from", .line = "meterctl meters dts307-modbus --definition"},
};

} // namespace

constinit const CommandSpec meters{
    .name = "meters",
    .bit = on_meters,
    .brief = "List the meter models, or show one",
    .detail = "Without MODEL, lists every model: those built in, those in meterctl/meters/ under $XDG_DATA_HOME (or "
              "~/.local/share), and those of --meter-file. With MODEL, shows its points with address, type, unit, "
              "access, range and source, the notes, and what its maker does not publish.",
    .positionals = positionals,
    .options = options,
    .examples = examples,
    .default_format = "table",
};

} // namespace meterctl::commands::table

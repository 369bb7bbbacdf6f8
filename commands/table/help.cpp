#include "commands/table/table.hpp"

#include <array>

namespace meterctl::commands::table {

namespace {

constexpr std::array positionals{
    PositionalSpec{.name = "TOPIC",
                   .brief = "a subcommand, or exit-codes, endpoints, points, inventory, environment, output",
                   .completes = Completes::topics},
};

constexpr std::array examples{
    Example{.does = "What the exit codes mean", .line = "meterctl help exit-codes"},
    Example{.does = "What TARGET can be", .line = "meterctl help endpoints"},
};

} // namespace

constinit const CommandSpec help{
    .name = "help",
    .bit = on_help,
    .brief = "Explain a subcommand or a topic",
    .detail = "Without TOPIC, lists the subcommands and the topics.",
    .positionals = positionals,
    .examples = examples,
};

} // namespace meterctl::commands::table

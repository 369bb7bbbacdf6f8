// The options table. The parser, -h and --help, the man pages and the completions are all made of it, so that they
// cannot differ: an option is described once, in commands/table/.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::commands {

enum class Kind {
    flag,   ///< takes no value
    single, ///< takes one value; given twice, the last one holds
    list,   ///< may be given several times, each adds a value
};

/// Where the candidates for a value come from when the shell asks.
enum class Completes {
    nothing,
    choices,
    meters,
    units,     ///< ADDRESS=MODEL
    protocols, ///< those that sessions speak
    decoders,  ///< those that `decode` tells apart
    targets,   ///< endpoints and inventory names
    listeners,
    points,
    profiles,    ///< of the meter that the line names
    assignments, ///< POINT=VALUE of what can be written
    files,
    inputs,       ///< files, devices and listeners
    pulse_inputs, ///< where edges come from
    outputs,      ///< pulse outputs of a meter
    topics,
};

/// A set of subcommands, a bit each.
using CommandSet = unsigned;
inline constexpr CommandSet on_read = 1U << 0;
inline constexpr CommandSet on_write = 1U << 1;
inline constexpr CommandSet on_scan = 1U << 2;
inline constexpr CommandSet on_decode = 1U << 3;
inline constexpr CommandSet on_simulate = 1U << 4;
inline constexpr CommandSet on_meters = 1U << 5;
inline constexpr CommandSet on_help = 1U << 6;
inline constexpr CommandSet on_pulse_test = 1U << 7;
inline constexpr CommandSet on_dump_profile = 1U << 8;
inline constexpr CommandSet on_all = (1U << 9) - 1;

struct OptionSpec {
    std::string_view name; ///< "--meter"
    char letter = 0;       ///< 'm' for -m; 0: none
    Kind kind = Kind::flag;
    std::string_view value{};                    ///< "MODEL"
    std::string_view fallback{};                 ///< the value that holds unless one is given; empty: none
    std::span<const std::string_view> choices{}; ///< the only values taken; empty: any
    std::string_view variable{};                 ///< environment variable that gives the value where the line does not
    std::string_view brief{};                    ///< one line, no final stop
    std::string_view detail{};                   ///< further sentences for --help and the man page
    CommandSet on = 0;                           ///< for common options: the subcommands that take it
    Completes completes = Completes::nothing;
};

struct PositionalSpec {
    std::string_view name; ///< "TARGET"
    bool required = false;
    bool many = false;
    std::string_view brief{};
    Completes completes = Completes::nothing;
};

/// A command line that runs as it stands, and what it does.
struct Example {
    std::string_view does;
    std::string_view line;
};

struct CommandSpec {
    std::string_view name;
    CommandSet bit = 0;
    std::string_view brief{};
    std::string_view detail{}; ///< paragraphs parted by an empty line
    std::span<const PositionalSpec> positionals{};
    std::span<const OptionSpec> options{}; ///< its own
    std::span<const Example> examples{};
    std::string_view default_format{}; ///< empty: writes no records
};

/// Every subcommand, in the order they are listed.
std::span<const CommandSpec* const> commands();
/// nullptr when there is none of that name.
const CommandSpec* find_command(std::string_view name);

/// The options that more than one subcommand takes.
std::span<const OptionSpec> common_options();
/// Its own options first, then the common ones it takes.
std::vector<const OptionSpec*> options_of(const CommandSpec& command);
/// By "--name" or "-x"; nullptr when the subcommand has none such.
const OptionSpec* find_option(const CommandSpec& command, std::string_view name);

/// The values of `--format`, whose default depends on the subcommand.
std::string_view fallback_of(const CommandSpec& command, const OptionSpec& option);

/// "meterctl read [OPTION...] TARGET [POINT...]"
std::string usage_line(const CommandSpec& command);

} // namespace meterctl::commands

#include "commands/dispatch.hpp"

#include "commands/complete.hpp"
#include "commands/help.hpp"
#include "commands/man.hpp"
#include "commands/subcommands.hpp"
#include "commands/version.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace meterctl::commands {

namespace {

struct Runner {
    CommandSet bit;
    int (*run)(const Arguments&, Io&);
};

constexpr std::array runners{
    Runner{on_read, run_read},     Runner{on_write, run_write},           Runner{on_scan, run_scan},
    Runner{on_decode, run_decode}, Runner{on_simulate, run_simulate},     Runner{on_meters, run_meters},
    Runner{on_help, run_help},     Runner{on_pulse_test, run_pulse_test}, Runner{on_dump_profile, run_dump_profile},
};

void print(Io& io, std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), io.out);
}

int fail_with(Io& io, const Error& error) {
    report(io, {}, error);
    return exit_code(error.category);
}

/// What the shells' scripts and the build ask; no subcommands, so that no list shows them.
struct Hidden {
    std::string_view name;
    int (*run)(std::span<const std::string> words, Io& io);
};
constexpr std::array hidden{
    Hidden{"__complete", run_complete},
    Hidden{"__man", run_man},
};

/// -h, --help and --version hold wherever they stand; the shorter one only where --help is not there too.
int answer_without_subcommand(std::span<const std::string> words, Io& io) {
    const auto has = [&](std::string_view word) { return std::ranges::find(words, word) != words.end(); };
    if (has("--version")) {
        print(io, version_line());
        return 0;
    }
    if (has("--help") || has("-h")) {
        print(io, overview(HelpStyle{.whole = has("--help"), .colour = io.colour_out}));
        return 0;
    }
    if (!words.empty()) {
        return fail_with(io, Error{.category = Category::usage,
                                   .what = "no subcommand in \"" + words.front() + "\"",
                                   .where = {},
                                   .hints = {"`meterctl --help`, which lists them"},
                                   .code = "usage.no_subcommand"});
    }
    say(io, overview(HelpStyle{.whole = false, .colour = io.colour_err}));
    return exit_code(Category::usage);
}

int run_subcommand(const Invocation& invocation, Io& io) {
    const CommandSpec& command = *invocation.command;
    const auto arguments = parse(command, invocation.rest, io.environment);
    if (!arguments) { return fail_with(io, arguments.error()); }
    choose_colours(io, arguments->text("--color"));
    io.quiet = arguments->flag("--quiet");
    io.verbose = arguments->flag("--verbose");
    if (arguments->flag("--version")) {
        print(io, version_line());
        return 0;
    }
    if (arguments->flag("--help")) {
        const bool whole = std::ranges::find(invocation.rest, "--help") != invocation.rest.end();
        print(io, command_help(command, HelpStyle{.whole = whole, .colour = io.colour_out}));
        return 0;
    }
    const auto* const runner = std::ranges::find(runners, command.bit, &Runner::bit);
    return runner->run(*arguments, io);
}

/// Whoever reads our output may stop early (`| head`): that is no failure of ours.
int finish_output(Io& io, int code) {
    errno = 0;
    if (std::fflush(io.out) == 0 && std::ferror(io.out) == 0) { return code; }
    if (errno == EPIPE) { return 0; }
    const std::string why = errno == 0 ? "it broke" : std::strerror(errno); // NOLINT(concurrency-mt-unsafe): one thread
    return fail_with(io, Error{.category = Category::endpoint,
                               .what = "cannot write standard output: " + why,
                               .where = {},
                               .hints = {},
                               .code = "output.write"});
}

} // namespace

int dispatch(std::span<const std::string> words, Io& io) {
    choose_colours(io, "auto");
    for (const Hidden& row : hidden) {
        if (!words.empty() && words.front() == row.name) { return finish_output(io, row.run(words.subspan(1), io)); }
    }
    const auto invocation = find_subcommand(words);
    if (!invocation) { return fail_with(io, invocation.error()); }
    const int code =
        invocation->command == nullptr ? answer_without_subcommand(words, io) : run_subcommand(*invocation, io);
    return finish_output(io, code);
}

} // namespace meterctl::commands

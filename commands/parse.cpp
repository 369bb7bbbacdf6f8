// The only file that knows CLI11.
#include "commands/arguments.hpp"

#include "src/core/text.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace meterctl::commands {

namespace {

std::string option_names(const OptionSpec& option) {
    const std::string name(option.name);
    return option.letter == 0 ? name : std::string{'-', option.letter, ','} + name;
}

CLI::Option* bind_option(CLI::App& app, const OptionSpec& option) {
    if (option.kind == Kind::flag) { return app.add_flag(option_names(option)); }
    CLI::Option* bound = app.add_option(option_names(option));
    bound->expected(1)->allow_extra_args(false);
    return option.kind == Kind::list ? bound->multi_option_policy(CLI::MultiOptionPolicy::TakeAll) : bound->take_last();
}

struct Bound {
    const OptionSpec* spec;
    CLI::Option* option;
};

tl::unexpected<Error> usage(const CommandSpec& command, std::string what, std::vector<std::string> hints,
                            std::string_view code) {
    if (hints.empty()) { hints.push_back("`meterctl " + std::string(command.name) + " -h`"); }
    return fail(Category::usage, std::move(what), {}, std::move(hints), std::string(code));
}

tl::unexpected<Error> unknown_option(const CommandSpec& command, std::string_view word) {
    const std::string_view name = word.substr(0, word.find('='));
    std::vector<std::string> known;
    for (const OptionSpec* option : options_of(command)) { known.emplace_back(option->name); }
    return usage(command, "`" + std::string(command.name) + "` has no option " + std::string(name),
                 nearest(name, known, 2), "usage.unknown_option");
}

std::string joined(std::span<const std::string_view> words) {
    std::string text;
    for (const std::string_view word : words) { text += (text.empty() ? "" : ", ") + std::string(word); }
    return text;
}

Result<void> check_choice(const CommandSpec& command, const OptionSpec& option, const std::string& value,
                          std::string_view origin) {
    if (option.choices.empty() || std::ranges::find(option.choices, value) != option.choices.end()) { return {}; }
    const std::vector<std::string> known(option.choices.begin(), option.choices.end());
    return usage(command, std::string(origin) + ": \"" + value + "\" is none of " + joined(option.choices),
                 nearest(to_lower(value), known, 1), "usage.choice");
}

/// Positionals fill up from the left; the last one that takes many takes the rest.
Result<void> place_positionals(Arguments& arguments, const std::vector<std::string>& words) {
    const CommandSpec& command = arguments.command();
    std::size_t next = 0;
    for (const PositionalSpec& positional : command.positionals) {
        const std::size_t count = positional.many ? words.size() - next : std::min<std::size_t>(1, words.size() - next);
        for (std::size_t i = 0; i < count; ++i) { arguments.add(positional.name, words[next + i]); }
        next += count;
        if (count == 0 && positional.required) {
            return usage(command, std::string(positional.name) + " is missing: " + usage_line(command), {},
                         "usage.missing");
        }
    }
    if (next < words.size()) {
        return usage(command, "\"" + words[next] + "\" is one word too many: " + usage_line(command), {},
                     "usage.too_many");
    }
    return {};
}

Result<void> take_option(Arguments& arguments, const OptionSpec& option, const CLI::Option& bound,
                         const Environment& environment) {
    if (bound.count() > 0) {
        const std::vector<std::string>& values = bound.results();
        if (option.kind == Kind::flag) {
            arguments.add(option.name, "true");
            return {};
        }
        for (const std::string& value : values) {
            const auto checked = check_choice(arguments.command(), option, value, option.name);
            if (!checked) { return checked; }
            arguments.add(option.name, value);
        }
        return {};
    }
    if (option.variable.empty() || !environment) { return {}; }
    const auto value = environment(option.variable);
    if (!value) { return {}; }
    const auto checked = check_choice(arguments.command(), option, *value, option.variable);
    if (!checked) { return checked; }
    arguments.add(option.name, *value);
    return {};
}

} // namespace

Result<Arguments> parse(const CommandSpec& command, std::span<const std::string> words,
                        const Environment& environment) {
    CLI::App app;
    app.set_help_flag();
    app.allow_extras();
    std::vector<Bound> bound;
    for (const OptionSpec* option : options_of(command)) { bound.push_back({option, bind_option(app, *option)}); }
    std::vector<std::string> positionals;
    app.add_option("words", positionals);

    std::vector<std::string> reversed(words.rbegin(), words.rend());
    try {
        app.parse(std::move(reversed));
    } catch (const CLI::ArgumentMismatch& error) {
        const std::string_view said = error.what(); // "--meter: 1 required  missing"
        return usage(command, std::string(said.substr(0, said.find(':'))) + " lacks its value", {}, "usage.option");
    } catch (const CLI::ParseError& error) { return usage(command, error.what(), {}, "usage.option"); }
    for (const std::string& extra : app.remaining()) {
        if (extra.size() > 1 && extra[0] == '-') { return unknown_option(command, extra); }
    }
    Arguments arguments(command);
    for (const Bound& row : bound) {
        const auto taken = take_option(arguments, *row.spec, *row.option, environment);
        if (!taken) { return tl::unexpected(taken.error()); }
    }
    if (arguments.flag("--help") || arguments.flag("--version")) { return arguments; }
    const auto placed = place_positionals(arguments, positionals);
    if (!placed) { return tl::unexpected(placed.error()); }
    return arguments;
}

} // namespace meterctl::commands

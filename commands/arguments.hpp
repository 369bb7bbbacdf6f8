// What was typed, checked against the options table: values by option and positional name.
#pragma once

#include "commands/io.hpp"
#include "commands/options.hpp"
#include "src/core/error.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::commands {

class Arguments {
public:
    explicit Arguments(const CommandSpec& command) : command_(&command) {}

    [[nodiscard]] const CommandSpec& command() const { return *command_; }
    /// From the command line or the environment, not the fallback.
    [[nodiscard]] bool given(std::string_view name) const { return values_.contains(name); }
    [[nodiscard]] bool flag(std::string_view name) const { return given(name); }
    /// The value, else the option's fallback, else empty.
    [[nodiscard]] std::string text(std::string_view name) const;
    /// The values of a list option or a positional.
    [[nodiscard]] std::vector<std::string> all(std::string_view name) const;

    void add(std::string_view name, std::string value) { values_[name].push_back(std::move(value)); }

private:
    const CommandSpec* command_;
    std::map<std::string_view, std::vector<std::string>> values_;
};

/// The subcommand a line names, and the rest of the line. `command` is nullptr where none is named.
struct Invocation {
    const CommandSpec* command = nullptr;
    std::vector<std::string> rest;
};

/// Common options may stand before the subcommand. Usage error with the nearest name for an unknown subcommand.
Result<Invocation> find_subcommand(std::span<const std::string> words);

/// Usage errors: unknown options and choices (with the nearest), missing values and positionals. Options that are not
/// given take their environment variable's value.
Result<Arguments> parse(const CommandSpec& command, std::span<const std::string> words, const Environment& environment);

} // namespace meterctl::commands

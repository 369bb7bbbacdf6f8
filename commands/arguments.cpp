#include "commands/arguments.hpp"

#include "src/core/text.hpp"

#include <algorithm>

namespace meterctl::commands {

namespace {

/// True where the word is an option of any subcommand that takes its value from the next word.
bool takes_next_word(std::string_view word) {
    if (word.find('=') != std::string_view::npos) { return false; }
    for (const CommandSpec* command : commands()) {
        const OptionSpec* option = find_option(*command, word);
        if (option != nullptr) { return option->kind != Kind::flag; }
    }
    return false;
}

tl::unexpected<Error> unknown_subcommand(std::string_view word) {
    std::vector<std::string> names;
    for (const CommandSpec* command : commands()) { names.emplace_back(command->name); }
    std::vector<std::string> hints = nearest(word, names, 1);
    if (hints.empty()) { hints.emplace_back("`meterctl --help`, which lists them"); }
    return fail(Category::usage, "no subcommand is named \"" + std::string(word) + "\"", {}, hints,
                "usage.unknown_subcommand");
}

} // namespace

std::string Arguments::text(std::string_view name) const {
    const auto found = values_.find(name);
    if (found != values_.end()) { return found->second.back(); }
    const OptionSpec* option = find_option(*command_, name);
    return option == nullptr ? std::string() : std::string(fallback_of(*command_, *option));
}

std::vector<std::string> Arguments::all(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? std::vector<std::string>() : found->second;
}

Result<Invocation> find_subcommand(std::span<const std::string> words) {
    Invocation invocation;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        const bool option = word.size() > 1 && word[0] == '-';
        if (!option) {
            invocation.command = find_command(word);
            if (invocation.command == nullptr) { return unknown_subcommand(word); }
            const auto rest = words.subspan(i + 1);
            invocation.rest.insert(invocation.rest.end(), rest.begin(), rest.end());
            return invocation;
        }
        invocation.rest.push_back(word);
        if (takes_next_word(word) && i + 1 < words.size()) { invocation.rest.push_back(words[++i]); }
    }
    return invocation;
}

} // namespace meterctl::commands

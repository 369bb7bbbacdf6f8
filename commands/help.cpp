#include "commands/help.hpp"

#include "src/core/text.hpp"

#include <algorithm>

namespace meterctl::commands {

namespace {

constexpr std::size_t width = 100;

std::string heading(std::string_view text, HelpStyle style) {
    return style.colour ? "\x1b[1m" + std::string(text) + "\x1b[0m\n" : std::string(text) + "\n";
}

/// Wraps at blanks; every line starts with `indent` blanks. A word longer than a line stays whole.
std::string wrapped(std::string_view text, std::size_t indent) {
    std::string out;
    std::size_t column = 0;
    for (const std::string_view word : split(text, ' ')) {
        if (column != 0 && column + 1 + word.size() > width) {
            out += "\n";
            column = 0;
        }
        if (column == 0) {
            out.append(indent, ' ');
            column = indent;
        } else {
            out += " ";
            ++column;
        }
        out += word;
        column += word.size();
    }
    return out + "\n";
}

std::string paragraphs(std::string_view text, std::size_t indent) {
    std::string out;
    while (!text.empty()) {
        const std::size_t end = text.find("\n\n");
        out += wrapped(text.substr(0, end), indent);
        if (end == std::string_view::npos) { break; }
        out += "\n";
        text.remove_prefix(end + 2);
    }
    return out;
}

/// "-m, --meter MODEL"
std::string option_usage(const OptionSpec& option) {
    std::string text = option.letter == 0 ? "    " : std::string{'-', option.letter, ',', ' '};
    text += option.name;
    if (option.kind != Kind::flag) { text += " " + std::string(option.value); }
    return text;
}

std::string joined(std::span<const std::string_view> words) {
    std::string text;
    for (const std::string_view word : words) { text += (text.empty() ? "" : ", ") + std::string(word); }
    return text;
}

/// " (json, csv; default json; METERCTL_FORMAT)"
std::string option_limits(const CommandSpec& command, const OptionSpec& option) {
    std::vector<std::string> parts;
    if (!option.choices.empty()) { parts.push_back(joined(option.choices)); }
    const std::string_view fallback = fallback_of(command, option);
    if (!fallback.empty()) { parts.push_back("default " + std::string(fallback)); }
    if (!option.variable.empty()) { parts.push_back("environment " + std::string(option.variable)); }
    std::string text;
    for (const std::string& part : parts) { text += (text.empty() ? " (" : "; ") + part; }
    return text.empty() ? text : text + ")";
}

/// Two columns; a term that is too long for the first gets a line of its own.
std::string two_columns(std::string_view term, std::string_view text, std::size_t column) {
    std::string out = "  " + std::string(term);
    const std::string body = wrapped(text, column);
    if (out.size() + 2 > column) { return out + "\n" + body; }
    return out + body.substr(out.size());
}

std::string short_options(const CommandSpec& command) {
    std::string out;
    for (const OptionSpec* option : options_of(command)) {
        std::string text(option->brief);
        if (!option->choices.empty()) { text += ": " + joined(option->choices); }
        out += two_columns(option_usage(*option), text, 30);
    }
    return out;
}

std::string long_options(const CommandSpec& command) {
    std::string out;
    for (const OptionSpec* option : options_of(command)) {
        out += "  " + option_usage(*option) + "\n";
        out += wrapped(std::string(option->brief) + option_limits(command, *option) + ".", 10);
        if (!option->detail.empty()) { out += wrapped(option->detail, 10); }
        out += "\n";
    }
    return out;
}

std::string examples(const CommandSpec& command, HelpStyle style) {
    std::string out = heading("EXAMPLES", style);
    for (const Example& example : command.examples) {
        out += wrapped(std::string(example.does) + ":", 2) + "    " + std::string(example.line) + "\n";
    }
    return out;
}

} // namespace

std::string overview(HelpStyle style) {
    std::string out = "meterctl speaks to electricity meters: it reads, writes, finds, decodes and simulates them.\n\n";
    out +=
        heading("USAGE", style) + "  meterctl SUBCOMMAND [OPTION...] [ARGUMENT...]\n\n" + heading("SUBCOMMANDS", style);
    for (const CommandSpec* command : commands()) { out += two_columns(command->name, command->brief, 16); }
    out += "\n" + heading("TOPICS", style);
    for (const Topic& topic : topics()) { out += two_columns(topic.name, topic.title, 16); }
    out += "\n" + wrapped("`meterctl SUBCOMMAND -h` is a summary, `meterctl SUBCOMMAND --help` all there is, `meterctl "
                          "help TOPIC` explains a topic.",
                          0);
    if (!style.whole) { return out; }
    out += "\n" + heading("EXAMPLES", style);
    for (const CommandSpec* command : commands()) {
        const Example& example = command->examples.front();
        out += wrapped(std::string(example.does) + ":", 2) + "    " + std::string(example.line) + "\n";
    }
    return out;
}

std::string command_help(const CommandSpec& command, HelpStyle style) {
    std::string out = std::string(command.brief) + ".\n\n";
    out += heading("USAGE", style) + "  " + usage_line(command) + "\n\n";
    if (style.whole) { out += paragraphs(command.detail, 0) + "\n"; }
    if (!command.positionals.empty()) { out += heading("ARGUMENTS", style); }
    for (const PositionalSpec& positional : command.positionals) {
        out += two_columns(positional.name, positional.brief, style.whole ? 16 : 30);
    }
    out += "\n" + heading("OPTIONS", style) + (style.whole ? long_options(command) : short_options(command));
    if (style.whole) { out += examples(command, style); }
    return out;
}

std::string topic_help(const Topic& topic, HelpStyle style) {
    std::string out = std::string(topic.title) + ".\n\n";
    std::size_t longest = 0;
    for (const TopicRow& row : topic.rows()) { longest = std::max(longest, row.term.size()); }
    const std::size_t column = std::min<std::size_t>(longest + 4, 20);
    for (const TopicRow& row : topic.rows()) {
        out += row.term.empty() ? wrapped(row.text, 0) + "\n" : two_columns(row.term, row.text, column);
    }
    if (style.whole) { out += "\n"; }
    return out;
}

} // namespace meterctl::commands

#include "commands/man.hpp"

#include "commands/topics.hpp"
#include "commands/version.hpp"
#include "src/core/text.hpp"

#include <filesystem>
#include <fstream>

namespace meterctl::commands {

namespace {

/// The day of the version's texts; pages built twice are the same.
constexpr std::string_view page_date = "2026-11-21";

/// Text as man(7) takes it: `code` becomes bold, hyphens stay what they are, no line begins as a request.
std::string escaped(std::string_view text) {
    std::string out;
    bool bold = false;
    for (const char c : text) {
        switch (c) {
        case '\\':
            out += "\\e";
            break;
        case '-':
            out += "\\-";
            break;
        case '\'':
            out += "\\(aq";
            break;
        case '^':
            out += "\\(ha";
            break;
        case '~':
            out += "\\(ti";
            break;
        case '`':
            bold = !bold;
            out += bold ? "\\fB" : "\\fR";
            break;
        default:
            out += c;
        }
    }
    return out.starts_with('.') ? "\\&" + out : out;
}

/// Escaped text in lines that an editor shows whole.
std::string filled(std::string_view text) {
    constexpr std::size_t width = 78;
    const std::string all = escaped(text);
    std::string out;
    std::size_t column = 0;
    for (const std::string_view word : split(all, ' ')) {
        if (column != 0 && column + 1 + word.size() > width) {
            out += "\n";
            column = 0;
        }
        const std::string_view front = column != 0 ? " " : word.starts_with('.') && !out.empty() ? "\\&" : "";
        out += std::string(front) + std::string(word);
        column += front.size() + word.size();
    }
    return out + "\n";
}

std::string heading(std::string_view page, std::string_view brief) {
    std::string upper;
    for (const char c : page) { upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
    std::string version = version_line();
    version.pop_back();
    return ".TH " + upper + " 1 " + std::string(page_date) + " \"" + version + "\"\n.SH NAME\n" + escaped(page) +
           " \\- " + escaped(brief) + "\n";
}

std::string section(std::string_view title) {
    return ".SH " + std::string(title) + "\n";
}

std::string paragraphs(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t end = text.find("\n\n");
        if (!out.empty()) { out += ".PP\n"; }
        out += filled(text.substr(0, end));
        if (end == std::string_view::npos) { break; }
        text.remove_prefix(end + 2);
    }
    return out;
}

std::string item(std::string_view term, std::string_view text) {
    return ".TP\n\\fB" + escaped(term) + "\\fR\n" + filled(text);
}

std::string lower_first(std::string_view text) {
    std::string out(text);
    if (out.size() > 1 && out[0] >= 'A' && out[0] <= 'Z' && out[1] >= 'a') { out[0] = static_cast<char>(out[0] + 32); }
    return out;
}

std::string synopsis(const CommandSpec& command) {
    std::string out = "\\fBmeterctl " + escaped(command.name) + "\\fR [\\fIOPTION\\fR...]";
    for (const PositionalSpec& positional : command.positionals) {
        const std::string name = "\\fI" + escaped(positional.name) + "\\fR" + (positional.many ? "..." : "");
        out += positional.required ? " " + name : " [" + name + "]";
    }
    return out + "\n";
}

std::string joined(std::span<const std::string_view> words) {
    std::string text;
    for (const std::string_view word : words) { text += (text.empty() ? "" : ", ") + std::string(word); }
    return text;
}

std::string option_entry(const CommandSpec& command, const OptionSpec& option) {
    std::string out = ".TP\n";
    if (option.letter != 0) { out += "\\fB\\-" + std::string(1, option.letter) + "\\fR, "; }
    out += "\\fB" + escaped(option.name) + "\\fR";
    if (option.kind != Kind::flag) { out += " \\fI" + escaped(option.value) + "\\fR"; }
    std::string text = std::string(option.brief) + ".";
    if (!option.detail.empty()) { text += " " + std::string(option.detail); }
    if (!option.choices.empty()) { text += " One of " + joined(option.choices) + "."; }
    const std::string_view fallback = fallback_of(command, option);
    if (!fallback.empty()) { text += " The default is " + std::string(fallback) + "."; }
    if (!option.variable.empty()) {
        text += " The environment variable " + std::string(option.variable) + " sets it, too.";
    }
    return out + "\n" + filled(text);
}

std::string examples(const CommandSpec& command) {
    std::string out;
    for (const Example& example : command.examples) {
        out += (out.empty() ? "" : ".PP\n") + escaped(example.does) + ":\n.PP\n.in +4n\n.nf\n$ " +
               escaped(example.line) + "\n.fi\n.in\n";
    }
    return out;
}

std::string see_also(std::string_view self) {
    std::string out = section("SEE ALSO");
    for (const std::string& name : man_page_names()) {
        if (name != self) { out += ".BR " + escaped(name) + " (1),\n"; }
    }
    return out + ".BR meterctl\\-meters (5)\n";
}

std::string command_page(const CommandSpec& command) {
    const std::string name = "meterctl-" + std::string(command.name);
    std::string out = heading(name, lower_first(command.brief));
    out += section("SYNOPSIS") + synopsis(command) + section("DESCRIPTION") + paragraphs(command.detail);
    for (const PositionalSpec& positional : command.positionals) { out += item(positional.name, positional.brief); }
    out += section("OPTIONS");
    for (const OptionSpec* option : options_of(command)) { out += option_entry(command, *option); }
    out += section("EXIT STATUS") + filled("As `meterctl help exit-codes` lists them.");
    return out + section("EXAMPLES") + examples(command) + see_also(name);
}

std::string topic_section(const Topic& topic) {
    std::string title;
    for (const char c : topic.name) { title += c == '-' ? ' ' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
    std::string out = section(title) + escaped(topic.title) + ".\n";
    for (const TopicRow& row : topic.rows()) {
        out += row.term.empty() ? ".PP\n" + filled(row.text) : item(row.term, row.text);
    }
    return out;
}

std::string overview_page() {
    std::string out = heading("meterctl", "speaks to electricity meters");
    out += section("SYNOPSIS") + "\\fBmeterctl\\fR \\fISUBCOMMAND\\fR [\\fIOPTION\\fR...] [\\fIARGUMENT\\fR...]\n";
    out += section("DESCRIPTION") +
           escaped("`meterctl` reads, writes, finds, decodes and simulates electricity meters.") + "\n" +
           section("SUBCOMMANDS");
    for (const CommandSpec* command : commands()) { out += item(command->name, std::string(command->brief) + "."); }
    for (const Topic& topic : topics()) { out += topic_section(topic); }
    out += section("EXAMPLES");
    bool first = true;
    for (const CommandSpec* command : commands()) {
        const Example& example = command->examples.front();
        out += (first ? "" : ".PP\n") + escaped(example.does) + ":\n.PP\n.in +4n\n.nf\n$ " + escaped(example.line) +
               "\n.fi\n.in\n";
        first = false;
    }
    return out + see_also("meterctl");
}

} // namespace

std::vector<std::string> man_page_names() {
    std::vector<std::string> names{"meterctl"};
    for (const CommandSpec* command : commands()) { names.push_back("meterctl-" + std::string(command->name)); }
    return names;
}

std::string man_page(std::string_view name) {
    if (name == "meterctl") { return overview_page(); }
    constexpr std::string_view prefix = "meterctl-";
    const CommandSpec* command = name.starts_with(prefix) ? find_command(name.substr(prefix.size())) : nullptr;
    return command == nullptr ? std::string() : command_page(*command);
}

int run_man(std::span<const std::string> words, Io& io) {
    if (words.size() == 2 && words[0] == "--to") {
        std::error_code trouble;
        std::filesystem::create_directories(words[1], trouble);
        for (const std::string& name : man_page_names()) {
            std::ofstream file(words[1] + "/" + name + ".1", std::ios::binary | std::ios::trunc);
            file << man_page(name);
            if (!file.flush()) { return exit_code(Category::endpoint); }
        }
        return 0;
    }
    const std::string page = words.size() == 1 ? man_page(words[0]) : std::string();
    std::fwrite(page.data(), 1, page.size(), io.out);
    return page.empty() ? exit_code(Category::usage) : 0;
}

} // namespace meterctl::commands

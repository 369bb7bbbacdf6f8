#include "commands/complete.hpp"

#include "commands/candidates.hpp"
#include "commands/places.hpp"

#include <algorithm>

namespace meterctl::commands {

namespace {

/// The finished words, sorted out as far as possible: an unfinished line need not be right.
struct Line {
    const CommandSpec* command = nullptr;
    const OptionSpec* open = nullptr; ///< the option whose value the unfinished word is
    bool only_positionals = false;    ///< behind `--`
    std::vector<std::string> positionals;
    std::vector<std::pair<const OptionSpec*, std::string>> options;

    [[nodiscard]] bool given(const OptionSpec& option) const {
        return std::ranges::any_of(options, [&](const auto& pair) { return pair.first == &option; });
    }
    [[nodiscard]] std::string value(std::string_view name) const {
        std::string found;
        for (const auto& [option, text] : options) {
            if (option->name == name) { found = text; }
        }
        return found;
    }
};

/// Before the subcommand only the common options are known.
const OptionSpec* known_option(const Line& line, std::string_view word) {
    if (line.command != nullptr) { return find_option(*line.command, word); }
    for (const OptionSpec& option : common_options()) {
        const bool short_form = option.letter != 0 && word.size() == 2 && word[0] == '-' && word[1] == option.letter;
        if (option.name == word || short_form) { return &option; }
    }
    return nullptr;
}

void take_word(Line& line, const std::string& word) {
    if (line.open != nullptr) {
        line.options.emplace_back(line.open, word);
        line.open = nullptr;
        return;
    }
    if (word == "--" && !line.only_positionals) {
        line.only_positionals = true;
        return;
    }
    if (word.size() < 2 || word[0] != '-' || line.only_positionals) {
        if (line.command == nullptr) {
            line.command = find_command(word);
        } else {
            line.positionals.push_back(word);
        }
        return;
    }
    const std::size_t equals = word.find('=');
    const OptionSpec* option = known_option(line, std::string_view(word).substr(0, equals));
    if (option == nullptr) { return; }
    if (option->kind == Kind::flag || equals != std::string::npos) {
        line.options.emplace_back(option, equals == std::string::npos ? std::string() : word.substr(equals + 1));
    } else {
        line.open = option;
    }
}

/// "pro380-mod" of "sim://pro380-mod?speed=0"
std::string simulated_model(const std::string& target) {
    constexpr std::string_view scheme = "sim://";
    if (!target.starts_with(scheme)) { return {}; }
    return target.substr(scheme.size(), target.find_first_of("?/", scheme.size()) - scheme.size());
}

Context context_of(const Line& line, std::string unfinished, const Io& io) {
    Context context;
    context.unfinished = std::move(unfinished);
    context.inventory = line.value("--inventory");
    if (context.inventory.empty()) { context.inventory = default_inventory(io.environment); }
    for (const auto& [option, text] : line.options) {
        if (option->name == "--meter-file") { context.meter_files.push_back(text); }
    }
    context.model = line.value("--meter");
    if (context.model.empty() && !line.positionals.empty()) {
        context.model = simulated_model(line.positionals.front());
    }
    if (context.model.empty()) { context.model = io.environment("METERCTL_METER").value_or(""); }
    return context;
}

Completion option_names(const Line& line) {
    Completion all;
    std::vector<const OptionSpec*> known;
    if (line.command != nullptr) {
        known = options_of(*line.command);
    } else {
        for (const OptionSpec& option : common_options()) {
            if (option.on == on_all) { known.push_back(&option); }
        }
    }
    for (const OptionSpec* option : known) {
        if (option->kind != Kind::list && line.given(*option)) { continue; }
        all.candidates.push_back({std::string(option->name), std::string(option->brief)});
    }
    return all;
}

Completion subcommand_names() {
    Completion all;
    for (const CommandSpec* command : commands()) {
        all.candidates.push_back({std::string(command->name), std::string(command->brief)});
    }
    return all;
}

Completion positional_values(const Line& line, const Context& context, const Io& io) {
    const auto positionals = line.command->positionals;
    if (positionals.empty()) { return {}; }
    const std::size_t place = std::min(line.positionals.size(), positionals.size() - 1);
    const PositionalSpec& positional = positionals[place];
    if (line.positionals.size() > place && !positional.many) { return {}; }
    return candidates(positional.completes, {}, context, io);
}

/// Candidates for the value behind "--name=" get that in front again.
Completion value_behind_equals(const Line& line, const std::string& word, std::size_t equals, const Io& io) {
    const OptionSpec* option = known_option(line, std::string_view(word).substr(0, equals));
    if (option == nullptr || option->kind == Kind::flag) { return {}; }
    const Context context = context_of(line, word.substr(equals + 1), io);
    Completion values = candidates(option->completes, option->choices, context, io);
    for (Candidate& candidate : values.candidates) { candidate.text.insert(0, word, 0, equals + 1); }
    return values;
}

Completion all_of(const Line& line, const std::string& word, const Io& io) {
    if (line.open != nullptr) {
        return candidates(line.open->completes, line.open->choices, context_of(line, word, io), io);
    }
    const bool option = word.starts_with('-') && !line.only_positionals;
    const std::size_t equals = word.find('=');
    if (option && equals != std::string::npos) { return value_behind_equals(line, word, equals, io); }
    if (option) { return option_names(line); }
    if (line.command == nullptr) { return subcommand_names(); }
    return positional_values(line, context_of(line, word, io), io);
}

} // namespace

Completion complete(std::span<const std::string> words, const Io& io) {
    const std::string word = words.empty() ? std::string() : words.back();
    Line line;
    for (std::size_t i = 0; i + 1 < words.size(); ++i) { take_word(line, words[i]); }
    Completion all = all_of(line, word, io);
    std::erase_if(all.candidates, [&](const Candidate& candidate) { return !candidate.text.starts_with(word); });
    return all;
}

int run_complete(std::span<const std::string> words, Io& io) {
    const bool finished = words.empty() || words.front() != "--";
    if (finished) {
        const std::string_view script = words.empty() ? std::string_view() : completion_script(words.front());
        std::fwrite(script.data(), 1, script.size(), io.out);
        return script.empty() ? exit_code(Category::usage) : 0;
    }
    const Completion completion = complete(words.subspan(1), io);
    std::string text;
    for (const Candidate& candidate : completion.candidates) { text += candidate.text + "\t" + candidate.help + "\n"; }
    text += ":";
    if (completion.files) { text += " files"; }
    if (completion.no_space) { text += " nospace"; }
    text += "\n";
    std::fwrite(text.data(), 1, text.size(), io.out);
    return 0;
}

} // namespace meterctl::commands

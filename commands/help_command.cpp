// `meterctl help [TOPIC]`
#include "commands/help.hpp"
#include "commands/subcommands.hpp"
#include "src/core/text.hpp"

namespace meterctl::commands {

namespace {

Error unknown_topic(const std::string& name) {
    std::vector<std::string> known;
    for (const CommandSpec* command : commands()) { known.emplace_back(command->name); }
    for (const Topic& topic : topics()) { known.emplace_back(topic.name); }
    std::vector<std::string> hints = nearest(name, known, 2);
    if (hints.empty()) { hints.emplace_back("`meterctl help`, which lists them"); }
    return Error{.category = Category::usage,
                 .what = "there is no help on \"" + name + "\"",
                 .where = {},
                 .hints = std::move(hints),
                 .code = "usage.unknown_topic"};
}

} // namespace

int run_help(const Arguments& arguments, Io& io) {
    const HelpStyle style{.whole = true, .colour = io.colour_out};
    const std::string name = arguments.text("TOPIC");
    std::string text;
    if (name.empty()) {
        text = overview(style);
    } else if (const Topic* topic = find_topic(name); topic != nullptr) {
        text = topic_help(*topic, style);
    } else if (const CommandSpec* command = find_command(name); command != nullptr) {
        text = command_help(*command, style);
    } else {
        report(io, {}, unknown_topic(name));
        return exit_code(Category::usage);
    }
    std::fwrite(text.data(), 1, text.size(), io.out);
    return 0;
}

} // namespace meterctl::commands

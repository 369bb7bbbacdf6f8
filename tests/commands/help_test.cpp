#include "commands/help.hpp"

#include <algorithm>
#include <doctest/doctest.h>
#include <set>

using namespace meterctl::commands;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

std::size_t longest_line(const std::string& text) {
    std::size_t longest = 0, begin = 0;
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        longest = std::max(longest, end - begin);
        begin = end + 1;
    }
    return longest;
}

} // namespace

TEST_CASE("the overview names every subcommand and topic") {
    const std::string text = overview({});
    for (const CommandSpec* command : commands()) { CHECK(contains(text, command->brief)); }
    for (const Topic& topic : topics()) { CHECK(contains(text, topic.title)); }
}

TEST_CASE("the summary has every option, the whole help its examples too") {
    for (const CommandSpec* command : commands()) {
        const std::string summary = command_help(*command, {});
        const std::string whole = command_help(*command, {.whole = true, .colour = false});
        for (const OptionSpec* option : options_of(*command)) {
            CHECK(contains(summary, option->name));
            CHECK(contains(whole, option->name));
        }
        for (const Example& example : command->examples) { CHECK(contains(whole, example.line)); }
        CHECK_MESSAGE(longest_line(summary) <= 100, command->name);
    }
}

TEST_CASE("colour is used only where it is asked for") {
    const CommandSpec& command = *commands().front();
    CHECK_FALSE(contains(command_help(command, {.whole = true, .colour = false}), "\x1b"));
    CHECK(contains(command_help(command, {.whole = true, .colour = true}), "\x1b[1m"));
}

TEST_CASE("no subcommand has two options of one name or letter") {
    for (const CommandSpec* command : commands()) {
        std::set<std::string_view> names;
        std::set<char> letters;
        for (const OptionSpec* option : options_of(*command)) {
            CHECK_MESSAGE(names.insert(option->name).second, option->name);
            if (option->letter != 0) { CHECK_MESSAGE(letters.insert(option->letter).second, option->name); }
        }
    }
}

TEST_CASE("texts of the table are complete and end without a stop") {
    for (const CommandSpec* command : commands()) {
        CHECK_FALSE(command->examples.empty());
        for (const OptionSpec* option : options_of(*command)) {
            CHECK_FALSE(option->brief.empty());
            CHECK_MESSAGE(!option->brief.ends_with('.'), option->name);
            CHECK_MESSAGE((option->kind == Kind::flag) == option->value.empty(), option->name);
        }
    }
}

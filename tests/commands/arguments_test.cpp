#include "commands/arguments.hpp"
#include "commands/table/table.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::commands;

namespace {

std::optional<std::string> no_variables(std::string_view) {
    return std::nullopt;
}

Result<Arguments> parse_words(const CommandSpec& command, const std::vector<std::string>& words,
                              const Environment& environment = no_variables) {
    return parse(command, words, environment);
}

} // namespace

TEST_CASE("options may stand before, between and after the positionals") {
    const std::vector<std::vector<std::string>> lines{
        {"-m", "pro380-mod", "sim:", "voltage_l1", "active_power"},
        {"sim:", "--meter=pro380-mod", "voltage_l1", "active_power"},
        {"sim:", "voltage_l1", "active_power", "-mpro380-mod"},
    };
    for (const auto& words : lines) {
        const auto arguments = parse_words(table::read, words);
        REQUIRE(arguments.has_value());
        CHECK(arguments->text("--meter") == "pro380-mod");
        CHECK(arguments->text("TARGET") == "sim:");
        CHECK(arguments->all("POINT") == std::vector<std::string>{"voltage_l1", "active_power"});
    }
}

TEST_CASE("the last of a repeated option holds, and a list keeps all") {
    const auto arguments =
        parse_words(table::read, {"sim:", "-m", "a", "-m", "b", "--meter-file", "x", "--meter-file", "y"});
    REQUIRE(arguments.has_value());
    CHECK(arguments->text("--meter") == "b");
    CHECK(arguments->all("--meter-file") == std::vector<std::string>{"x", "y"});
}

TEST_CASE("the command line wins over the environment, which wins over the fallback") {
    const Environment environment = [](std::string_view name) -> std::optional<std::string> {
        if (name == "METERCTL_FORMAT") { return "csv"; }
        return std::nullopt;
    };
    CHECK(parse_words(table::read, {"sim:"})->text("--format") == "json");
    CHECK(parse_words(table::read, {"sim:"}, environment)->text("--format") == "csv");
    CHECK(parse_words(table::read, {"sim:", "-f", "table"}, environment)->text("--format") == "table");
}

TEST_CASE("wrong usage says what is wrong and what was meant") {
    struct Row {
        const CommandSpec* command;
        std::vector<std::string> words;
        std::string what;
        std::string hint;
    };
    const std::vector<Row> rows{
        {&table::read, {"sim:", "--metre", "x"}, "no option --metre", "--meter"},
        {&table::read, {"sim:", "-f", "cvs"}, "--format: \"cvs\" is none of json, ndjson, csv, table", "csv"},
        {&table::read, {}, "TARGET is missing", "meterctl read -h"},
        {&table::read, {"sim:", "-m"}, "--meter lacks its value", "meterctl read -h"},
        {&table::scan, {"sim:", "more"}, "\"more\" is one word too many", "meterctl scan -h"},
        {&table::write, {"sim:"}, "POINT=VALUE is missing", "meterctl write -h"},
    };
    for (const Row& row : rows) {
        const auto arguments = parse_words(*row.command, row.words);
        REQUIRE_FALSE(arguments.has_value());
        CHECK(arguments.error().category == Category::usage);
        CHECK_MESSAGE(arguments.error().what.find(row.what) != std::string::npos, arguments.error().what);
        CHECK_MESSAGE(describe(arguments.error()).find(row.hint) != std::string::npos, describe(arguments.error()));
    }
}

TEST_CASE("an environment variable with a wrong value is named") {
    const Environment environment = [](std::string_view name) -> std::optional<std::string> {
        if (name == "METERCTL_FORMAT") { return "yaml"; }
        return std::nullopt;
    };
    const auto arguments = parse_words(table::read, {"sim:"}, environment);
    REQUIRE_FALSE(arguments.has_value());
    CHECK(arguments.error().what.find("METERCTL_FORMAT") != std::string::npos);
}

TEST_CASE("negative numbers and a lone dash are values, not options") {
    const auto negative = parse_words(table::write, {"sim:", "x=-5"});
    REQUIRE(negative.has_value());
    CHECK(negative->all("POINT=VALUE") == std::vector<std::string>{"x=-5"});
    const auto dash = parse_words(table::decode, {"-"});
    REQUIRE(dash.has_value());
    CHECK(dash->all("INPUT") == std::vector<std::string>{"-"});
}

TEST_CASE("--help needs no positionals") {
    const auto arguments = parse_words(table::read, {"--help"});
    REQUIRE(arguments.has_value());
    CHECK(arguments->flag("--help"));
}

TEST_CASE("common options may stand before the subcommand") {
    const auto invocation = find_subcommand(std::vector<std::string>{"--color", "never", "help", "points"});
    REQUIRE(invocation.has_value());
    REQUIRE(invocation->command != nullptr);
    CHECK(invocation->command->name == "help");
    CHECK(invocation->rest == std::vector<std::string>{"--color", "never", "points"});
}

TEST_CASE("an unknown subcommand gets the nearest") {
    const auto invocation = find_subcommand(std::vector<std::string>{"hlep"});
    REQUIRE_FALSE(invocation.has_value());
    CHECK(invocation.error().hints == std::vector<std::string>{"help"});
}

#include "commands/man.hpp"
#include "commands/topics.hpp"

#include <doctest/doctest.h>

using namespace meterctl::commands;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// As it stands in a page: man(7) wants hyphens escaped.
std::string hyphens_escaped(std::string_view text) {
    std::string out;
    for (const char c : text) { out += c == '-' ? std::string("\\-") : std::string(1, c); }
    return out;
}

} // namespace

TEST_CASE("every subcommand has a page with all its options and examples") {
    for (const CommandSpec* command : commands()) {
        const std::string page = man_page("meterctl-" + std::string(command->name));
        REQUIRE_FALSE(page.empty());
        for (const OptionSpec* option : options_of(*command)) {
            CHECK_MESSAGE(contains(page, "\\fB" + hyphens_escaped(option->name) + "\\fR"), option->name);
        }
        CHECK(contains(page, ".SH EXAMPLES\n"));
    }
}

TEST_CASE("the page of the program lists the subcommands and holds every topic") {
    const std::string page = man_page("meterctl");
    for (const CommandSpec* command : commands()) { CHECK(contains(page, hyphens_escaped(command->name))); }
    for (const Topic& topic : topics()) { CHECK_MESSAGE(contains(page, topic.title), topic.name); }
}

TEST_CASE("no line of a page begins as a request by accident") {
    for (const std::string& name : man_page_names()) {
        const std::string page = man_page(name);
        std::size_t begin = 0;
        while (begin < page.size()) {
            const std::size_t end = page.find('\n', begin);
            const std::string line = page.substr(begin, end - begin);
            CHECK_MESSAGE((line.empty() || line[0] != '\''), line);
            if (!line.empty() && line[0] == '.') { CHECK_MESSAGE((line.size() > 1 && line[1] != '.'), line); }
            begin = end + 1;
        }
    }
}

TEST_CASE("there is no page of an unknown name") {
    CHECK(man_page("meterctl-dance").empty());
    CHECK(man_page("read").empty());
}

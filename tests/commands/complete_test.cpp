#include "commands/complete.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace meterctl::commands;

namespace {

Completion complete_line(const std::vector<std::string>& words) {
    Io io;
    io.environment = [](std::string_view) { return std::nullopt; };
    return complete(words, io);
}

std::vector<std::string> texts(const Completion& completion) {
    std::vector<std::string> all;
    for (const Candidate& candidate : completion.candidates) { all.push_back(candidate.text); }
    return all;
}

bool offers(const std::vector<std::string>& words, const std::string& text) {
    const auto all = texts(complete_line(words));
    return std::ranges::find(all, text) != all.end();
}

using Words = std::vector<std::string>;

} // namespace

TEST_CASE("only what starts with the unfinished word is offered") {
    CHECK(texts(complete_line({"rea"})) == Words{"read"});
    CHECK(texts(complete_line({"read", "sim:", "--format", "n"})) == Words{"ndjson"});
    CHECK(texts(complete_line({"read", "sim:", "--format=n"})) == Words{"--format=ndjson"});
    CHECK(texts(complete_line({"read", "-f", "c"})) == Words{"csv"});
}

TEST_CASE("an option that was given is not offered again, unless it may be") {
    CHECK_FALSE(offers({"read", "-m", "pro380-mod", "--"}, "--meter"));
    CHECK(offers({"read", "--meter-file", "x", "--"}, "--meter-file"));
    CHECK_FALSE(offers({"read", "--", "--"}, "--meter"));
}

TEST_CASE("points come from the model that the line names") {
    CHECK(offers({"read", "sim:", "-m", "pro380-mod", "volt"}, "voltage_l1"));
    CHECK(offers({"read", "sim://pro380-mod?speed=0", "volt"}, "voltage_l1"));
    CHECK_FALSE(offers({"read", "sim:", "volt"}, "voltage_l1"));
    CHECK(offers({"read", "sim:", "-m", "pro380-mod", "ener"}, "energy"));
}

TEST_CASE("assignments offer what can be written, and then its choices") {
    const Words line{"write", "sim:", "-m", "pro380-mod"};
    const auto with = [&](const std::string& word) {
        Words words = line;
        words.push_back(word);
        return words;
    };
    CHECK(offers(with("par"), "parity="));
    CHECK_FALSE(offers(with("volt"), "voltage_l1="));
    CHECK(texts(complete_line(with("parity="))) == Words{"parity=1", "parity=2", "parity=3"});
    CHECK(complete_line(with("par")).no_space);
}

TEST_CASE("endpoints complete down to their options") {
    CHECK(offers({"read", "tc"}, "tcp://"));
    CHECK(offers({"read", "sim:?spe"}, "sim:?speed="));
    CHECK(offers({"read", "serial:///dev/ttyUSB0?baud=9600&fr"}, "serial:///dev/ttyUSB0?baud=9600&frame="));
    CHECK(offers({"scan", "sim://dts"}, "sim://dts307-modbus"));
    CHECK(offers({"pulse-test", "li"}, "line:///dev/"));
    CHECK(offers({"pulse-test", "sim://pro380-mod?bou"}, "sim://pro380-mod?bounce="));
    CHECK(offers({"pulse-test", "sim://pro380-mod", "--output", "rev"}, "reverse"));
    CHECK(offers({"simulate", "--unit", "7=pro380-mod-"}, "7=pro380-mod-v1"));
}

TEST_CASE("files are left to the shell") {
    CHECK(complete_line({"decode", "x"}).files);
    CHECK(complete_line({"read", "-o", ""}).files);
    CHECK_FALSE(complete_line({"read", ""}).files);
}

TEST_CASE("a line that cannot be right offers nothing, and does no harm") {
    for (const Words& words : {Words{}, Words{"nonsense", "x"}, Words{"read", "--nonsense", "--nonsense=", "-"},
                               Words{"scan", "sim:", "one too many"}, Words{"read", "-m"}, Words{"--", "--"}}) {
        CHECK_NOTHROW(complete_line(words));
    }
}

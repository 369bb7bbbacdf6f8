#include "commands/decode_input.hpp"
#include "src/core/hex.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::commands;

TEST_CASE("words of hex are one input, however they are parted") {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"01 03 50 02"}, {"01", "03", "50", "02"}, {"0103", "5002"}, {"01:03:50:02"}}) {
        const auto inputs = decode_inputs(words);
        REQUIRE(inputs.has_value());
        REQUIRE(inputs->size() == 1);
        REQUIRE(inputs->front().typed.has_value());
        CHECK(to_hex(*inputs->front().typed) == "01 03 50 02");
    }
}

TEST_CASE("a frame of Modbus ASCII is taken as its own characters, with the end that nobody types") {
    const auto inputs = decode_inputs(std::vector<std::string>{":010350020002A8"});
    REQUIRE(inputs.has_value());
    const Bytes& octets = inputs->front().typed.value();
    CHECK(std::string(octets.begin(), octets.end()) == ":010350020002A8\r\n");
}

TEST_CASE("files, standard input and endpoints stand for themselves") {
    const std::string file = METERCTL_SOURCE_DIR "/LICENSE";
    const auto inputs = decode_inputs(std::vector<std::string>{"01 03", file, "-", "tcp-listen://127.0.0.1:0"});
    REQUIRE(inputs.has_value());
    REQUIRE(inputs->size() == 4);
    CHECK(inputs->at(0).typed.has_value());
    CHECK(inputs->at(1).path == file);
    CHECK(inputs->at(2).path == "-");
    CHECK(inputs->at(3).endpoint.has_value());
}

TEST_CASE("a device may have settings, and may be missing") {
    for (const std::string word :
         {"/dev/null", "/dev/null?baud=9600", "/dev/no-such-line", "/dev/no-such-line?baud=300"}) {
        const auto inputs = decode_inputs(std::vector<std::string>{word});
        REQUIRE_MESSAGE(inputs.has_value(), word);
        CHECK(inputs->front().endpoint.has_value());
    }
}

TEST_CASE("no word is standard input") {
    const auto inputs = decode_inputs({});
    REQUIRE(inputs.has_value());
    REQUIRE(inputs->size() == 1);
    CHECK(inputs->front().path == "-");
}

TEST_CASE("what is neither file nor hex is a usage error") {
    for (const std::string word : {"no-such-file.pcap", "01 0", "01 XY", "tpc://1"}) {
        const auto inputs = decode_inputs(std::vector<std::string>{word});
        REQUIRE_FALSE_MESSAGE(inputs.has_value(), word);
        CHECK(inputs.error().category == Category::usage);
    }
}

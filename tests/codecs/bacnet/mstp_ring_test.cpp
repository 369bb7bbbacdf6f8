// Rings of our own nodes, and the receive machine on damaged lines, in virtual time.
#include "codecs/bacnet/mstp_receiver.hpp"
#include "src/core/crc.hpp"
#include "tests/codecs/bacnet/mstp_line.hpp"
#include "tests/codecs/bacnet/vectors.hpp"

#include <array>
#include <doctest/doctest.h>

using namespace mstp_line;
using bacnet_vectors::octets;

namespace {

constexpr std::array<std::uint8_t, 3> ring{1, 4, 7};

MasterSettings station(std::uint8_t address, unsigned baud = 38400) {
    MasterSettings made;
    made.station = address;
    made.max_master = 10;
    made.baud = baud;
    return made;
}

unsigned tokens_to(const Line& line, std::uint8_t address, std::size_t from = 0) {
    unsigned count = 0;
    for (std::size_t at = from; at < line.spoken.size(); ++at) {
        const auto& frame = line.spoken[at].frame;
        count += frame.type == 0 && frame.destination == address ? 1U : 0U;
    }
    return count;
}

void three(Line& line, unsigned baud = 38400) {
    for (const auto address : ring) { line.add(station(address, baud)); }
    line.run(std::chrono::seconds(3));
}

} // namespace

TEST_CASE("MS/TP: three nodes form a ring at every baud rate, and nobody speaks into another's words") {
    for (const unsigned baud : {9600U, 19200U, 38400U, 57600U, 76800U, 115200U}) {
        CAPTURE(baud);
        Line line;
        three(line, baud);
        CHECK(line.collisions == 0);
        const auto from = line.spoken.size();
        line.run(std::chrono::seconds(2));
        CHECK(line.collisions == 0);
        for (const auto address : ring) { CHECK(tokens_to(line, address, from) > 20); }
        CHECK(line.find(1)->next_station() == 4);
        CHECK(line.find(4)->next_station() == 7);
        CHECK(line.find(7)->next_station() == 1);
    }
}

TEST_CASE("MS/TP: the node of the lowest address makes the first token, in its slot") {
    Line line;
    line.add(station(3));
    line.add(station(5));
    line.run(milliseconds(600));
    REQUIRE_FALSE(line.spoken.empty());
    CHECK(line.spoken.front().frame.source == 3);
    CHECK(line.spoken.front().begin - start == milliseconds(530));
}

TEST_CASE("MS/TP: a lost token is passed once more, and the ring goes on within Tusage_timeout") {
    Line line;
    three(line);
    line.lose_next(FrameType::token);
    const auto from = line.spoken.size();
    line.run(milliseconds(300));
    Duration longest{};
    for (std::size_t at = from + 1; at < line.spoken.size(); ++at) {
        longest = std::max(longest, line.spoken[at].begin - line.spoken[at - 1].begin);
    }
    CHECK(longest < milliseconds(35) + milliseconds(5));
    CHECK(line.collisions == 0);
    for (const auto address : ring) { CHECK(tokens_to(line, address, from) > 5); }
}

TEST_CASE("MS/TP: a token that dies with its holder is made anew within the standard's bound") {
    Line line;
    three(line);
    while (line.find(4)->state() != MasterNode::State::use_token && line.spoken.back().frame.destination != 4) {
        line.run(std::chrono::microseconds(200));
    }
    line.remove(4);
    const auto died = line.now;
    const auto from = line.spoken.size();
    line.run(std::chrono::seconds(2));
    // the token is passed again, and then on past the dead node, before anybody's Tno_token ends
    REQUIRE(line.spoken.size() > from);
    Duration longest = line.spoken[from].begin - died;
    for (std::size_t at = from + 1; at < line.spoken.size(); ++at) {
        longest = std::max(longest, line.spoken[at].begin - line.spoken[at - 1].begin);
    }
    CHECK(longest <= milliseconds(500) + milliseconds(10) * 7 + milliseconds(10));
    CHECK(line.find(1)->next_station() == 7);
    CHECK(tokens_to(line, 7, from) > 20);
    CHECK(line.collisions == 0);
}

TEST_CASE("MS/TP: with the token gone for good, the lowest node makes one after Tno_token and its slots") {
    Line line;
    three(line);
    while (line.spoken.back().frame.type != 0 || line.spoken.back().frame.destination != 7) {
        line.run(std::chrono::microseconds(200));
    }
    line.remove(7);
    line.remove(4);
    const auto from = line.spoken.size();
    const auto last = line.spoken.back().begin;
    line.run(std::chrono::seconds(2));
    REQUIRE(line.spoken.size() > from);
    CHECK(line.spoken[from].begin - last <= milliseconds(500 + 10 * 2));
    CHECK(line.find(1)->sole_master());
}

TEST_CASE("MS/TP: a new node is admitted to a running ring without disturbing it") {
    Line line;
    three(line);
    line.add(station(5));
    line.run(std::chrono::seconds(5));
    CHECK(line.collisions == 0);
    CHECK(line.find(4)->next_station() == 5);
    CHECK(line.find(5)->next_station() == 7);
    CHECK(line.find(5)->statistics().tokens_made == 0);
}

TEST_CASE("MS/TP: a request is answered across the ring, at once and postponed") {
    Line line;
    three(line);
    const auto npdu = octets("01040005010C0C000000011955");
    line.find(1)->send(4, npdu, true);
    line.find(1)->send(7, npdu, true);
    bool postponed = false, replied = false;
    for (int step = 0; step < 4000; ++step) {
        line.run(std::chrono::microseconds(500));
        for (const auto& one : line.find(4)->take_indications()) {
            line.find(4)->reply(one.source, octets("010020010F"), line.now);
        }
        for (const auto& done : line.find(1)->take_completions()) {
            postponed = postponed || done.outcome == Outcome::postponed;
            replied = replied || done.outcome == Outcome::replied;
        }
    }
    CHECK(replied);   // by 4
    CHECK(postponed); // by 7, whose application never answers
    CHECK(line.collisions == 0);
}

TEST_CASE("MS/TP receive machine: preambles, noise, silence and damage") {
    Receiver receiver(1, milliseconds(100));
    auto now = start;
    const auto feed = [&](std::string_view text) {
        std::vector<Heard> heard;
        for (const auto octet : octets(text)) {
            if (auto one = receiver.octet(octet, now)) { heard.push_back(*one); }
        }
        return heard;
    };
    const auto one_valid = [](const std::vector<Heard>& heard) { return heard.size() == 1 && heard[0].valid; };
    CHECK(one_valid(feed("5555FF000102000040")));         // RepeatedPreamble1
    CHECK(one_valid(feed("FF00 55AA 55FF000102000040"))); // EatAnOctet, NotPreamble
    CHECK(feed("55FF0001").empty());
    CHECK(receiver.state() == Receiver::State::header);
    now += milliseconds(100);
    const auto stopped = receiver.advance(now); // Timeout
    REQUIRE(stopped.has_value());
    CHECK_FALSE(stopped->valid);
    CHECK(receiver.state() == Receiver::State::idle);
    const auto bad = feed("55FF000102000041"); // BadCRC of the header
    REQUIRE(bad.size() == 1);
    CHECK(bad[0].fault == "the header CRC is wrong");
    const auto damaged = feed("55FF060102000552010020010F2727");
    REQUIRE(damaged.size() == 1);
    CHECK_FALSE(damaged[0].valid);
    feed("55FF06010200");
    const auto broken = receiver.error(now); // Error
    CHECK(broken.has_value());
    const auto skipped = feed("55FF05030200 04");
    CHECK(skipped.empty());
}

TEST_CASE("MS/TP receive machine: a header that announces more than any frame holds costs nobody the line") {
    Receiver receiver(1, milliseconds(100));
    Bytes all = octets("55FF0602010FFF");
    all.push_back(octets("8C")[0]);
    all[7] = static_cast<std::uint8_t>(meterctl::crc8_mstp(meterctl::ByteView(all).subspan(2, 5)));
    std::string fault;
    for (const auto octet : all) {
        if (const auto heard = receiver.octet(octet, start)) { fault = heard->fault; }
    }
    CHECK(fault == "length 4095 above 501");
    CHECK(receiver.state() == Receiver::State::idle);
}

TEST_CASE("MS/TP receive machine: frames for others are passed over by their length, whatever they hold") {
    Receiver receiver(1, milliseconds(100));
    unsigned ours = 0, others = 0;
    Bytes inside = encode(frame(FrameType::token, 1, 9)); // looks like a frame of its own
    Bytes all = encode(frame(FrameType::data_not_expecting_reply, 5, 2, inside));
    const auto token = encode(frame(FrameType::token, 1, 2));
    all.insert(all.end(), token.begin(), token.end());
    for (const auto octet : all) {
        const auto heard = receiver.octet(octet, start);
        if (!heard) { continue; }
        CHECK(heard->valid);
        ++(heard->for_us ? ours : others);
    }
    CHECK(ours == 1);
    CHECK(others == 1);
}

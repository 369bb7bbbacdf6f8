#include "simulators/faults.hpp"

#include <bit>
#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::simulators;
using namespace std::chrono_literals;

namespace {

const Bytes frame{0x01, 0x03, 0x02, 0x12, 0x34, 0xB5, 0x33};

struct Sent {
    std::size_t answers = 0;
    Bytes octets;
    TimePoint first{}, last{};
};

Sent everything(FaultyLine& line) {
    Sent sent;
    for (const Transmission& part : line.transmit(TimePoint::max())) {
        if (sent.answers++ == 0) { sent.first = part.due; }
        sent.last = part.due;
        sent.octets.insert(sent.octets.end(), part.octets.begin(), part.octets.end());
    }
    return sent;
}

int different_bits(const Bytes& a, const Bytes& b) {
    int bits = 0;
    for (std::size_t i = 0; i < a.size(); ++i) { bits += std::popcount(static_cast<unsigned>(a[i] ^ b[i])); }
    return bits;
}

} // namespace

TEST_CASE("without faults an answer comes once, whole, after the latency") {
    Options options;
    options.latency = 35ms;
    FaultyLine line(options);
    line.answer(frame, line.hear(frame, TimePoint(1s)));
    CHECK(line.next_deadline() == TimePoint(1035ms));
    CHECK(line.transmit(TimePoint(1034ms)).empty());
    const Sent sent = everything(line);
    CHECK(sent.octets == frame);
    CHECK(sent.answers == 1);
    CHECK_FALSE(line.next_deadline().has_value());
}

TEST_CASE("a paced line takes the time of every bit, both ways") {
    Options options;
    options.latency = 20ms;
    options.baud = 1100; // with 11 bits: an octet every 10 ms
    options.bits_per_octet = 11;
    FaultyLine line(options);
    const TimePoint heard = line.hear(frame, TimePoint(1s));
    CHECK(heard == TimePoint(1070ms));
    line.answer(frame, heard);
    const Sent sent = everything(line);
    CHECK(sent.octets == frame);
    CHECK(sent.first == TimePoint(1100ms));
    CHECK(sent.last == TimePoint(1160ms));
}

TEST_CASE("each fault happens to its share of the answers and does what its name says") {
    constexpr std::size_t count = 1000;
    struct Case {
        const char* name;
        double Options::*share;
        bool (*hit)(const Sent&);
    };
    const Case cases[] = {
        {"drop", &Options::drop, [](const Sent& sent) { return sent.octets.empty(); }},
        {"corrupt", &Options::corrupt,
         [](const Sent& sent) {
             return sent.octets.size() == frame.size() && different_bits(sent.octets, frame) == 1;
         }},
        {"duplicate", &Options::duplicate, [](const Sent& sent) { return sent.octets.size() == 2 * frame.size(); }},
        {"cut", &Options::cut, [](const Sent& sent) { return sent.octets.size() < frame.size(); }},
        {"late", &Options::late, [](const Sent& sent) { return sent.octets == frame && sent.first > TimePoint(1s); }},
    };
    for (const Case& one : cases) {
        Options options;
        options.*one.share = 0.25;
        FaultyLine line(options);
        std::size_t hits = 0, whole = 0;
        for (std::size_t i = 0; i < count; ++i) {
            line.answer(frame, TimePoint{});
            const Sent sent = everything(line);
            if (one.hit(sent)) {
                ++hits;
            } else {
                whole += sent.octets == frame ? 1U : 0U;
            }
        }
        CHECK_MESSAGE(hits > count / 5, one.name);
        CHECK_MESSAGE(hits < count * 3 / 10, one.name);
        CHECK_MESSAGE(hits + whole == count, one.name);
    }
}

TEST_CASE("in a stream only what the client can notice is damaged, and nothing is cut") {
    Options options;
    options.corrupt = 1;
    options.cut = 0.5;
    FaultyLine line(options);
    std::size_t came = 0;
    for (int i = 0; i < 200; ++i) {
        line.answer_in_stream(frame, TimePoint{}, 2, 2);
        const Sent sent = everything(line);
        if (sent.octets.empty()) { continue; }
        ++came;
        REQUIRE(sent.octets.size() == frame.size());
        for (const std::size_t untouched : {0U, 1U, 4U, 5U, 6U}) { CHECK(sent.octets[untouched] == frame[untouched]); }
        CHECK(sent.octets != frame);
    }
    CHECK(came > 70);
    CHECK(came < 130);
}

TEST_CASE("a line that hears itself gives the request back before the answer") {
    Options options;
    options.echo = true;
    FaultyLine line(options);
    const Bytes request{0x55, 0xAA};
    line.answer(frame, line.hear(request, TimePoint(1s)));
    const auto parts = line.transmit(TimePoint(2s));
    REQUIRE(parts.size() == 2);
    CHECK(parts[0].octets == request);
    CHECK(parts[1].octets == frame);
}

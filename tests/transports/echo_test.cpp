#include "transports/echo.hpp"

#include <doctest/doctest.h>
#include <vector>

using namespace meterctl;
using namespace meterctl::transports;

namespace {

Chunk chunk_of(Bytes octets, std::vector<LineFault> faults = {}) {
    Chunk chunk;
    chunk.octets = std::move(octets);
    chunk.faults = std::move(faults);
    return chunk;
}

const Bytes request{0x01, 0x03, 0x50, 0x02};

/// What comes through when the chunks arrive one after the other.
Bytes through(EchoFilter& filter, const std::vector<Bytes>& chunks) {
    Bytes octets;
    for (const Bytes& bytes : chunks) {
        Chunk chunk = chunk_of(bytes);
        filter.strip(chunk);
        octets.insert(octets.end(), chunk.octets.begin(), chunk.octets.end());
    }
    const Chunk rest = filter.give_up();
    octets.insert(octets.end(), rest.octets.begin(), rest.octets.end());
    return octets;
}

} // namespace

TEST_CASE("the echo is taken out, however it is cut into chunks") {
    const std::vector<std::vector<Bytes>> arrivals{
        {{0x01, 0x03, 0x50, 0x02, 0x01, 0x03, 0x04}},
        {{0x01, 0x03, 0x50, 0x02}, {0x01, 0x03, 0x04}},
        {{0x01}, {0x03}, {0x50}, {0x02}, {0x01}, {0x03}, {0x04}},
        {{0x01, 0x03, 0x50, 0x02, 0x01}, {0x03, 0x04}},
    };
    for (const auto& chunks : arrivals) {
        EchoFilter filter;
        filter.sent(request);
        CHECK(through(filter, chunks) == Bytes{0x01, 0x03, 0x04});
    }
}

TEST_CASE("an answer that equals its request comes through behind the echo") {
    EchoFilter filter;
    filter.sent(request);
    CHECK(through(filter, {request, request}) == request);
}

TEST_CASE("an answer that begins like the request is given whole where there was no echo") {
    EchoFilter filter;
    filter.sent(request);
    CHECK(through(filter, {{0x01, 0x03}, {0x04, 0x43}}) == Bytes{0x01, 0x03, 0x04, 0x43});
}

TEST_CASE("the beginning of an echo that never ends is given when the wait ends") {
    EchoFilter filter;
    filter.sent(request);
    Chunk chunk = chunk_of({0x01, 0x03});
    filter.strip(chunk);
    CHECK(chunk.octets.empty());
    CHECK(filter.give_up().octets == Bytes{0x01, 0x03});
    CHECK_FALSE(filter.expects());
}

TEST_CASE("faults move with their octets, and those of the echo go with it") {
    EchoFilter filter;
    filter.sent(request);
    const LineFault in_echo{1, LineFault::Kind::parity_or_framing};
    const LineFault in_answer{5, LineFault::Kind::parity_or_framing};
    Chunk chunk = chunk_of({0x01, 0x03, 0x50, 0x02, 0x01, 0x83}, {in_echo, in_answer});
    filter.strip(chunk);
    CHECK(chunk.octets == Bytes{0x01, 0x83});
    REQUIRE(chunk.faults.size() == 1);
    CHECK(chunk.faults[0].index == 1);
}

TEST_CASE("nothing is taken out where nothing was sent") {
    EchoFilter filter;
    CHECK(through(filter, {request}) == request);
}

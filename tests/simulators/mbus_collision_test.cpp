#include "simulators/mbus_collision.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::simulators;

TEST_CASE("one M-Bus slave is heard as it speaks") {
    const Talk alone{0, {0x68, 0x00, 0xFF, 0x16}};
    CHECK(overlap(std::span(&alone, 1)) == alone.octets);
    const Talk late{7, {0xE5}};
    CHECK(overlap(std::span(&late, 1)) == Bytes{0xE5});
}

TEST_CASE("M-Bus acks that begin at the same bit are heard as one ack") {
    const Talk talks[] = {{0, {0xE5}}, {0, {0xE5}}, {0, {0xE5}}};
    CHECK(overlap(talks) == Bytes{0xE5});
}

TEST_CASE("a space wins: aligned M-Bus octets are combined by AND") {
    const Talk talks[] = {{0, {0x68, 0x0F, 0xAA}}, {0, {0x68, 0x3C, 0x55, 0x77}}};
    CHECK(overlap(talks) == Bytes{0x68, 0x0C, 0x00, 0x77});
}

TEST_CASE("M-Bus slaves that begin some bits apart give octets that neither sent") {
    // E5 is 0 10100111 1 1: start, data from the lowest bit, parity, stop. Together with the same three bits later the
    // line goes 0 10000100 1 1, which is 21.
    const Talk talks[] = {{0, {0xE5}}, {3, {0xE5}}};
    CHECK(overlap(talks) == Bytes{0x21});
}

#include "src/core/bytes.hpp"

#include <doctest/doctest.h>

using namespace meterctl;

TEST_CASE("a reader takes octets in either order and stops at the end") {
    const Bytes octets{0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E};
    ByteReader reader(octets);
    CHECK(reader.u16be() == 0x0102);
    CHECK(reader.u16le() == 0x0403);
    CHECK(reader.u32be() == 0x05060708);
    CHECK(reader.u32le() == 0x0C0B0A09);
    CHECK(reader.offset() == 12);
    CHECK(reader.peek() == 0x0D);
    CHECK(reader.u8() == 0x0D);
    CHECK(reader.rest().size() == 1);
    CHECK(reader.at_end());
    CHECK_FALSE(reader.failed());
}

TEST_CASE("a reader takes 64-bit integers in either order") {
    const Bytes octets{0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08};
    CHECK(ByteReader(octets).u64be() == 0x0102030405060708U);
    CHECK(ByteReader(octets).u64le() == 0x0807060504030201U);
}

TEST_CASE("a read past the end gives zero, fails, and leaves nothing to read") {
    const Bytes octets{0xFF, 0xFF, 0xFF};
    ByteReader reader(octets);
    CHECK(reader.u32be() == 0);
    CHECK(reader.failed());
    CHECK(reader.remaining() == 0);
    CHECK(reader.u8() == 0);
    CHECK(reader.peek() == 0);
}

TEST_CASE("a hostile length takes nothing") {
    const Bytes octets{0x01, 0x02};
    ByteReader reader(octets);
    CHECK(reader.take(static_cast<std::size_t>(-1)).empty());
    CHECK(reader.failed());
}

TEST_CASE("peeking at the end is no failure") {
    ByteReader reader{ByteView{}};
    CHECK(reader.peek() == 0);
    CHECK_FALSE(reader.failed());
}

TEST_CASE("a writer appends what a reader takes back") {
    ByteWriter writer;
    const Bytes tail{0xAA, 0xBB};
    writer.u8(0x11).u16be(0x2233).u16le(0x4455).u32be(0x66778899).u32le(0x01020304).u64be(0x1122334455667788U);
    writer.bytes(tail).text("kWh");
    const Bytes expected{0x11, 0x22, 0x33, 0x55, 0x44, 0x66, 0x77, 0x88, 0x99, 0x04, 0x03, 0x02, 0x01,
                         0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0xAA, 0xBB, 'k',  'W',  'h'};
    CHECK(writer.size() == expected.size());
    CHECK(writer.take() == expected);
}

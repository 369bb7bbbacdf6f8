#include "src/core/crc.hpp"

#include "src/core/hex.hpp"

#include <doctest/doctest.h>
#include <string_view>

using namespace meterctl;

namespace {

ByteView octets_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; // NOLINT: the same octets, unsigned
}

} // namespace

TEST_CASE("each CRC gives the check value its catalogue prints for 123456789") {
    const ByteView check = octets_of("123456789");
    CHECK(crc16_modbus(check) == 0x4B37);
    CHECK(crc16_x25(check) == 0x906E);
    CHECK(crc16_en13757(check) == 0xC2B7);
    CHECK(crc16_arc(check) == 0xBB3D);
    CHECK(crc16_kermit(check) == 0x2189);
    CHECK(crc32k(check) == 0x2D3DD0AE);
}

TEST_CASE("the MS/TP header CRC is the one ASHRAE 135 annex G prints for a token") {
    const auto header = from_hex("00 10 05 00 00");
    REQUIRE(header);
    CHECK(crc8_mstp(*header) == 0x8C);
}

TEST_CASE("the Modbus LRC makes the sum of the message zero") {
    // Modbus over Serial Line 2.5.2.2: the LRC is the two's complement of the sum without carries
    const auto message = from_hex("F7 03 13 89 00 0A");
    REQUIRE(message);
    CHECK(lrc_modbus(*message) == 0x60);
    CHECK(lrc_modbus({}) == 0);
}

#include "src/core/parity.hpp"

#include "src/core/hex.hpp"

#include <doctest/doctest.h>

using meterctl::Bytes;

TEST_CASE("even parity stands in bit 7 of seven data bits") {
    // "/ISk5" and CR: 2F, 49, 53, 6B, 35, 0D have 5, 3, 4, 5, 4 and 3 ones.
    const Bytes seven{0x2F, 0x49, 0x53, 0x6B, 0x35, 0x0D};
    const Bytes eight{0xAF, 0xC9, 0x53, 0xEB, 0x35, 0x8D};
    CHECK(meterctl::add_even_parity(seven) == eight);
    const auto stripped = meterctl::strip_even_parity(eight);
    CHECK(stripped.octets == seven);
    CHECK(stripped.bad.empty());
}

TEST_CASE("any one flipped bit is a parity error with its index, all octets stay") {
    for (unsigned value = 0; value < 0x80; ++value) {
        const Bytes sent = meterctl::add_even_parity(Bytes{static_cast<std::uint8_t>(value)});
        for (unsigned bit = 0; bit < 8; ++bit) {
            Bytes line{0x00, sent.front(), 0x81};
            line[1] = static_cast<std::uint8_t>(line[1] ^ (1U << bit));
            const auto stripped = meterctl::strip_even_parity(line);
            CHECK(stripped.bad == std::vector<std::size_t>{1});
            CHECK(stripped.octets.size() == line.size());
        }
    }
}

#include "codecs/bacnet/mstp_frame.hpp"
#include "tests/codecs/bacnet/vectors.hpp"

#include <doctest/doctest.h>

using namespace meterctl;
using namespace meterctl::codecs::bacnet::mstp;
using bacnet_vectors::octets;

TEST_CASE("MS/TP packets of a capture end where frames end, and noise where a preamble begins") {
    struct Case {
        std::string_view hex;
        std::size_t expected;
    };
    for (const auto& [hex, expected] :
         {Case{"55FF00100500008C", 8}, Case{"55FF00100500008C55FF00100500008C", 8}, Case{"55FF001005", 0},
          Case{"55", 0}, Case{"00FF55FF00100500008C", 2}, Case{"FFFF55", 2}, Case{"01020304", 4},
          Case{"55FF001005000000", 8}, Case{"5555FF00100500008C", 1}}) {
        CAPTURE(std::string(hex));
        CHECK(packet_octets(octets(hex)) == expected);
    }
    auto frame = encode(data_frame(1, 2, Bytes(20, 0x11), true));
    CHECK(packet_octets(frame) == frame.size());
    CHECK(packet_octets(ByteView(frame).first(frame.size() - 1)) == 0);
    frame.back() ^= 0xFFU; // a data CRC that is wrong ends a packet too
    CHECK(packet_octets(frame) == frame.size());
}

// COBS-encoded frames (clause 9.10). The encoded octets are those of bacnet-stack@1c636cb, cobs_frame_encode.
#include "codecs/bacnet/mstp_frame.hpp"
#include "tests/codecs/bacnet/streams.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace meterctl::codecs::bacnet;
using bacnet_streams::whole;
using bacnet_vectors::hex;
using bacnet_vectors::octets;
using meterctl::Bytes;

TEST_CASE("MS/TP: data and CRC-32K in COBS, as somebody else encodes them") {
    struct Case {
        std::string_view data, encoded;
    };
    for (const auto& [data, encoded] : {
             Case{"00", "545450DB820F0F"},
             Case{"0100", "575454503AFE3E9B"},
             Case{"5500FF", "570057AA5090189F8E"},
             Case{"010400050E0C0000000119550000", "56545151505B59545451544C00545450EAB3725E"},
         }) {
        CHECK(hex(mstp::cobs_encode(octets(data))) == encoded);
        const auto decoded = mstp::cobs_decode(octets(encoded));
        REQUIRE(decoded.has_value());
        CHECK(hex(*decoded) == data);
    }
    const auto run = mstp::cobs_encode(Bytes(254, 0xAA)); // a block of the longest code needs no zero behind it
    CHECK(run.size() == 260);
    CHECK(hex(meterctl::ByteView(run).last(5)) == "50273EDB3D");
}

TEST_CASE("MS/TP: extended frames of every length come back, and no octet of theirs begins a preamble") {
    for (const std::size_t length : {502U, 507U, 508U, 509U, 761U, 762U, 763U, 1016U, 1497U}) {
        for (const std::uint8_t fill : {std::uint8_t{0}, std::uint8_t{0x55}, std::uint8_t{0xFF}}) {
            const auto frame = mstp::data_frame(1, 2, Bytes(length, fill), true);
            CHECK(frame.type == static_cast<std::uint8_t>(mstp::FrameType::extended_data_expecting_reply));
            const auto encoded = mstp::encode(frame);
            CHECK(encoded.size() <= mstp::max_frame);
            CHECK(std::count(encoded.begin() + mstp::frame_header, encoded.end(), 0x55) == 0);
            CHECK(mstp::decode(encoded) == frame);
        }
    }
    CHECK(mstp::data_frame(1, 2, Bytes(501), false).type == 6);
}

TEST_CASE("MS/TP: extended frames end at 1506, the longest that 1497 octets take; other types with COBS at 2043") {
    const auto longest = mstp::encode(mstp::data_frame(1, 2, Bytes(1497, 0xFF), false));
    CHECK(mstp::read_header(longest).length == 1506);
    CHECK(mstp::decode(longest).has_value());
    const mstp::Frame other{34, 1, 2, Bytes(2032, 0xFF)};
    const auto encoded = mstp::encode(other);
    CHECK(mstp::read_header(encoded).length == 2043);
    CHECK(encoded.size() == mstp::max_frame);
    CHECK(mstp::decode(encoded) == other);
    const auto above = mstp::decode(mstp::encode(mstp::Frame{33, 1, 2, Bytes(2032, 0xFF)}));
    REQUIRE_FALSE(above.has_value());
    CHECK(above.error().what == "length 2043 above 1506");
    CHECK_FALSE(mstp::decode(mstp::encode(mstp::Frame{34, 1, 2, Bytes(2033, 0xFF)})).has_value());
}

TEST_CASE("MS/TP: a flipped bit in an extended frame is noticed; its NPDU is shown where it is whole") {
    auto npdu = octets("0100 3001 0E 0C00000001 1E 2955 4E 4442280000 4F 1F");
    while (npdu.size() < 510) {
        const auto more = octets("0C00000001 1E 2955 4E 4442280000 4F 1F");
        npdu.insert(npdu.end(), more.begin(), more.end());
    }
    const auto encoded = mstp::encode(mstp::data_frame(2, 1, npdu, false));
    const auto frames = whole("bacnet-mstp", encoded);
    REQUIRE(frames.size() == 1);
    CHECK_FALSE(frames[0].error.has_value());
    CHECK(frames[0].readings.size() == (npdu.size() - 5) / 16);
    for (std::size_t at = 8; at < encoded.size(); at += 7) {
        auto flipped = encoded;
        flipped[at] = static_cast<std::uint8_t>(flipped[at] ^ 0x10U);
        const auto decoded = mstp::decode(flipped);
        REQUIRE_FALSE(decoded.has_value());
        CHECK(decoded.error().where.starts_with("byte offset "));
    }
    for (const auto* const bad : {"55", "5655555555555555", "AA0102030405060708", "5454"}) {
        CHECK_FALSE(mstp::cobs_decode(octets(bad)).has_value());
    }
}

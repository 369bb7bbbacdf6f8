#include "codecs/dlms/hdlc_parameters.hpp"
#include "codecs/dlms/hdlc_receiver.hpp"
#include "codecs/dlms/hdlc_reject.hpp"
#include "src/core/crc.hpp"
#include "tests/codecs/dlms/links.hpp"

#include <doctest/doctest.h>

using namespace dlms_links;
namespace hdlc = meterctl::codecs::dlms::hdlc;

namespace {

void check_address(const Json& expect, const hdlc::Address& address) {
    CHECK(address.logical == expect.at("logical").get<unsigned>());
    if (expect.contains("size")) { CHECK(address.size == expect.at("size").get<unsigned>()); }
    const auto physical = expect.value("physical", Json());
    CHECK(address.physical.has_value() == !physical.is_null());
    if (address.physical) { CHECK(*address.physical == physical.get<unsigned>()); }
}

void check_parameters(const Json& expect, const hdlc::Frame& frame) {
    if (!expect.contains("max_info_tx")) { return; }
    const auto parameters = hdlc::decode_parameters(frame.information);
    REQUIRE(parameters.has_value());
    CHECK(parameters->max_info_transmit == expect.at("max_info_tx").get<unsigned>());
    CHECK(parameters->max_info_receive == expect.at("max_info_rx").get<unsigned>());
    if (!expect.contains("window_tx")) { return; }
    CHECK(parameters->window_transmit == expect.at("window_tx").get<unsigned>());
    CHECK(parameters->window_receive == expect.at("window_rx").get<unsigned>());
}

/// What a vector says of its first frame.
void check_frame(const Json& expect, const hdlc::Frame& frame) {
    if (expect.contains("type")) { CHECK(hdlc::name(frame.control.type) == expect.at("type").get<std::string>()); }
    if (expect.contains("control")) {
        CHECK(hex(Bytes{frame.control.octet}) == expect.at("control").get<std::string>());
        CHECK(hdlc::encode(frame.control) == frame.control.octet);
    }
    if (expect.contains("poll_final")) { CHECK(frame.control.poll_final == expect.at("poll_final").get<bool>()); }
    if (expect.contains("ns")) { CHECK(frame.control.send == expect.at("ns").get<unsigned>()); }
    if (expect.contains("nr")) { CHECK(frame.control.receive == expect.at("nr").get<unsigned>()); }
    if (expect.contains("segmented")) { CHECK(frame.segmented == expect.at("segmented").get<bool>()); }
    if (expect.contains("destination")) { check_address(expect.at("destination"), frame.destination); }
    if (expect.contains("source")) { check_address(expect.at("source"), frame.source); }
    if (expect.contains("info")) { CHECK(hex(frame.information) == expect.at("info").get<std::string>()); }
    if (expect.contains("llc")) { CHECK(hex(frame.information).starts_with(expect.at("llc").get<std::string>())); }
    if (expect.contains("apdu")) { CHECK(hex(frame.information).substr(6) == expect.at("apdu").get<std::string>()); }
    check_parameters(expect, frame);
}

TEST_CASE("every frame of the vectors decodes to what it says and encodes to its octets") {
    for (const auto& vector : hdlc_frames()) {
        CAPTURE(vector.name);
        hdlc::Receiver receiver;
        receiver.append(vector.octets());
        Bytes again;
        bool first = true;
        while (const auto frame = receiver.next()) {
            if (first) { check_frame(vector.expect, *frame); }
            first = false;
            const auto encoded = hdlc::encode(*frame);
            again.insert(again.end(), encoded.begin(), encoded.end());
        }
        CHECK_FALSE(first);
        CHECK(hex(again) == hex(vector.octets()));
    }
}

TEST_CASE("frames are found octet by octet, behind noise and behind a frame whose flag they share") {
    for (const auto& vector : own("hdlc.json")) {
        CAPTURE(vector.name);
        const auto octets = vector.octets();
        hdlc::Receiver receiver;
        unsigned found = 0;
        for (const auto octet :
             joined({dlms_links::octets("007D55"), octets, Bytes(octets.begin() + 1, octets.end())})) {
            receiver.append(Bytes{octet});
            while (receiver.next()) { ++found; }
        }
        CHECK(found == 2);
    }
}

TEST_CASE("the streams of the vectors part into their frames") {
    for (const auto& vector : extra("hdlc.json")) {
        if (vector.layer != "stream") { continue; }
        CAPTURE(vector.name);
        const auto stream = vector.octets();
        Counters counters;
        std::vector<std::string> frames;
        auto rest = ByteView(stream);
        bool after_flag = false;
        while (!rest.empty()) {
            const auto step = hdlc::next_frame(rest, after_flag, true, counters);
            REQUIRE(step.octets > 0);
            after_flag = step.kind == hdlc::Step::Kind::frame || step.kind == hdlc::Step::Kind::flags;
            if (step.kind == hdlc::Step::Kind::frame) { frames.push_back(hex(step.body)); }
            rest = rest.subspan(step.octets);
        }
        CHECK(frames == vector.expect.at("frames").get<std::vector<std::string>>());
        if (vector.expect.contains("skipped")) {
            CHECK(counters.skipped_octets == vector.expect.at("skipped").get<unsigned>());
        }
    }
}

TEST_CASE("every flipped bit is noticed, and the good frame behind it found") {
    const auto good = octets("7EA00703215303C77E");
    for (const auto& vector : own("hdlc.json")) {
        CAPTURE(vector.name);
        const auto whole = vector.octets();
        for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
            auto damaged = whole;
            damaged[bit / 8] = static_cast<std::uint8_t>(damaged[bit / 8] ^ (1U << (bit % 8)));
            hdlc::Receiver receiver;
            receiver.append(joined({damaged, good, good}));
            std::vector<hdlc::Frame> frames;
            while (auto frame = receiver.next(true)) { frames.push_back(std::move(*frame)); }
            REQUIRE(frames.size() >= 2U);
            CHECK(hdlc::encode(frames.back()) == good);
            CHECK(hdlc::encode(frames[frames.size() - 2]) == good);
            CHECK(frames.size() == 2U);
        }
    }
}

TEST_CASE("a length that lies does not swallow the frame behind it") {
    hdlc::Receiver receiver;
    receiver.append(octets("7EA7FF0321930000"));
    receiver.append(octets("7EA00703215303C77E"));
    const auto frame = receiver.next();
    REQUIRE(frame.has_value());
    CHECK(frame->control.type == hdlc::FrameType::disc);
    CHECK(receiver.counters().crc_errors == 1);
}

TEST_CASE("addresses read and write as their table says") {
    for (const auto& vector : extra("hdlc.json")) {
        if (vector.layer != "hdlc-address") { continue; }
        for (const auto& expect : vector.expect.at("addresses")) {
            const auto whole = octets(expect.at("hex").get<std::string>());
            const auto address = hdlc::decode_address(whole);
            REQUIRE(address.has_value());
            check_address(expect, *address);
            CHECK(hdlc::encode(*address) == whole);
        }
    }
    CHECK(hex(hdlc::encode(*hdlc::server_address(1, 17))) == "0223");
    CHECK(hex(hdlc::encode(*hdlc::server_address(1, 17, 4))) == "00020023");
    CHECK(hex(hdlc::encode(*hdlc::server_address(1, 9876))) == "00029A29");
    CHECK(hex(hdlc::encode(*hdlc::server_address(16, std::nullopt))) == "21");
    CHECK_FALSE(hdlc::server_address(1, 17, 1).has_value());
    CHECK_FALSE(hdlc::server_address(1, 128, 2).has_value());
    CHECK_FALSE(hdlc::server_address(1, 17, 3).has_value());
    CHECK_FALSE(hdlc::server_address(1, 16384).has_value());
    CHECK_FALSE(hdlc::decode_address(octets("020203")).has_value());
    CHECK_FALSE(hdlc::decode_address(octets("0202020202")).has_value());
    CHECK_FALSE(hdlc::decode_address({}).has_value());
}

TEST_CASE("whoever was asked may write his address in another size, and one asked as all answers with his own") {
    const auto asked = *hdlc::server_address(1, 17);
    CHECK(hdlc::answers_for(*hdlc::server_address(1, 17, 4), asked));
    CHECK(hdlc::answers_for(*hdlc::server_address(1, std::nullopt), asked));
    CHECK_FALSE(hdlc::answers_for(*hdlc::server_address(1, 18), asked));
    CHECK_FALSE(hdlc::answers_for(*hdlc::server_address(2, 17), asked));
    CHECK(hdlc::answers_for(*hdlc::server_address(1, 44), *hdlc::server_address(1, 127)));
    CHECK(hdlc::answers_for(*hdlc::server_address(1, 9876), *hdlc::server_address(1, 0x3FFF)));
}

TEST_CASE("the FCS of the table is the one computed") {
    for (const auto& vector : extra("hdlc.json")) {
        if (vector.layer != "hdlc-fcs") { continue; }
        const auto sums = vector.expect.at("fcs").get<std::vector<std::string>>();
        REQUIRE(sums.size() == vector.parts.size());
        for (std::size_t index = 0; index < sums.size(); ++index) {
            const auto crc = meterctl::crc16_x25(vector.parts[index]);
            CHECK(hex(Bytes{static_cast<std::uint8_t>(crc & 0xFFU), static_cast<std::uint8_t>(crc >> 8)}) ==
                  sums[index]);
        }
    }
}

TEST_CASE("the smaller of both sides holds, each in its own direction") {
    const hdlc::Parameters client{512, 1024, 3, 5};
    const hdlc::Parameters meter{256, 128, 7, 1};
    CHECK(hdlc::negotiate(client, meter) == hdlc::Parameters{128, 256, 1, 5});
    CHECK(hdlc::negotiate(meter, client) == hdlc::Parameters{256, 128, 5, 1});
    CHECK(hdlc::negotiate(client, *hdlc::decode_parameters({})) == hdlc::Parameters{});
    CHECK(hex(hdlc::encode(hdlc::Parameters{256, 256, 1, 1})) == "8180140502010006020100070400000001080400000001");
    CHECK_FALSE(hdlc::decode_parameters(octets("818014050201")).has_value());
    CHECK_FALSE(hdlc::decode_parameters(octets("8080")).has_value());
    CHECK(hdlc::decode_parameters(octets("81800609010205010A"))->max_info_transmit == 32);
}

TEST_CASE("FRMR says which frame it rejects, and why") {
    const auto reject = hdlc::decode_reject(octets("F04608"));
    REQUIRE(reject.has_value());
    CHECK(reject->control == 0xF0);
    CHECK(reject->receive == 2);
    CHECK(reject->send == 3);
    CHECK(hdlc::text(*reject) == "its N(R) is wrong");
    CHECK(hex(hdlc::encode(*reject)) == "F04608");
    CHECK(hdlc::reject_error(octets("B80001")).what ==
          "the meter rejects a frame (FRMR): I, N(S) 4, N(R) 5, P/F: its control octet is unknown");
}

} // namespace

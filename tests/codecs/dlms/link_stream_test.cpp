// What `decode` shows of HDLC and of the wrapper.
#include "codecs/dlms/hdlc_server.hpp"
#include "tests/codecs/dlms/links.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace dlms_links;
using meterctl::codecs::Direction;

namespace {

constexpr std::string_view hdlc_row = "dlms-hdlc", wrapper_row = "dlms-wrapper";

std::string flat(const Frames& frames) {
    std::string text;
    for (const auto& frame : frames) { text += frame.summary + "\n"; }
    return text;
}

TEST_CASE("all HDLC vectors decode in a stream: whole, octet by octet, and with octets behind them") {
    for (const auto& vector : hdlc_frames()) {
        CAPTURE(vector.name);
        const auto frames = whole(hdlc_row, vector.octets());
        for (const auto& frame : frames) { CHECK_FALSE((frame.error && frame.error->code.starts_with("dlms.hdlc"))); }
        check_same(one_by_one(hdlc_row, vector.octets()), frames);
        const auto followed = whole(hdlc_row, joined({vector.octets(), octets("0055AA")}));
        REQUIRE(followed.size() == frames.size() + 1);
        CHECK(followed.back().error->code == "dlms.noise");
    }
}

TEST_CASE("the types of a recorded conversation are told, and answers find their requests") {
    for (const auto& vector : extra("sessions.json")) {
        if (!vector.name.starts_with("HDLC public client")) { continue; }
        const auto frames = whole(hdlc_row, vector.octets());
        const auto types = vector.expect.at("types").get<std::vector<std::string>>();
        REQUIRE(frames.size() == types.size());
        for (std::size_t index = 0; index < types.size(); ++index) {
            CHECK(find(frames[index].fields, "type")->value.to_string() == types[index]);
            const bool asks = vector.entry.at("dirs")[index] == "c";
            CHECK(frames[index].direction == (asks ? Direction::request : Direction::response));
            if (!asks) { CHECK(frames[index].answers == frames[index - 1].offset); }
        }
        CHECK(find(frames[2].fields, "llc") != nullptr);
        CHECK(frames[5].summary.find("segmented") != std::string::npos);
    }
}

TEST_CASE("fields say where each part stands") {
    const auto frame = whole(hdlc_row, own("hdlc.json")[1].octets()).at(0);
    CHECK(frame.summary == "1 > 1/9876 (4 octets) SNRM, P/F: 2030/2030 octets, window 7/7");
    CHECK(find(frame.fields, "destination")->offset == 3);
    CHECK(find(frame.fields, "destination")->length == 4);
    CHECK(find(frame.fields, "physical")->value.to_string() == "9876");
    CHECK(find(frame.fields, "source")->offset == 7);
    CHECK(find(frame.fields, "control")->offset == 8);
    CHECK(find(frame.fields, "hcs")->offset == 9);
    CHECK(find(frame.fields, "parameters")->offset == 11);
    CHECK(find(frame.fields, "fcs")->offset == frame.octets.size() - 3);
}

/// Segments as a meter sends them.
std::vector<Bytes> segments(const Bytes& apdu) {
    namespace hdlc = meterctl::codecs::dlms::hdlc;
    hdlc::Outgoing out;
    Bytes message = octets("E6E700");
    message.insert(message.end(), apdu.begin(), apdu.end());
    out.add(message, 16);
    std::vector<Bytes> frames;
    for (auto& frame : out.window(out.segments())) {
        frame.destination = hdlc::client_address(16);
        frame.source = *hdlc::server_address(1, 17);
        frames.push_back(hdlc::encode(frame));
    }
    return frames;
}

TEST_CASE("segments are one message at the last of them, and none where one is missing") {
    const auto apdu = octets("C401C10009"
                             "28"
                             "000102030405060708090A0B0C0D0E0F10111213141516171819"
                             "1A1B1C1D1E1F2021222324252627");
    const auto parts = segments(apdu);
    REQUIRE(parts.size() == 4);
    const auto frames = whole(hdlc_row, joined(parts));
    REQUIRE(frames.size() == 4);
    CHECK(find(frames[0].fields, "segment") != nullptr);
    CHECK(frames[2].summary.ends_with("segmented"));
    CHECK(frames[3].summary.find("get-response") != std::string::npos);
    const auto repeated = whole(hdlc_row, joined({parts[0], parts[1], parts[1], parts[2], parts[3]}));
    CHECK(repeated[2].summary.ends_with("repeated"));
    CHECK(repeated[4].summary.find("get-response") != std::string::npos);
    const auto torn = whole(hdlc_row, joined({parts[0], parts[2], parts[3]}));
    CHECK(flat(torn).find("get-response") == std::string::npos);
    CHECK(torn[2].summary.ends_with("the segment before it is missing"));
}

TEST_CASE("damage is named, and what follows it found") {
    auto bad = octets("7EA0070321931F017E");
    const auto good = octets("7EA00703215303C77E");
    Counters counters;
    const auto frames = decoded(hdlc_row, {{joined({bad, good}), {}}}, &counters);
    REQUIRE(frames.size() == 2);
    CHECK(frames[0].error->what == "the frame check (FCS) is wrong");
    CHECK_FALSE(frames[1].error.has_value());
    CHECK(counters.crc_errors == 1);
    CHECK(counters.frames == 1);
    const auto cut = whole(hdlc_row, octets("7EA02C02232110AF9FE6E600601DA109"));
    CHECK(cut.back().error->what == "incomplete: 15 of 44 octets");
}

TEST_CASE("wrapper vectors decode in a stream and in datagrams") {
    for (const auto& vector : extra("wrapper.json")) {
        CAPTURE(vector.name);
        const auto frames = whole(wrapper_row, vector.octets());
        check_same(one_by_one(wrapper_row, vector.octets()), frames);
        if (vector.layer == "stream") {
            const auto expected = vector.expect.at("frames").get<std::vector<std::string>>();
            REQUIRE(frames.size() == expected.size() + 1);
            CHECK(hex(frames[0].octets) == expected[0]);
            CHECK(frames.back().octets.size() == vector.expect.at("incomplete_tail").get<std::size_t>());
            CHECK(frames.back().error->what == "incomplete: 7 octets of a header");
            continue;
        }
        REQUIRE(frames.size() == 1);
        CHECK(find(frames[0].fields, "length")->value.to_string() == vector.expect.at("length").dump());
        if (vector.expect.contains("source_wport")) {
            CHECK(find(frames[0].fields, "source_wport")->value.to_string() == vector.expect.at("source_wport").dump());
        }
        ChunkInfo datagram;
        datagram.datagram = true;
        CHECK(decoded(wrapper_row, {{vector.octets(), datagram}}).size() == 1);
    }
    const auto frames = whole(wrapper_row, octets("00010001001000056303800100"));
    REQUIRE(frames.size() == 1);
    CHECK(frames[0].summary.starts_with("1 > 16: RLRE"));
    CHECK(frames[0].direction == Direction::response);
}

TEST_CASE("wrapper headers that cannot be are told") {
    CHECK(whole(wrapper_row, octets("0001001000010000"))[0].error->what == "length 0");
    CHECK(whole(wrapper_row, octets("0001001000010009C001"))[0].error->what == "incomplete: 10 of 17 octets");
    const auto noisy = whole(wrapper_row, octets("FFFF000100010010000563038001"
                                                 "00"));
    REQUIRE(noisy.size() == 2);
    CHECK_FALSE(noisy[1].error.has_value());
}

TEST_CASE("each decoder is sure of its own and of nothing else's") {
    for (const auto& vector : hdlc_frames()) { CHECK(decoder(hdlc_row).recognise(vector.octets()) == 100); }
    for (const auto& vector : extra("wrapper.json")) {
        if (vector.layer == "wrapper") { CHECK(decoder(wrapper_row).recognise(vector.octets()) >= 90); }
    }
    for (const auto* const others :
         {"01035002000274CB", "000100000006010300000002", "E5", "105B025D16", "810A0010012004FFFF00FF1008",
          "55FF0501020000AC", "2F4150410D0A", "0001000000050103020001"}) {
        CAPTURE(others);
        CHECK(decoder(hdlc_row).recognise(octets(others)) == 0);
        CHECK(decoder(wrapper_row).recognise(octets(others)) == 0);
    }
}

} // namespace

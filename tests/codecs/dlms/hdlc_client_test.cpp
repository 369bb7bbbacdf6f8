// The client's state machine, against frames that the standard or a recording calls for.
#include "tests/codecs/dlms/hdlc_talk.hpp"

#include <doctest/doctest.h>

using namespace dlms_links;
using namespace std::chrono_literals;
using hdlc::Event;
using hdlc::FrameType;
using meterctl::Category;

namespace {

const Bytes answer{0xE6, 0xE7, 0x00, 0xC4, 0x01, 0xC1, 0x00};
const Bytes request{0xC0, 0x01, 0xC1};

TEST_CASE("the client says octet by octet what a recorded one says to the same meter") {
    for (const auto& vector : extra("sessions.json")) {
        if (!vector.name.starts_with("HDLC public client")) { continue; }
        hdlc::ClientSettings settings;
        settings.plain_snrm = true;
        Talk talk(settings);
        const auto dirs = vector.entry.at("dirs").get<std::vector<std::string>>();
        std::string said, expected;
        talk.client.connect(talk.now);
        for (std::size_t index = 0; index < dirs.size(); ++index) {
            if (dirs[index] == "s") {
                talk.client.receive(vector.parts[index], talk.now);
                talk.collect();
                continue;
            }
            const auto frame = hdlc::decode(ByteView(vector.parts[index]).subspan(1, vector.parts[index].size() - 2));
            REQUIRE(frame.has_value());
            if (frame->control.type == FrameType::i) {
                const auto& whole = frame->information;
                REQUIRE(talk.client.idle());
                talk.client.send(ByteView(whole).subspan(hdlc::llc_octets), talk.now);
            }
            for (const auto& octets : talk.client.take_transmissions()) { said += hex(octets) + "\n"; }
            expected += hex(vector.parts[index]) + "\n";
        }
        CHECK(said == expected);
        CHECK(talk.client.negotiated() == hdlc::Parameters{});
        CHECK(talk.apdus().starts_with("612EA1"));
    }
}

TEST_CASE("one request, one answer, and the numbers go on") {
    Talk talk;
    talk.connect();
    talk.client.send(request, talk.now);
    CHECK(talk.sent() == "10");
    talk.hear(0x30, answer);
    CHECK(talk.apdus() == "C401C100");
    CHECK(talk.client.idle());
    talk.client.send(request, talk.now);
    CHECK(talk.sent() == "32");
    talk.hear(0x52, answer);
    CHECK(talk.client.idle());
    talk.client.disconnect(talk.now);
    CHECK(talk.sent() == "53");
    talk.hear(0x73);
    CHECK(talk.events.back().kind == Event::Kind::disconnected);
}

TEST_CASE("a long request goes in windows, each of which polls") {
    hdlc::ClientSettings settings;
    settings.offered = {32, 128, 3, 1};
    Talk talk(settings);
    talk.connect({128, 32, 1, 7});
    CHECK(talk.client.negotiated() == hdlc::Parameters{32, 128, 3, 1});
    talk.client.send(Bytes(5 * 32 - 3, 0xAA), talk.now); // and its LLC
    CHECK(talk.sent() == "00 02 14");
    talk.hear(0x71);
    CHECK(talk.sent() == "06 18");
    talk.hear(0xB0, answer);
    CHECK(talk.apdus() == "C401C100");
}

TEST_CASE("what the meter did not take of a window is sent again, and nothing else") {
    hdlc::ClientSettings settings;
    settings.offered = {32, 128, 3, 1};
    Talk talk(settings);
    talk.connect({128, 32, 1, 7});
    talk.client.send(Bytes(3 * 32 - 3, 0xAA), talk.now);
    CHECK(talk.sent() == "00 02 14");
    talk.hear(0x31); // only the first came
    CHECK(talk.sent() == "02 14");
    talk.hear(0x70, answer);
    CHECK(talk.apdus() == "C401C100");
    CHECK(talk.client.statistics().retries == 1);
}

TEST_CASE("a meter that never takes a frame is given up") {
    Talk talk;
    talk.connect();
    talk.client.send(request, talk.now);
    for (unsigned turn = 0; turn < 3; ++turn) {
        CHECK(talk.sent() == "10");
        talk.hear(0x11); // N(R) stays
    }
    REQUIRE(talk.events.size() == 1);
    CHECK(talk.events[0].error.code == "dlms.hdlc.sequence");
}

TEST_CASE("segments of an answer are asked for one after the other, and put together") {
    Talk talk;
    talk.connect();
    talk.client.send(request, talk.now);
    CHECK(talk.sent() == "10");
    talk.hear(0x30, octets("E6E700C401"), true);
    CHECK(talk.sent() == "31");
    talk.hear(0x32, octets("C1"), true);
    CHECK(talk.sent() == "51");
    talk.hear(0x34, octets("00"));
    CHECK(talk.apdus() == "C401C100");
    CHECK(talk.sent().empty());
}

TEST_CASE("in a window of the meter's, only the missing frame and what follows is asked for again") {
    hdlc::ClientSettings settings;
    settings.offered = {128, 128, 1, 3};
    Talk talk(settings);
    talk.connect({128, 128, 3, 1});
    talk.client.send(request, talk.now);
    CHECK(talk.sent() == "10");
    talk.hear(0x20, octets("E6E700C4"), true);
    talk.hear(0x34, octets("C100")); // N(S) 2, final; N(S) 1 is lost
    CHECK(talk.sent() == "31");
    CHECK(talk.apdus().empty());
    talk.hear(0x22, octets("01"), true);
    talk.hear(0x34, octets("C100"));
    CHECK(talk.apdus() == "C401C100");
    CHECK(talk.client.statistics().gaps == 1);
}

TEST_CASE("silence has the same frame sent again, and ends after the retries") {
    Talk talk;
    talk.connect();
    talk.client.send(request, talk.now);
    CHECK(talk.sent() == "10");
    talk.pass(2999ms);
    CHECK(talk.sent().empty());
    talk.pass(1ms);
    CHECK(talk.sent() == "10");
    talk.pass(3s);
    CHECK(talk.sent() == "10");
    talk.pass(3s);
    CHECK(talk.sent().empty());
    REQUIRE(talk.events.size() == 1);
    CHECK(talk.events[0].error.category == Category::timeout);
    CHECK_FALSE(talk.client.connected());
    CHECK_FALSE(talk.client.next_deadline().has_value());
}

TEST_CASE("a meter that does not answer to large offers is asked without any, at last") {
    const auto information = [](unsigned max_info, unsigned tries) {
        hdlc::ClientSettings settings;
        settings.offered.max_info_receive = settings.offered.max_info_transmit = static_cast<std::uint16_t>(max_info);
        settings.retries = 2;
        hdlc::Client client(settings);
        hdlc::TimePoint now{};
        client.connect(now);
        for (unsigned i = 0; i < tries; ++i) { client.advance(now = *client.next_deadline()); }
        const auto frames = client.take_transmissions();
        REQUIRE(frames.size() == tries + 1);
        const ByteView last = frames.back();
        return hdlc::decode(last.subspan(1, last.size() - 2))->information.size();
    };
    CHECK(information(2030, 0) > 0);
    CHECK(information(2030, 1) > 0);
    CHECK(information(2030, 2) == 0);
    CHECK(information(128, 2) > 0);
}

TEST_CASE("time counts from when the octets have left") {
    Talk talk;
    talk.connect();
    talk.client.send(request, talk.now);
    CHECK(talk.sent() == "10");
    talk.now += 2s;
    talk.client.sent(talk.now);
    talk.pass(2s);
    CHECK(talk.sent().empty());
    talk.pass(1s);
    CHECK(talk.sent() == "10");
}

TEST_CASE("the answer to a repetition, late, is neither taken twice nor answered") {
    Talk talk;
    talk.connect();
    talk.client.send(request, talk.now);
    talk.pass(3s);
    CHECK(talk.sent() == "10 10");
    talk.hear(0x30, answer);
    CHECK(talk.apdus() == "C401C100");
    talk.client.send(request, talk.now);
    CHECK(talk.sent() == "32");
    talk.hear(0x30, answer); // to the second 10
    CHECK(talk.sent().empty());
    talk.hear(0x52, octets("E6E700C401C1FF"));
    CHECK(talk.apdus() == "C401C100 C401C1FF");
}

TEST_CASE("a meter that has no answer yet is polled until it has") {
    Talk talk;
    talk.connect();
    talk.client.send(request, talk.now);
    CHECK(talk.sent() == "10");
    talk.hear(0x31);
    CHECK(talk.sent().empty());
    talk.pass(100ms);
    CHECK(talk.sent() == "11");
    talk.hear(0x31);
    talk.pass(100ms);
    CHECK(talk.sent() == "11");
    talk.hear(0x30, answer);
    CHECK(talk.apdus() == "C401C100");
}

TEST_CASE("a busy meter is sent nothing but polls, and given up after the patience") {
    hdlc::ClientSettings settings;
    settings.patience = 1s;
    Talk talk(settings);
    talk.connect();
    talk.client.send(request, talk.now);
    CHECK(talk.sent() == "10");
    talk.hear(0x15); // RNR, and it has not taken the frame
    talk.pass(100ms);
    CHECK(talk.sent() == "11");
    talk.hear(0x11);
    CHECK(talk.sent() == "10");
    talk.hear(0x35);
    for (unsigned turn = 0; turn < 9; ++turn) {
        talk.pass(100ms);
        CHECK(talk.sent() == "11");
        talk.hear(0x35);
    }
    REQUIRE(talk.events.size() == 1);
    CHECK(talk.events[0].error.code == "dlms.hdlc.busy");
}

} // namespace

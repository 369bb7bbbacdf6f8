// What a client makes of refusals, echoes, strangers and silence.
#include "tests/codecs/dlms/hdlc_talk.hpp"

#include <doctest/doctest.h>

using namespace dlms_links;
using namespace std::chrono_literals;
using hdlc::Event;
using meterctl::Category;

namespace {

const Bytes answer{0xE6, 0xE7, 0x00, 0xC4, 0x01, 0xC1, 0x00};
const Bytes request{0xC0, 0x01, 0xC1};

TEST_CASE("DM and FRMR end the connection, and say so") {
    Talk talk;
    talk.connect();
    talk.client.send(request, talk.now);
    talk.hear(0x1F);
    CHECK(talk.events.back().error.code == "dlms.link_lost");
    talk.events.clear();
    CHECK(talk.sent() == "10");
    talk.connect();
    talk.client.send(request, talk.now);
    talk.hear(0x97, octets("100008"));
    CHECK(talk.events.back().error.category == Category::refused);
    CHECK(talk.events.back().error.what ==
          "the meter rejects a frame (FRMR): I, N(S) 0, N(R) 0, P/F: its N(R) is wrong");
    talk.events.clear();
    CHECK(talk.sent() == "10");
    talk.client.connect(talk.now);
    talk.hear(0x1F);
    CHECK(talk.events.back().error.code == "dlms.hdlc.dm");
}

TEST_CASE("our own frames that come back are dropped, also where both ends have one address") {
    for (const bool alike : {false, true}) {
        CAPTURE(alike);
        hdlc::ClientSettings settings;
        if (alike) { settings.client = settings.server = hdlc::client_address(1); }
        Talk talk(settings);
        const auto echoed = [&] {
            for (const auto& octets : talk.client.take_transmissions()) { talk.client.receive(octets, talk.now); }
            talk.collect();
        };
        talk.client.connect(talk.now);
        echoed();
        CHECK(talk.events.empty());
        talk.hear(0x73);
        talk.client.send(request, talk.now);
        echoed();
        talk.hear(0x30, answer);
        CHECK(talk.apdus() == "C401C100");
        talk.client.poll(talk.now);
        echoed();
        CHECK_FALSE(talk.client.idle());
        talk.hear(0x31);
        CHECK(talk.client.idle());
        CHECK(talk.client.statistics().echoes == 3);
    }
}

TEST_CASE("frames of other meters and to other clients are not taken") {
    Talk talk;
    talk.connect();
    talk.client.send(request, talk.now);
    auto foreign = *hdlc::decode(octets("A00A00020023219318"
                                        "71"));
    foreign.control = hdlc::decode_control(0x30);
    foreign.information = answer;
    foreign.destination = hdlc::client_address(16);
    foreign.source = *hdlc::server_address(2, 17);
    talk.client.receive(hdlc::encode(foreign), talk.now);
    foreign.destination = hdlc::client_address(1);
    foreign.source = *hdlc::server_address(1, 17);
    talk.client.receive(hdlc::encode(foreign), talk.now);
    talk.collect();
    CHECK(talk.events.empty());
    CHECK(talk.client.statistics().foreign == 2);
}

TEST_CASE("a frame that stops is given up after the inter-octet time, and repeated after the answer's") {
    Talk talk;
    talk.connect();
    talk.client.send(request, talk.now);
    CHECK(talk.sent() == "10");
    talk.client.receive(octets("7EA0132103"), talk.now);
    CHECK(talk.client.next_deadline() == talk.now + 25ms);
    talk.pass(25ms);
    CHECK(talk.client.next_deadline() == talk.now - 25ms + 3s);
    talk.pass(2975ms);
    CHECK(talk.sent() == "10");
    talk.hear(0x30, answer);
    CHECK(talk.apdus() == "C401C100");
}

TEST_CASE("what the meter says outside the connection is told apart from answers") {
    Talk talk;
    talk.connect();
    talk.client.send(request, talk.now);
    talk.hear(0x03, octets("E6E7000F00"), true);
    talk.hear(0x13, octets("0001"));
    talk.hear(0x30, answer);
    REQUIRE(talk.events.size() == 2);
    CHECK(talk.events[0].kind == Event::Kind::unnumbered);
    CHECK(hex(talk.events[0].apdu) == "0F000001");
    CHECK(talk.apdus() == "C401C100");
}

TEST_CASE("a connection that is silent is kept alive, and its loss noticed") {
    hdlc::ClientSettings settings;
    settings.keep_alive = 30s;
    Talk talk(settings);
    talk.connect();
    REQUIRE(talk.client.next_deadline().has_value());
    talk.pass(*talk.client.next_deadline() - talk.now);
    CHECK(talk.sent() == "11");
    talk.hear(0x11);
    CHECK(talk.client.idle());
    CHECK(talk.client.next_deadline() >= talk.now + 30s);
    talk.pass(*talk.client.next_deadline() - talk.now);
    CHECK(talk.sent() == "11");
    talk.hear(0x1F);
    CHECK(talk.events.back().error.code == "dlms.link_lost");
}

TEST_CASE("a meter that never sets the final bit is not waited for again") {
    Talk talk;
    talk.connect();
    talk.client.send(request, talk.now);
    CHECK(talk.sent() == "10");
    talk.hear(0x20, answer);
    CHECK(talk.apdus() == "C401C100");
    talk.pass(3s);
    CHECK(talk.client.idle());
    CHECK(talk.sent().empty());
}

TEST_CASE("DISC that nobody answers ends all the same") {
    Talk talk;
    talk.connect();
    talk.client.disconnect(talk.now);
    talk.pass(3s);
    talk.pass(3s);
    CHECK(talk.sent() == "53 53 53");
    talk.pass(3s);
    CHECK(talk.events.back().kind == Event::Kind::disconnected);
}

} // namespace

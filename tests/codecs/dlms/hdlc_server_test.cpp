// The meter's state machine by itself, and with the client over a line that loses and damages.
#include "codecs/dlms/hdlc_client.hpp"
#include "codecs/dlms/hdlc_server.hpp"
#include "tests/codecs/dlms/links.hpp"

#include <doctest/doctest.h>
#include <random>

using namespace dlms_links;
using namespace std::chrono_literals;
namespace hdlc = meterctl::codecs::dlms::hdlc;
using Kind = hdlc::ServerEvent::Kind;

namespace {

struct Meter {
    hdlc::Server server;
    hdlc::TimePoint now{};
    hdlc::Address client = hdlc::client_address(16), own = *hdlc::server_address(1, 17);

    explicit Meter(hdlc::ServerSettings settings = {}) : server(std::move(settings)) {}

    void say(std::uint8_t control, const Bytes& information = {}, bool segmented = false) {
        hdlc::Frame frame;
        frame.destination = own;
        frame.source = client;
        frame.control = hdlc::decode_control(control);
        frame.information = information;
        frame.segmented = segmented;
        server.receive(hdlc::encode(frame), now);
    }
    std::string answers() {
        std::string text;
        for (const auto& octets : server.take_transmissions()) {
            const auto frame = hdlc::decode(ByteView(octets).subspan(1, octets.size() - 2));
            REQUIRE(frame.has_value());
            text += (text.empty() ? "" : " ") + hex(Bytes{hdlc::encode(frame->control)});
        }
        return text;
    }
    void connect() {
        say(0x93);
        CHECK(answers() == "73");
        static_cast<void>(server.take_events());
    }
};

const Bytes request{0xE6, 0xE6, 0x00, 0xC0, 0x01, 0xC1};

TEST_CASE("SNRM is answered with what both sides take, as meters answer it") {
    for (const auto& vector : extra("sessions.json")) {
        if (!vector.name.starts_with("HDLC public client")) { continue; }
        hdlc::ServerSettings settings;
        settings.most = {128, 128, 1, 1};
        Meter meter(settings);
        meter.server.receive(vector.parts[0], meter.now);
        const auto sent = meter.server.take_transmissions();
        REQUIRE(sent.size() == 1);
        CHECK(hex(sent[0]) == hex(vector.parts[1]));
    }
    hdlc::ServerSettings large;
    large.most = {1024, 512, 7, 3};
    Meter meter(large);
    meter.say(0x93, hdlc::encode(hdlc::Parameters{256, 2030, 1, 5}));
    CHECK(meter.answers() == "73");
    CHECK(meter.server.negotiated() == hdlc::Parameters{1024, 256, 5, 1});
    REQUIRE(meter.server.connected());
    CHECK(meter.server.take_events().at(0).client == 16);
}

TEST_CASE("who is not connected gets DM, and what is said to all no answer") {
    Meter meter;
    meter.say(0x53);
    CHECK(meter.answers() == "1F");
    meter.say(0x10, request);
    CHECK(meter.answers() == "1F");
    meter.own = *hdlc::server_address(1, 127);
    meter.say(0x93);
    CHECK(meter.answers().empty());
    meter.own = *hdlc::server_address(2, 17);
    meter.say(0x93);
    CHECK(meter.answers().empty());
    meter.own = *hdlc::server_address(1, std::nullopt);
    meter.say(0x93);
    CHECK(meter.answers() == "73");
}

TEST_CASE("a reply goes when it is there, and RR where it takes too long") {
    Meter meter;
    meter.connect();
    meter.say(0x10, request);
    const auto events = meter.server.take_events();
    REQUIRE(events.size() == 1);
    CHECK(events[0].kind == Kind::message);
    CHECK(hex(events[0].apdu) == "C001C1");
    CHECK(meter.answers().empty());
    meter.now += 500ms;
    meter.server.advance(meter.now);
    CHECK(meter.answers() == "31");
    meter.server.reply(octets("C401C100"), meter.now);
    CHECK(meter.answers().empty()); // the client has the word
    meter.say(0x11);
    CHECK(meter.answers() == "30");
}

TEST_CASE("a reply that was lost is sent again with its number") {
    Meter meter;
    meter.connect();
    meter.say(0x10, request);
    meter.server.reply(octets("C401C100"), meter.now);
    CHECK(meter.answers() == "30");
    static_cast<void>(meter.server.take_events());
    meter.say(0x10, request);
    CHECK(meter.answers() == "30");
    CHECK(meter.server.take_events().empty());
    meter.say(0x11);
    CHECK(meter.answers() == "30");
    meter.say(0x31);
    CHECK(meter.answers() == "31");
}

TEST_CASE("long replies go in windows that the client asks for") {
    hdlc::ServerSettings settings;
    settings.most = {32, 128, 3, 1};
    Meter meter(settings);
    meter.say(0x93, hdlc::encode(hdlc::Parameters{128, 128, 1, 7}));
    CHECK(meter.answers() == "73");
    meter.say(0x10, request);
    meter.server.reply(Bytes(5 * 32 - 3, 0xAA), meter.now);
    CHECK(meter.answers() == "20 22 34");
    meter.say(0x31); // one came
    CHECK(meter.answers() == "22 24 36");
    meter.say(0x91);
    CHECK(meter.answers() == "38");
}

TEST_CASE("frames that cannot be taken are rejected, until the client connects anew") {
    struct Row {
        std::uint8_t control;
        std::size_t information;
        std::string_view reject;
    };
    for (const auto& row :
         {Row{0xEF, 0, "EF0001"}, Row{0x11, 1, "110002"}, Row{0x10, 129, "100004"}, Row{0x51, 0, "510008"}}) {
        CAPTURE(row.reject);
        Meter meter;
        meter.connect();
        meter.say(row.control, Bytes(row.information, 0x00));
        const auto sent = meter.server.take_transmissions();
        REQUIRE(sent.size() == 1);
        const auto frame = hdlc::decode(ByteView(sent[0]).subspan(1, sent[0].size() - 2));
        CHECK(frame->control.type == hdlc::FrameType::frmr);
        CHECK(hex(frame->information) == row.reject);
        meter.say(0x10, request);
        CHECK(meter.answers() == "97");
        meter.connect();
        meter.say(0x10, request);
        CHECK(meter.server.take_events().size() == 1);
    }
}

TEST_CASE("a silent connection is gone without a word") {
    Meter meter;
    meter.connect();
    CHECK(meter.server.next_deadline() == meter.now + 120s);
    meter.now += 120s;
    meter.server.advance(meter.now);
    CHECK(meter.answers().empty());
    CHECK(meter.server.take_events().at(0).kind == Kind::disconnected);
    meter.say(0x10, request);
    CHECK(meter.answers() == "1F");
}

TEST_CASE("a busy meter says so and takes nothing") {
    Meter meter;
    meter.connect();
    meter.server.set_busy(true);
    meter.say(0x10, request);
    CHECK(meter.answers() == "15");
    meter.server.set_busy(false);
    meter.say(0x11);
    CHECK(meter.answers() == "11");
    meter.say(0x10, request);
    CHECK(meter.server.take_events().size() == 1);
}

TEST_CASE("a notification goes out in a UI frame without a connection") {
    Meter meter;
    meter.server.notify(102, octets("0F000000010000"));
    const auto sent = meter.server.take_transmissions();
    REQUIRE(sent.size() == 1);
    CHECK(hex(sent[0]).starts_with("7EA014CD022313"));
}

/// A line between both that drops and damages frames by seed.
struct Line {
    hdlc::Client client;
    hdlc::Server server;
    std::mt19937 random;
    unsigned harm; ///< in a hundred frames
    hdlc::TimePoint now{};
    std::vector<Bytes> asked{}, answered{};
    bool failed = false;

    Bytes harmed(Bytes octets) {
        const auto chance = random() % 100;
        if (chance < harm / 2) { return {}; }
        if (chance < harm) { octets[random() % octets.size()] ^= static_cast<std::uint8_t>(1U << (random() % 8)); }
        return octets;
    }
    void step() {
        for (const auto& octets : client.take_transmissions()) { server.receive(harmed(octets), now); }
        for (const auto& event : server.take_events()) {
            if (event.kind != Kind::message) { continue; }
            asked.push_back(event.apdu);
            Bytes reply = event.apdu;
            reply.insert(reply.end(), event.apdu.begin(), event.apdu.end());
            server.reply(reply, now);
        }
        for (const auto& octets : server.take_transmissions()) { client.receive(harmed(octets), now); }
        for (auto& event : client.take_events()) {
            if (event.kind == hdlc::Event::Kind::message) { answered.push_back(std::move(event.apdu)); }
            failed = failed || event.kind == hdlc::Event::Kind::failed;
        }
        now += 5ms;
        client.advance(now);
        server.advance(now);
    }
};

TEST_CASE("with a fifth of all frames lost or damaged, each message arrives once, whole and in order") {
    for (unsigned seed = 1; seed <= 40; ++seed) {
        CAPTURE(seed);
        hdlc::ClientSettings settings;
        settings.server = *hdlc::server_address(1, 17);
        settings.retries = 20;
        settings.response = 200ms;
        const auto window = static_cast<std::uint8_t>(1 + seed % 7);
        settings.offered = {64, 64, window, window};
        hdlc::ServerSettings meter;
        meter.most = {48, 40, 7, 7};
        Line line{hdlc::Client(settings), hdlc::Server(meter), std::mt19937(seed), 20};
        line.client.connect(line.now);
        std::vector<Bytes> messages;
        for (unsigned index = 0; index < 30; ++index) {
            Bytes message(1 + line.random() % 400);
            for (auto& octet : message) { octet = static_cast<std::uint8_t>(line.random() & 0xFFU); }
            message[0] = 0xC0;
            messages.push_back(std::move(message));
        }
        std::size_t sent = 0;
        for (unsigned turn = 0; turn < 100'000 && line.answered.size() < messages.size() && !line.failed; ++turn) {
            if (line.client.idle() && sent == line.answered.size()) { line.client.send(messages[sent++], line.now); }
            line.step();
        }
        CHECK_FALSE(line.failed);
        CHECK(line.asked == messages);
        REQUIRE(line.answered.size() == messages.size());
        for (std::size_t index = 0; index < messages.size(); ++index) {
            CHECK(line.answered[index] == joined({messages[index], messages[index]}));
        }
    }
}

} // namespace

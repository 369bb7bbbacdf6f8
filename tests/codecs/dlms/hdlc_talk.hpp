// A client in virtual time, and a meter whose frames are made by hand.
#pragma once

#include "codecs/dlms/hdlc_client.hpp"
#include "tests/codecs/dlms/links.hpp"

#include <doctest/doctest.h>

namespace dlms_links {

namespace hdlc = meterctl::codecs::dlms::hdlc;

struct Talk {
    hdlc::ClientSettings settings;
    hdlc::Client client;
    hdlc::TimePoint now{};
    std::vector<hdlc::Event> events{};

    explicit Talk(hdlc::ClientSettings with = {}) : settings(std::move(with)), client(settings) {}

    void collect() {
        for (auto& event : client.take_events()) { events.push_back(std::move(event)); }
    }
    /// Control octets of what was sent: "10", "00 02 14".
    std::string sent() {
        std::string text;
        for (const auto& octets : client.take_transmissions()) {
            const auto frame = hdlc::decode(ByteView(octets).subspan(1, octets.size() - 2));
            REQUIRE(frame.has_value());
            text += (text.empty() ? "" : " ") + hex(Bytes{hdlc::encode(frame->control)});
        }
        return text;
    }
    void hear(std::uint8_t control, const Bytes& information = {}, bool segmented = false) {
        hdlc::Frame frame;
        frame.destination = settings.client;
        frame.source = settings.server;
        frame.control = hdlc::decode_control(control);
        frame.information = information;
        frame.segmented = segmented;
        client.receive(hdlc::encode(frame), now);
        collect();
    }
    void pass(hdlc::Duration time) {
        now += time;
        client.advance(now);
        collect();
    }
    void connect(const hdlc::Parameters& of_the_meter = {}) {
        client.connect(now);
        CHECK(sent() == "93");
        hear(0x73, hdlc::encode(of_the_meter));
        REQUIRE(events.size() == 1);
        CHECK(events.back().kind == hdlc::Event::Kind::connected);
        events.clear();
    }
    [[nodiscard]] std::string apdus() const {
        std::string text;
        for (const auto& event : events) {
            if (event.kind == hdlc::Event::Kind::message) { text += (text.empty() ? "" : " ") + hex(event.apdu); }
        }
        return text;
    }
};

} // namespace dlms_links

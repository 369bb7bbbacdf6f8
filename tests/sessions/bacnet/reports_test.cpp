// Reports of changes, confirmed ones before all: who acknowledges what, and what comes twice. ASHRAE 135, clauses 13.6,
// 13.7 and 13.14.
#include "sessions/protocols.hpp"
#include "tests/sessions/bacnet/scripted_peer.hpp"
#include "tests/sessions/bacnet/simulated_bacnet.hpp"

using namespace meterctl;
using namespace meterctl::tests;
using namespace std::chrono_literals;

namespace {

catalogue::Point input(unsigned number) {
    auto point = sessions::find_protocol("bacnet")->parse_point("analog-input:" + std::to_string(number));
    REQUIRE(point.has_value());
    point->name = "input_" + std::to_string(number);
    return *point;
}

Bytes report(const bacnet::SubscribeCov& of, float value) {
    bacnet::CovNotification service;
    service.process = of.process;
    service.device = {8, 77};
    service.object = of.object;
    bacnet::PropertyValue present;
    present.property.property = 85;
    present.value = bacnet::encode_primitive(value);
    service.values.push_back(present);
    return bacnet::encode(service);
}

bacnet::ConfirmedRequest confirmed(Bytes data, std::uint8_t invoke_id) {
    bacnet::ConfirmedRequest request;
    request.invoke_id = invoke_id;
    request.service = 1;
    request.max_apdu = 480;
    request.data = std::move(data);
    return request;
}

struct Seen {
    Result<void> done;
    std::map<std::string, std::vector<std::string>> values; ///< by the name of the point
};

/// Watches inputs of a peer for 30 s.
Seen watch(Peer& peer, std::vector<catalogue::Point> points, const std::string& reports) {
    sessions::SessionOptions options;
    if (!reports.empty()) { options.settings["reports"] = reports; }
    auto session = sessions::bacnet::open_session(peer, std::move(options));
    REQUIRE(session.has_value());
    Seen seen;
    seen.done =
        transports::run(peer.loop(), (*session)->watch(std::move(points), 30s, [&](sessions::ReadOutcome&& outcome) {
            for (const auto& reading : outcome.readings) {
                seen.values[reading.name].push_back(reading.value.to_string());
            }
            return true;
        }));
    return seen;
}

/// What we answered to requests of service 1, by invoke id: "ack", "error 5 79", "reject 4".
std::vector<std::pair<unsigned, std::string>> answers_of(const Peer& peer) {
    std::vector<std::pair<unsigned, std::string>> out;
    for (const bacnet::Apdu& apdu : peer.asked) {
        if (const auto* ack = std::get_if<bacnet::SimpleAck>(&apdu)) { out.emplace_back(ack->invoke_id, "ack"); }
        if (const auto* error = std::get_if<bacnet::ErrorPdu>(&apdu)) {
            out.emplace_back(error->invoke_id,
                             "error " + std::to_string(error->error_class) + " " + std::to_string(error->error_code));
        }
        if (const auto* reject = std::get_if<bacnet::RejectPdu>(&apdu)) {
            out.emplace_back(reject->invoke_id, "reject " + std::to_string(reject->reason));
        }
    }
    return out;
}

using Answered = std::vector<std::pair<unsigned, std::string>>;

} // namespace

TEST_CASE("confirmed reports are asked for, acknowledged, and told once where one comes twice") {
    std::vector<bacnet::SubscribeCov> subscriptions;
    Peer peer([&](const bacnet::Apdu& apdu) {
        const auto* request = std::get_if<bacnet::ConfirmedRequest>(&apdu);
        if (request == nullptr) { return Answers{}; }
        if (request->service != 5) { return Answers{reject_of(*request, 9)}; }
        const auto service = *bacnet::decode_subscribe_cov(request->data);
        subscriptions.push_back(service);
        if (!service.lifetime) { return Answers{done_of(*request)}; }
        return Answers{done_of(*request), confirmed(report(service, 1.5F), 9), confirmed(report(service, 1.5F), 9),
                       confirmed(report(service, 2.5F), 10), confirmed(report(service, 1.5F), 11)};
    });
    const Seen seen = watch(peer, {input(1)}, "confirmed");
    REQUIRE_MESSAGE(seen.done.has_value(), (seen.done ? "" : describe(seen.done.error())));
    CHECK(seen.values.at("input_1") == std::vector<std::string>{"1.5", "2.5", "1.5"});
    CHECK(answers_of(peer) == Answered{{9, "ack"}, {9, "ack"}, {10, "ack"}, {11, "ack"}});
    REQUIRE(subscriptions.size() == 2);
    CHECK(subscriptions[0].confirmed == true);
    CHECK_FALSE(subscriptions[1].confirmed.has_value());
}

TEST_CASE(
    "a confirmed report that nobody subscribed to is refused as that, each time, and one that is none is rejected") {
    Peer peer([&](const bacnet::Apdu& apdu) {
        const auto* request = std::get_if<bacnet::ConfirmedRequest>(&apdu);
        if (request == nullptr) { return Answers{}; }
        if (request->service != 5) { return Answers{reject_of(*request, 9)}; }
        auto service = *bacnet::decode_subscribe_cov(request->data);
        if (!service.lifetime) { return Answers{done_of(*request)}; }
        service.process += 100;
        return Answers{done_of(*request), confirmed(report(service, 1.5F), 20), confirmed(report(service, 1.5F), 20),
                       confirmed(Bytes{0x09}, 21)};
    });
    const Seen seen = watch(peer, {input(1)}, "confirmed");
    REQUIRE(seen.done.has_value());
    CHECK(seen.values.empty());
    CHECK(answers_of(peer) == Answered{{20, "error 5 79"}, {20, "error 5 79"}, {21, "reject 4"}});
}

TEST_CASE("the first reports of points are not lost while the others are still subscribed to") {
    for (const std::string reports : {"", "confirmed"}) {
        CAPTURE(reports);
        Peer peer([&](const bacnet::Apdu& apdu) {
            const auto* request = std::get_if<bacnet::ConfirmedRequest>(&apdu);
            if (request == nullptr) { return Answers{}; }
            if (request->service != 5) { return Answers{reject_of(*request, 9)}; }
            const auto service = *bacnet::decode_subscribe_cov(request->data);
            if (!service.lifetime) { return Answers{done_of(*request)}; }
            const Bytes data = report(service, static_cast<float>(service.object.instance));
            bacnet::UnconfirmedRequest told;
            told.service = 2;
            told.data = data;
            const bool wants = service.confirmed.value_or(false);
            return Answers{done_of(*request), wants ? bacnet::Apdu(confirmed(data, 7)) : bacnet::Apdu(told)};
        });
        const Seen seen = watch(peer, {input(1), input(2), input(3)}, reports);
        REQUIRE_MESSAGE(seen.done.has_value(), (seen.done ? "" : describe(seen.done.error())));
        for (const unsigned number : {1U, 2U, 3U}) {
            REQUIRE(seen.values.contains("input_" + std::to_string(number)));
            CHECK(seen.values.at("input_" + std::to_string(number)) ==
                  std::vector<std::string>{std::to_string(number)});
        }
    }
}

TEST_CASE("a simulated device's confirmed reports arrive over MS/TP and BACnet/IP") {
    for (const char* framing : {"mstp", "ip"}) {
        CAPTURE(framing);
        auto options = over(framing);
        options.speed = 600;
        SimulatedBacnet line(options, {{"1", "dts307-bacnet"}});
        const bool ip = framing == std::string("ip");
        const auto session = line.session("dts307-bacnet", ip ? "" : "1", {{"reports", "confirmed"}});
        std::vector<Value> values;
        const auto done = line.run(session->watch({input(4)}, 60s, [&](sessions::ReadOutcome&& outcome) {
            for (const auto& reading : outcome.readings) { values.push_back(reading.value); }
            return values.size() < 5;
        }));
        REQUIRE_MESSAGE(done.has_value(), (done ? "" : describe(done.error())));
        REQUIRE(values.size() == 5);
        for (std::size_t i = 1; i < values.size(); ++i) { CHECK(values[i] != values[i - 1]); }
        CHECK(session->statistics().dropped_late == 0);
    }
}

// What a device is asked to do as a whole, and what it tells by itself. ASHRAE 135,
// clauses 13.14, 16.1, 16.4, 16.7, 16.9.
#include "codecs/bacnet/records.hpp"
#include "sessions/protocols.hpp"
#include "tests/sessions/bacnet/scripted_peer.hpp"
#include "tests/sessions/bacnet/simulated_bacnet.hpp"

using namespace meterctl;
using namespace meterctl::tests;
using namespace std::chrono_literals;

namespace {

struct Setup {
    explicit Setup(Server server, std::map<std::string, std::string> settings = {}) : peer(std::move(server)) {
        sessions::SessionOptions options;
        options.settings = std::move(settings);
        auto opened = sessions::bacnet::open_session(peer, std::move(options));
        REQUIRE(opened.has_value());
        session = std::move(*opened);
    }
    Result<Value> invoke(const std::string& service, Value argument = {}) {
        return transports::run(peer.loop(), session->invoke("service:" + service, argument));
    }
    Peer peer;
    std::unique_ptr<sessions::Session> session;
};

Answers agree(const bacnet::Apdu& apdu) {
    const auto* request = std::get_if<bacnet::ConfirmedRequest>(&apdu);
    return request == nullptr ? Answers{} : Answers{done_of(*request)};
}

template <class T>
T sent_by(const Setup& setup, unsigned service, Result<T> (*decode)(ByteView)) {
    const auto& request = request_in(setup.peer.asked.back());
    REQUIRE(request.service == service);
    const auto decoded = decode(request.data);
    REQUIRE(decoded.has_value());
    return *decoded;
}

Value time_of(std::string_view text) {
    const auto time = DateTime::parse(text);
    REQUIRE(time.has_value());
    return *time;
}

} // namespace

TEST_CASE("a device is restarted with the password where there is one") {
    for (const auto& [service, state] : {std::pair("coldstart", 0U), std::pair("warmstart", 1U)}) {
        Setup with(agree, {{"password", "secret"}}), without(agree);
        REQUIRE(with.invoke(service).has_value());
        auto sent = sent_by(with, 20, bacnet::decode_reinitialize_device);
        CHECK(sent.state == state);
        REQUIRE(sent.password.has_value());
        CHECK(sent.password->text() == "secret");
        REQUIRE(without.invoke(service).has_value());
        CHECK_FALSE(sent_by(without, 20, bacnet::decode_reinitialize_device).password.has_value());
    }
}

TEST_CASE("a wrong password is a refusal that says so, and one that is too long is not sent") {
    Setup wrong([](const bacnet::Apdu& apdu) { return Answers{error_of(request_in(apdu), 4, 26)}; },
                {{"password", "guess"}});
    const auto refused = wrong.invoke("coldstart");
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().category == Category::refused);
    CHECK(refused.error().what.find("password-failure") != std::string::npos);
    Setup lengthy(agree, {{"password", std::string(21, 'x')}});
    const auto rejected = lengthy.invoke("coldstart");
    REQUIRE_FALSE(rejected.has_value());
    CHECK(rejected.error().category == Category::rejected);
    CHECK(lengthy.peer.asked.empty());
}

TEST_CASE("the frames that are planned show no password") {
    Setup setup(agree, {{"password", "secret"}});
    const auto point = sessions::find_protocol("bacnet")->parse_point("service:coldstart");
    REQUIRE(point.has_value());
    const auto frames = setup.session->plan_write(*point, Value());
    REQUIRE(frames.has_value());
    REQUIRE(frames->size() == 1);
    const std::string octets(frames->front().octets.begin(), frames->front().octets.end());
    CHECK(octets.find("secret") == std::string::npos);
    CHECK(octets.find("******") != std::string::npos);
    CHECK(setup.peer.asked.empty());
}

TEST_CASE("a device is silenced for so many minutes, and told to speak again") {
    struct Case {
        const char* service;
        Value argument;
        std::uint32_t state;
        std::optional<std::uint16_t> minutes;
    };
    for (const Case& one : {Case{"disable-communication", std::int64_t{10}, 1, std::uint16_t{10}},
                            Case{"disable-communication", std::int64_t{0}, 1, std::nullopt},
                            Case{"disable-initiation", std::int64_t{65535}, 2, std::uint16_t{65535}},
                            Case{"enable-communication", Value(), 0, std::nullopt}}) {
        CAPTURE(one.service);
        Setup setup(agree);
        REQUIRE(setup.invoke(one.service, one.argument).has_value());
        const auto sent = sent_by(setup, 17, bacnet::decode_device_communication_control);
        CHECK(sent.state == one.state);
        CHECK(sent.minutes == one.minutes);
    }
    Setup setup(agree);
    const auto wrong = setup.invoke("disable-communication", std::int64_t{65536});
    REQUIRE_FALSE(wrong.has_value());
    CHECK(wrong.error().category == Category::rejected);
    CHECK(setup.peer.asked.empty());
}

TEST_CASE("a clock is set, and read to see that it was") {
    for (const char* framing : {"mstp", "ip"}) {
        CAPTURE(framing);
        auto options = over(framing);
        options.speed = 1;
        SimulatedBacnet line(options);
        const auto session = line.session();
        const auto shown = line.run(session->invoke("service:time-synchronization", time_of("2031-02-03T04:05:06")));
        REQUIRE_MESSAGE(shown.has_value(), (shown ? "" : describe(shown.error())));
        const auto* time = shown->get<DateTime>();
        REQUIRE(time != nullptr);
        CHECK(time->year == 2031);
        CHECK(time->hour == 4);
        CHECK(time->minute == 5);
        CHECK(*time->second >= 6);
        CHECK(*time->second <= 9);
    }
}

TEST_CASE("now is the time when it is sent, not when it was said") {
    auto options = over("mstp");
    options.speed = 1;
    SimulatedBacnet line(options);
    // Until a new station is in the ring, some time passes.
    const auto shown = line.run(line.session()->invoke("service:time-synchronization", Value(std::string("now"))));
    REQUIRE_MESSAGE(shown.has_value(), (shown ? "" : describe(shown.error())));
    const auto* time = shown->get<DateTime>();
    REQUIRE(time != nullptr);
    const std::time_t now = std::chrono::system_clock::to_time_t(line.loop->wall_clock());
    std::tm local{};
    REQUIRE(::localtime_r(&now, &local) != nullptr);
    CHECK(std::abs((*time->minute * 60 + *time->second) - (local.tm_min * 60 + local.tm_sec)) <= 1);
}

TEST_CASE("a clock that does not follow is a failed verification") {
    Setup setup([](const bacnet::Apdu& apdu) {
        const auto* request = std::get_if<bacnet::ConfirmedRequest>(&apdu);
        if (request == nullptr) { return Answers{}; }
        const auto answer = [](std::uint32_t property) {
            return property == 56 ? bacnet::encode_primitive(bacnet::Date{100, 1, 1, 6})
                                  : bacnet::encode_primitive(bacnet::Time{0, 0, 5, 0});
        };
        if (request->service == 12) {
            const auto asked = bacnet::decode_read_property(request->data);
            bacnet::ReadPropertyAck ack;
            ack.object = asked->object;
            ack.property = asked->property;
            ack.value = answer(asked->property.property);
            return Answers{ack_of(*request, bacnet::encode(ack))};
        }
        std::vector<bacnet::ReadResult> results(1);
        const auto asked = bacnet::decode_read_property_multiple(request->data);
        results[0].object = asked->front().object;
        for (const auto& property : asked->front().properties) {
            results[0].properties.push_back({property, answer(property.property)});
        }
        return Answers{ack_of(*request, bacnet::encode(results))};
    });
    const auto shown = setup.invoke("time-synchronization", time_of("2031-02-03T04:05:06"));
    REQUIRE_FALSE(shown.has_value());
    CHECK(shown.error().category == Category::verdict);
    CHECK(shown.error().what.find("2000-01-01T00:00:05") != std::string::npos);
}

TEST_CASE("a time that sets no clock is rejected before anything is sent") {
    for (const auto& [service, time] :
         {std::pair("time-synchronization", "2031-02-03T04:05:06Z"), std::pair("time-synchronization", "2031-02-03"),
          std::pair("utc-time-synchronization", "2031-02-03T04:05:06")}) {
        CAPTURE(time);
        SimulatedBacnet line(over("ip"));
        const auto outcome = line.run(line.session()->invoke(std::string("service:") + service, time_of(time)));
        REQUIRE_FALSE(outcome.has_value());
        CHECK(outcome.error().category == Category::rejected);
    }
}

TEST_CASE("what a device reports of a change is a reading") {
    for (const char* framing : {"mstp", "ip"}) {
        CAPTURE(framing);
        auto options = over(framing);
        options.speed = 600;
        SimulatedBacnet line(options, {{"1", "dts307-bacnet"}});
        const auto session = line.session("dts307-bacnet", framing == std::string("ip") ? "" : "1");
        const auto point = sessions::find_protocol("bacnet")->parse_point("analog-input:4");
        REQUIRE(point.has_value());
        std::vector<Value> values;
        std::vector<Unit> units;
        const auto done = line.run(session->watch({*point}, 60s, [&](sessions::ReadOutcome&& outcome) {
            CHECK(outcome.failures.empty());
            for (const auto& reading : outcome.readings) {
                CHECK(reading.name == "analog-input:4");
                values.push_back(reading.value);
                units.push_back(reading.unit);
            }
            return values.size() < 3;
        }));
        REQUIRE_MESSAGE(done.has_value(), (done ? "" : describe(done.error())));
        REQUIRE(values.size() == 3);
        CHECK(values[0] != values[1]);
        CHECK(values[1] != values[2]);
        CHECK(units[0] == Unit::kilowatt);
    }
}

TEST_CASE("a device that reports nothing refuses, and the error says what to do instead") {
    SimulatedBacnet line(over("mstp"));
    const auto done = line.run(
        line.session()->watch({bacnet_point("active_power")}, 60s, [](sessions::ReadOutcome&&) { return true; }));
    REQUIRE_FALSE(done.has_value());
    CHECK(done.error().category == Category::refused);
    CHECK(done.error().hints.front().find("--interval") == 0);
}

TEST_CASE("a subscription ends when the time is over, and is bounded in case we vanish") {
    std::vector<bacnet::SubscribeCov> subscriptions;
    Setup setup([&](const bacnet::Apdu& apdu) {
        const auto& request = request_in(apdu);
        if (request.service != 5) { return Answers{reject_of(request, 9)}; }
        subscriptions.push_back(*bacnet::decode_subscribe_cov(request.data));
        return Answers{done_of(request)};
    });
    auto point = *sessions::find_protocol("bacnet")->parse_point("binary-input:3");
    point.name = "door";
    const auto before = setup.peer.loop().now();
    const auto done = transports::run(setup.peer.loop(),
                                      setup.session->watch({point}, 30s, [](sessions::ReadOutcome&&) { return true; }));
    REQUIRE(done.has_value());
    CHECK(setup.peer.loop().now() - before >= 30s);
    CHECK(setup.peer.loop().now() - before < 32s);
    REQUIRE(subscriptions.size() == 2);
    CHECK(subscriptions[0].confirmed == false);
    CHECK(subscriptions[0].lifetime.value_or(0) >= 30);
    CHECK(subscriptions[0].lifetime.value_or(0) <= 60);
    CHECK_FALSE(subscriptions[1].confirmed.has_value());
    CHECK_FALSE(subscriptions[1].lifetime.has_value());
    CHECK(subscriptions[1].process == subscriptions[0].process);
}

TEST_CASE("a device is found by the name of an object that it has") {
    SimulatedBacnet line(over("mstp"), {{"1", "leviton-s4100"}, {"4", "dts307-bacnet"}});
    const std::vector<catalogue::Point> points{bacnet_point("vendor_identifier")};
    const auto outcome = line.run(line.session("leviton-s4100", "name:DTS 307")->read(points));
    REQUIRE_MESSAGE(outcome.has_value(), (outcome ? "" : describe(outcome.error())));
    REQUIRE(outcome->readings.size() == 1);
    CHECK(outcome->readings[0].value.number() == Decimal{473, 0});
    SimulatedBacnet none(over("mstp"));
    const auto missing = none.run(none.session("leviton-s4100", "name:nobody")->read(points));
    REQUIRE_FALSE(missing.has_value());
    CHECK(missing.error().category == Category::timeout);
    SimulatedBacnet two(over("mstp"), {{"1", "leviton-s4100"}, {"4", "leviton-s4100"}});
    const auto both = two.run(two.session("leviton-s4100", "name:KWh_Net")->read(points));
    REQUIRE_FALSE(both.has_value());
    CHECK(both.error().category == Category::untrusted);
    CHECK(both.error().what.find("at 4") != std::string::npos);
}

TEST_CASE("two stations of one address are told by a scan as the two devices that they are") {
    Peer peer([](const bacnet::Apdu& apdu) {
        if (!std::holds_alternative<bacnet::UnconfirmedRequest>(apdu)) { return Answers{}; }
        Answers answers;
        for (const std::uint32_t instance : {11U, 12U}) {
            bacnet::IAm service;
            service.device = {8, instance};
            bacnet::UnconfirmedRequest said;
            said.service = static_cast<std::uint8_t>(bacnet::UnconfirmedService::i_am);
            said.data = bacnet::encode(service);
            answers.emplace_back(std::move(said));
        }
        return answers;
    });
    std::vector<Error> troubles;
    sessions::ScanSink sink;
    sink.trouble = [&troubles](const std::string&, const Error& error) { troubles.push_back(error); };
    sessions::ScanOptions options;
    const auto done = transports::run(peer.loop(), sessions::bacnet::scan(peer, options, sink));
    REQUIRE(done.has_value());
    REQUIRE_FALSE(troubles.empty());
    CHECK(troubles.front().category == Category::untrusted);
    CHECK(troubles.front().what.find("devices 11 and 12 have one address") != std::string::npos);
}

TEST_CASE("a device that knows no identifier standing for any is called by its own, which its I-Am tells") {
    unsigned who_is = 0;
    Peer peer([&who_is](const bacnet::Apdu& apdu) {
        if (std::holds_alternative<bacnet::UnconfirmedRequest>(apdu)) {
            ++who_is;
            bacnet::IAm service;
            service.device = {8, 55};
            bacnet::UnconfirmedRequest said;
            said.service = static_cast<std::uint8_t>(bacnet::UnconfirmedService::i_am);
            said.data = bacnet::encode(service);
            return Answers{said};
        }
        const auto& request = request_in(apdu);
        const auto asked = bacnet::decode_read_property_multiple(request.data);
        if (!asked) { return Answers{reject_of(request, 9)}; }
        std::vector<bacnet::ReadResult> results;
        for (const auto& access : *asked) {
            bacnet::ReadResult result;
            result.object = access.object;
            for (const auto& property : access.properties) {
                bacnet::PropertyResult one;
                one.property = property;
                if (access.object.instance == 55) {
                    one.result = bacnet::encode_primitive(bacnet::CharacterString("here"));
                } else {
                    one.result = bacnet::AccessError{1, 31};
                }
                result.properties.push_back(one);
            }
            results.push_back(result);
        }
        return Answers{ack_of(request, bacnet::encode(results))};
    });
    auto session = sessions::bacnet::open_session(peer, {});
    REQUIRE(session.has_value());
    const std::vector<catalogue::Point> points{bacnet_point("location")};
    for (unsigned round = 0; round < 2; ++round) {
        const auto outcome = transports::run(peer.loop(), (*session)->read(points));
        REQUIRE(outcome.has_value());
        REQUIRE(outcome->readings.size() == 1);
        CHECK(outcome->readings[0].value == Value(std::string("here")));
    }
    CHECK(who_is == 1);
}

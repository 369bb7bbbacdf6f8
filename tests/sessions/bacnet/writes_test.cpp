// Writing: priorities, several values at once, what depends on other values, and devices that are given another number.
// ASHRAE 135, clauses 15.9, 15.10 and 19.2.
#include "sessions/protocols.hpp"
#include "tests/sessions/bacnet/scripted_peer.hpp"
#include "tests/sessions/bacnet/simulated_bacnet.hpp"

#include <algorithm>

using namespace meterctl;
using namespace meterctl::tests;
using namespace std::chrono_literals;

namespace {

using bacnet::ConfirmedService;

catalogue::Point analog_value(std::uint32_t instance) {
    auto point = sessions::find_protocol("bacnet")->parse_point("analog-value:" + std::to_string(instance));
    REQUIRE(point.has_value());
    return *point;
}

std::vector<sessions::PointValue> writes_to(std::uint32_t count) {
    std::vector<sessions::PointValue> writes;
    for (std::uint32_t i = 1; i <= count; ++i) { writes.push_back({analog_value(i), Value(std::int64_t{10 + i})}); }
    return writes;
}

/// A device of analog values, which are written and read alone or several at once, as a test lets it.
struct Device {
    bool knows_several = true;
    std::uint32_t refuses = 0; ///< writing this instance
    bool takes_segments = false;
    std::uint64_t max_apdu = 1476;
    std::uint32_t reliability = 0;
    std::map<std::uint32_t, Bytes> values{};
    std::vector<bacnet::WriteProperty> written{};
    std::map<unsigned, unsigned> asked{}; ///< how often each service
    Bytes gathered{};                     ///< of a segmented request

    Bytes held(const bacnet::ObjectId& object, std::uint32_t property) {
        if (property == 103) { return bacnet::encode_primitive(bacnet::Enumerated{reliability}); }
        if (property == 62) { return bacnet::encode_primitive(max_apdu); }
        if (property == 107) { return bacnet::encode_primitive(bacnet::Enumerated{takes_segments ? 0U : 3U}); }
        if (property == 167) { return bacnet::encode_primitive(std::uint64_t{8}); }
        const auto found = values.find(object.instance);
        return found == values.end() ? bacnet::encode_primitive(0.0F) : found->second;
    }

    Answers operator()(const bacnet::Apdu& apdu) {
        const auto* given = std::get_if<bacnet::ConfirmedRequest>(&apdu);
        if (given == nullptr) { return {}; }
        bacnet::ConfirmedRequest request = *given;
        ++asked[request.service];
        if (request.segment) {
            if (request.segment->sequence == 0) { gathered.clear(); }
            gathered.insert(gathered.end(), request.data.begin(), request.data.end());
            if (request.segment->more_follows) {
                bacnet::SegmentAck ack;
                ack.server = true;
                ack.invoke_id = request.invoke_id;
                ack.sequence = request.segment->sequence;
                ack.window = 1;
                return {ack};
            }
            bacnet::SegmentAck last;
            last.server = true;
            last.invoke_id = request.invoke_id;
            last.sequence = request.segment->sequence;
            request.data = gathered;
            auto answers = serve(request);
            answers.insert(answers.begin(), last);
            return answers;
        }
        if (request.data.size() + 4 > max_apdu) { return {abort_of(request, 1)}; }
        return serve(request);
    }

    Answers serve(const bacnet::ConfirmedRequest& request) {
        switch (static_cast<ConfirmedService>(request.service)) {
        case ConfirmedService::read_property: {
            const auto asked_for = bacnet::decode_read_property(request.data);
            bacnet::ReadPropertyAck ack;
            ack.object = asked_for->object;
            ack.property = asked_for->property;
            ack.value = held(ack.object, ack.property.property);
            return {ack_of(request, bacnet::encode(ack))};
        }
        case ConfirmedService::read_property_multiple: {
            std::vector<bacnet::ReadResult> results;
            const auto asked_for = bacnet::decode_read_property_multiple(request.data);
            for (const auto& access : *asked_for) {
                bacnet::ReadResult result;
                result.object = access.object;
                for (const auto& property : access.properties) {
                    result.properties.push_back({property, held(access.object, property.property)});
                }
                results.push_back(result);
            }
            return {ack_of(request, bacnet::encode(results))};
        }
        case ConfirmedService::write_property:
            return write(request, {*bacnet::decode_write_property(request.data)});
        case ConfirmedService::write_property_multiple: {
            if (!knows_several) { return {reject_of(request, 9)}; }
            std::vector<bacnet::WriteProperty> all;
            const auto list = bacnet::decode_write_property_multiple(request.data);
            for (const auto& access : *list) {
                for (const auto& one : access.properties) {
                    all.push_back({access.object, one.property, one.value, one.priority});
                }
            }
            return write(request, all);
        }
        default:
            return {reject_of(request, 9)};
        }
    }

    Answers write(const bacnet::ConfirmedRequest& request, const std::vector<bacnet::WriteProperty>& all) {
        for (const auto& one : all) {
            if (one.object.instance == refuses) {
                auto error = error_of(request, 2, 37);
                bacnet::WriteError first;
                first.error = {2, 37};
                first.object = one.object;
                first.property = one.property;
                if (request.service == 16) { error.data = bacnet::encode(first); }
                return {error};
            }
            values[one.object.instance] = one.value;
            written.push_back(one);
        }
        return {done_of(request)};
    }
};

struct Setup {
    explicit Setup(Device& device, std::map<std::string, std::string> settings = {})
        : peer([&device](const bacnet::Apdu& apdu) { return device(apdu); }) {
        sessions::SessionOptions options;
        options.settings = std::move(settings);
        auto opened = sessions::bacnet::open_session(peer, std::move(options));
        REQUIRE_MESSAGE(opened.has_value(), (opened ? std::string() : describe(opened.error())));
        session = std::move(*opened);
    }
    std::vector<Result<sessions::WriteOutcome>> write(const std::vector<sessions::PointValue>& writes) {
        return transports::run(peer.loop(), session->write_all(writes));
    }
    Peer peer;
    std::unique_ptr<sessions::Session> session;
};

} // namespace

TEST_CASE("a write has the priority that was asked for, and none otherwise") {
    Device device;
    Setup with(device, {{"priority", "8"}}), without(device);
    const auto one = writes_to(1), three = writes_to(3);
    CHECK(with.write(one)[0].has_value());
    CHECK(with.write(three)[2].has_value());
    CHECK(without.write(one)[0].has_value());
    REQUIRE(device.written.size() == 5);
    for (std::size_t i = 0; i < 4; ++i) { CHECK(device.written[i].priority == std::uint8_t{8}); }
    CHECK_FALSE(device.written[4].priority.has_value());
}

TEST_CASE("a priority outside 1 to 16 is wrong usage") {
    Device device;
    Peer peer([&device](const bacnet::Apdu& apdu) { return device(apdu); });
    for (const char* wrong : {"0", "17", "high", "1.5"}) {
        sessions::SessionOptions options;
        options.settings["priority"] = wrong;
        const auto session = sessions::bacnet::open_session(peer, std::move(options));
        REQUIRE_FALSE(session.has_value());
        CHECK(session.error().category == Category::usage);
    }
}

TEST_CASE("a null takes back what was commanded at a priority") {
    Device device;
    Setup setup(device, {{"priority", "8"}});
    const auto outcome = transports::run(setup.peer.loop(), setup.session->write(analog_value(1), Value()));
    REQUIRE_MESSAGE(outcome.has_value(), (outcome ? "" : describe(outcome.error())));
    REQUIRE(device.written.size() == 1);
    CHECK(device.written[0].value == Bytes{0});
    CHECK(device.written[0].priority == std::uint8_t{8});
}

TEST_CASE("several writes to one device go in one request, and each is verified") {
    Device device;
    Setup setup(device);
    const auto outcomes = setup.write(writes_to(3));
    REQUIRE(outcomes.size() == 3);
    for (const auto& one : outcomes) {
        REQUIRE_MESSAGE(one.has_value(), (one ? "" : describe(one.error())));
        CHECK(one->verified);
    }
    CHECK(device.asked[16] == 1);
    CHECK(device.asked[15] == 0);
    CHECK(outcomes[2]->read_back->value.number() == Decimal{13, 0});
}

TEST_CASE("a device that knows no WritePropertyMultiple is written to one by one, and asked no more") {
    Device device;
    device.knows_several = false;
    Setup setup(device);
    for (unsigned round = 0; round < 2; ++round) {
        for (const auto& one : setup.write(writes_to(3))) { CHECK(one.has_value()); }
    }
    CHECK(device.asked[16] == 1);
    CHECK(device.asked[15] == 6);
}

TEST_CASE(
    "of several writes the one that is refused is named; those before it are verified, those behind it are not done") {
    for (const bool several : {true, false}) {
        CAPTURE(several);
        Device device;
        device.knows_several = several;
        device.refuses = 2;
        Setup setup(device);
        const auto outcomes = setup.write(writes_to(3));
        REQUIRE(outcomes.size() == 3);
        REQUIRE(outcomes[0].has_value());
        CHECK(outcomes[0]->verified);
        REQUIRE_FALSE(outcomes[1].has_value());
        CHECK(outcomes[1].error().category == Category::refused);
        CHECK(outcomes[1].error().code == "bacnet.error.2.37");
        REQUIRE_FALSE(outcomes[2].has_value());
        CHECK(outcomes[2].error().code == "write.skipped");
        CHECK_FALSE(device.values.contains(3));
    }
}

TEST_CASE("writes that are too long for the device go in segments where it takes them, else in several requests") {
    for (const bool segments : {true, false}) {
        CAPTURE(segments);
        Device device;
        device.takes_segments = segments;
        device.max_apdu = 128;
        Setup setup(device);
        const auto outcomes = setup.write(writes_to(40)); // 40 times 14 octets
        for (const auto& one : outcomes) {
            REQUIRE_MESSAGE(one.has_value(), (one ? "" : describe(one.error())));
            CHECK(one->verified);
        }
        CHECK(device.written.size() == 40);
        unsigned longest = 0, in_segments = 0;
        for (const auto& apdu : setup.peer.asked) {
            longest = std::max(longest, static_cast<unsigned>(bacnet::encode(apdu).size()));
            const auto* request = std::get_if<bacnet::ConfirmedRequest>(&apdu);
            in_segments += request != nullptr && request->segment ? 1U : 0U;
        }
        CHECK(longest <= 128);
        CHECK((in_segments > 0) == segments);
    }
}

TEST_CASE("a value is not stored as long as Reliability says otherwise, and after 2 s that is a refusal") {
    Device device;
    device.reliability = 7;
    Setup setup(device);
    const auto before = setup.peer.loop().now();
    const auto outcome =
        transports::run(setup.peer.loop(), setup.session->write(analog_value(1), Value(std::int64_t{5})));
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().category == Category::refused);
    CHECK(outcome.error().code == "bacnet.reliability");
    CHECK(outcome.error().what.find("unreliable-other") != std::string::npos);
    CHECK(setup.peer.loop().now() - before >= 2s);
    CHECK(setup.peer.loop().now() - before < 3s);
}

TEST_CASE("a write is confirmed once Reliability is good again") {
    Device device;
    device.reliability = 7;
    Setup setup(device);
    bool asked_before = false;
    Peer peer([&](const bacnet::Apdu& apdu) {
        const auto* request = std::get_if<bacnet::ConfirmedRequest>(&apdu);
        const bool written = std::exchange(asked_before, !device.written.empty());
        if (written && request != nullptr && device.asked[12] > 1) { device.reliability = 0; }
        return device(apdu);
    });
    auto session = sessions::bacnet::open_session(peer, {});
    REQUIRE(session.has_value());
    const auto outcome = transports::run(peer.loop(), (*session)->write(analog_value(1), Value(std::int64_t{5})));
    REQUIRE_MESSAGE(outcome.has_value(), (outcome ? "" : describe(outcome.error())));
    CHECK(outcome->verified);
    CHECK(device.asked[12] >= 2);
}

TEST_CASE("a voltage that does not fit the ratio of the transformers is rejected before it is sent") {
    SimulatedBacnet line(over("mstp"));
    const auto session = line.session();
    const auto wrong = line.run(session->write(bacnet_point("system_voltage"), Value(std::int64_t{4800})));
    REQUIRE_FALSE(wrong.has_value());
    CHECK(wrong.error().category == Category::rejected);
    CHECK(wrong.error().code == "write.ratio");
    CHECK(wrong.error().what.find("pt_ratio, which is 1") != std::string::npos);
    const std::vector<sessions::PointValue> both{{bacnet_point("pt_ratio"), Value(std::int64_t{10})},
                                                 {bacnet_point("system_voltage"), Value(std::int64_t{4800})}};
    for (const auto& one : line.run(session->write_all(both))) {
        CHECK_MESSAGE(one.has_value(), (one ? "" : describe(one.error())));
    }
}

TEST_CASE("two commands of the register that wants 10 s between them get 10 s") {
    SimulatedBacnet line(over("mstp"));
    std::vector<std::string> notices;
    sessions::SessionOptions options;
    options.meter = &test::bacnet_meter("leviton-s4100");
    options.settings["framing"] = "mstp";
    options.notice = [&notices](const std::string& text) { notices.push_back(text); };
    auto session = sessions::bacnet::open_session(*line.transport, std::move(options));
    REQUIRE(session.has_value());
    // The virtual meter refuses as busy what comes sooner.
    REQUIRE(line.run((*session)->invoke(bacnet_point("reset_pulse_count").address, Value())).has_value());
    const auto before = line.loop->now();
    const auto next = line.run((*session)->invoke(bacnet_point("reset_max_demand").address, Value()));
    CHECK_MESSAGE(next.has_value(), (next ? "" : describe(next.error())));
    CHECK(line.loop->now() - before >= 9900ms);
    CHECK(std::ranges::any_of(notices, [](const std::string& text) { return text.find("waiting") == 0; }));
}

TEST_CASE("a device that was given another number is called by it from then on") {
    for (const char* address : {"1", "device:1004100"}) {
        CAPTURE(address);
        SimulatedBacnet line(over("mstp"));
        const auto session = line.session("leviton-s4100", address);
        const std::vector<sessions::PointValue> writes{{bacnet_point("device_instance"), Value(std::int64_t{77})},
                                                       {bacnet_point("location"), Value(std::string("cellar"))}};
        const auto outcomes = line.run(session->write_all(writes));
        for (const auto& one : outcomes) {
            REQUIRE_MESSAGE(one.has_value(), (one ? "" : describe(one.error())));
            CHECK(one->verified);
        }
        const std::vector<catalogue::Point> points{bacnet_point("device_instance"), bacnet_point("location")};
        const auto after = line.run(session->read(points));
        REQUIRE(after.has_value());
        REQUIRE(after->readings.size() == 2);
        CHECK(after->readings[0].value.number() == Decimal{77, 0});
        CHECK(after->readings[1].value == Value(std::string("cellar")));
    }
}

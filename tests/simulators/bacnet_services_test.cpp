// What virtual BACnet devices answer to requests that are odd, long, or for others. ASHRAE 135, clauses 5, 15 and 16.
#include "tests/simulators/bacnet_asker.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace meterctl;
using namespace std::chrono_literals;
using test::BacnetAsker;
using test::property_of;
namespace bacnet = codecs::bacnet;

namespace {

bacnet::ReadAccess access(bacnet::ObjectId object, std::initializer_list<std::uint32_t> properties) {
    bacnet::ReadAccess out;
    out.object = object;
    for (const std::uint32_t property : properties) { out.properties.push_back(property_of(property)); }
    return out;
}

std::vector<bacnet::ReadResult> read_multiple(BacnetAsker& asker, const std::vector<bacnet::ReadAccess>& service) {
    const auto answer = asker.request(bacnet::ConfirmedService::read_property_multiple, bacnet::encode(service));
    const auto* ack = std::get_if<bacnet::ComplexAck>(&answer);
    REQUIRE_MESSAGE(ack != nullptr, BacnetAsker::outcome(answer));
    const auto results = bacnet::decode_read_property_multiple_ack(ack->data);
    REQUIRE(results.has_value());
    return *results;
}

bacnet::UnconfirmedRequest unconfirmed(bacnet::UnconfirmedService service, Bytes data) {
    bacnet::UnconfirmedRequest pdu;
    pdu.service = static_cast<std::uint8_t>(service);
    pdu.data = std::move(data);
    return pdu;
}

} // namespace

TEST_CASE("several properties are read at once, each with its own error") {
    BacnetAsker asker;
    const auto results =
        read_multiple(asker, {access({0, 2}, {77, 85, 103}), access({0, 99}, {85}), access({2, 2}, {85, 87})});
    REQUIRE(results.size() == 3);
    CHECK(results[0].properties.size() == 3);
    CHECK(std::holds_alternative<Bytes>(results[0].properties[1].result));
    CHECK(std::get<bacnet::AccessError>(results[1].properties[0].result) == bacnet::AccessError{1, 31});
    CHECK(std::get<Bytes>(results[2].properties[0].result) == *from_hex("44 42 20 00 00"));
    CHECK(std::get<bacnet::AccessError>(results[2].properties[1].result) == bacnet::AccessError{2, 32});
}

TEST_CASE("all, required and optional stand for the properties that clause 12 sorts so") {
    BacnetAsker asker;
    const auto numbers = [&](std::uint32_t group) {
        std::vector<std::uint32_t> out;
        const auto results = read_multiple(asker, {access({0, 2}, {group})});
        for (const auto& one : results.front().properties) { out.push_back(one.property.property); }
        std::sort(out.begin(), out.end());
        return out;
    };
    using Numbers = std::vector<std::uint32_t>;
    CHECK(numbers(bacnet::all_properties) == Numbers{28, 36, 75, 77, 79, 81, 85, 103, 111, 117});
    CHECK(numbers(bacnet::required_properties) == Numbers{36, 75, 77, 79, 81, 85, 111, 117});
    CHECK(numbers(bacnet::optional_properties) == Numbers{28, 103});
}

TEST_CASE("what is too long for 480 octets or for the asker is aborted, and what fits is not") {
    BacnetAsker asker;
    std::vector<bacnet::ReadAccess> service;
    for (std::uint32_t i = 1; i <= 22; ++i) { service.push_back(access({0, i}, {85})); }
    CHECK(read_multiple(asker, service).size() == 22);
    for (std::uint32_t i = 23; i <= 60; ++i) { service.push_back(access({0, i}, {85})); }
    const auto ask = [&] {
        return BacnetAsker::outcome(
            asker.request(bacnet::ConfirmedService::read_property_multiple, bacnet::encode(service)));
    };
    CHECK(ask() == "abort 4");
    asker.max_apdu = 1476;
    CHECK(ask() == "abort 4");
    asker.max_apdu = 50;
    CHECK(asker.try_read("device/object-name") == "abort 4");
    CHECK(asker.try_read("analog-input:2") == "ok");
}

TEST_CASE("services that the meter does not have are rejected, and so are parameters that are none") {
    BacnetAsker asker;
    const auto outcome = [&](bacnet::ConfirmedService service, std::string_view data) {
        return BacnetAsker::outcome(asker.request(service, *from_hex(data)));
    };
    CHECK(outcome(bacnet::ConfirmedService::subscribe_cov, "09 01 1C 00 00 00 02 29 00 39 00") == "reject 9");
    CHECK(outcome(bacnet::ConfirmedService::write_property_multiple, "0C 00 80 00 02") == "reject 9");
    CHECK(outcome(bacnet::ConfirmedService::atomic_read_file, "") == "reject 9");
    CHECK(outcome(bacnet::ConfirmedService::read_property, "0C 00 80") == "reject 4");
    CHECK(outcome(bacnet::ConfirmedService::read_property, "") == "reject 5");
    CHECK(outcome(bacnet::ConfirmedService::read_property, "0C 00 80 00 02 19 55 19 55 19 55") == "reject 4");
    CHECK(asker.try_read("file:1/object-name") == "error 1 31");
    CHECK(asker.try_read("analog-input:2/present-value[1]") == "error 2 50");
}

TEST_CASE("a device is found by its number, within limits, and by the names of what it has") {
    BacnetAsker asker;
    constexpr std::uint32_t instance = 1004100;
    const auto find = [&](std::optional<bacnet::InstanceLimits> limits) {
        bacnet::WhoIs service;
        service.limits = limits;
        return asker.ask(unconfirmed(bacnet::UnconfirmedService::who_is, bacnet::encode(service)));
    };
    CHECK(find(bacnet::InstanceLimits{0, instance - 1}).empty());
    CHECK(find(bacnet::InstanceLimits{instance, instance}).size() == 1);
    const auto answers = find(std::nullopt);
    REQUIRE(answers.size() == 1);
    const auto* i_am = std::get_if<bacnet::UnconfirmedRequest>(&answers.front());
    REQUIRE(i_am != nullptr);
    const auto who = bacnet::decode_i_am(i_am->data);
    REQUIRE(who.has_value());
    CHECK(who->device == bacnet::ObjectId{8, instance});
    CHECK(who->max_apdu == 480);
    CHECK(who->segmentation == 3);
    CHECK(who->vendor == 133);

    const auto who_has = [&](std::variant<bacnet::ObjectId, bacnet::CharacterString> object) {
        bacnet::WhoHas service;
        service.object = std::move(object);
        return asker.ask(unconfirmed(bacnet::UnconfirmedService::who_has, bacnet::encode(service)));
    };
    const auto had = who_has(bacnet::CharacterString("KW_Total"));
    REQUIRE(had.size() == 1);
    const auto have = bacnet::decode_i_have(std::get<bacnet::UnconfirmedRequest>(had.front()).data);
    REQUIRE(have.has_value());
    CHECK(have->object == bacnet::ObjectId{0, 11});
    CHECK(who_has(bacnet::ObjectId{20, 3}).size() == 1);
    CHECK(who_has(bacnet::CharacterString("KW_None")).empty());
}

TEST_CASE("whichever device it is answers to instance 4194303") {
    BacnetAsker asker;
    CHECK(asker.read<bacnet::ObjectId>("device:4194303/object-identifier").text() == "device:1004100");
}

TEST_CASE("nothing is written to instance 4194303") {
    BacnetAsker asker;
    CHECK(asker.write("device:4194303/location", bacnet::CharacterString("Roof")) == "error 1 31");
}

TEST_CASE("a device that is told to keep silent does, until its time is up or it is told otherwise") {
    BacnetAsker asker;
    const auto control = [&](std::uint32_t state, std::optional<std::uint16_t> minutes) {
        bacnet::DeviceCommunicationControl service;
        service.state = state;
        service.minutes = minutes;
        return BacnetAsker::outcome(
            asker.request(bacnet::ConfirmedService::device_communication_control, bacnet::encode(service)));
    };
    const std::string read = "81 0A 00 11 01 04 00 03 01 0C 0C 00 80 00 02 19 55";
    constexpr std::uint32_t enable = 0, disable = 1;
    CHECK(control(disable, 2) == "ok");
    CHECK(asker.exchange(read) == "silence");
    asker.wait(119s);
    CHECK(asker.exchange(read) == "silence");
    asker.wait(1s);
    CHECK(asker.exchange(read) != "silence");
    CHECK(control(disable, {}) == "ok");
    CHECK(asker.exchange(read) == "silence");
    CHECK(control(enable, {}) == "ok");
    CHECK(asker.exchange(read) != "silence");
}

TEST_CASE("a restart is counted and noted in the logs") {
    BacnetAsker asker;
    const float before = asker.real("analog-input:81");
    bacnet::ReinitializeDevice service;
    service.state = 1; // warm start
    const auto restart = [&] {
        return BacnetAsker::outcome(
            asker.request(bacnet::ConfirmedService::reinitialize_device, bacnet::encode(service)));
    };
    CHECK(restart() == "ok");
    CHECK(asker.real("analog-input:81") == before + 1);
    service.state = 2; // start backup
    CHECK(restart() == "error 5 80");
}

TEST_CASE("a device that segments sends its long answers in windows, again where nobody acknowledges") {
    BacnetAsker asker(BacnetAsker::frozen(), "dts307-bacnet");
    asker.segments = true;
    asker.max_apdu = 50;
    bacnet::ReadProperty service;
    service.object = {8, 473001};
    service.property = property_of(371); // property list
    bacnet::ConfirmedRequest pdu;
    pdu.invoke_id = 9;
    pdu.service = static_cast<std::uint8_t>(bacnet::ConfirmedService::read_property);
    pdu.max_apdu = 50;
    pdu.segmented_answer_accepted = true;
    pdu.data = bacnet::encode(service);
    auto answers = asker.ask(pdu);
    REQUIRE(answers.size() == 1);
    const auto first = std::get<bacnet::ComplexAck>(answers.front());
    REQUIRE(first.segment.has_value());
    CHECK(first.segment->sequence == 0);
    CHECK(first.segment->more_follows);
    asker.wait(2s);
    REQUIRE(asker.heard().size() == 1); // the same again
    bacnet::Reassembly whole;
    REQUIRE(whole.receive(*first.segment, first.data).has_value());
    bacnet::SegmentAck ack;
    ack.invoke_id = 9;
    ack.window = 16;
    bool complete = false;
    for (int turn = 0; turn < 10 && !complete; ++turn) {
        for (const auto& one : asker.ask(ack)) {
            const auto& part = std::get<bacnet::ComplexAck>(one);
            const auto step = whole.receive(*part.segment, part.data);
            REQUIRE(step.has_value());
            ack.sequence = step->sequence;
            complete = step->complete;
        }
    }
    CHECK(complete);
    CHECK(bacnet::decode_read_property_ack(whole.data()).has_value());
    pdu.segmented_answer_accepted = false;
    answers = asker.ask(pdu);
    REQUIRE(answers.size() == 1);
    CHECK(BacnetAsker::outcome(answers.front()) == "abort 4");
}

TEST_CASE("changes of value are told to who subscribed, by more than the increment, for as long as asked") {
    BacnetAsker asker(BacnetAsker::running(600), "dts307-bacnet");
    bacnet::SubscribeCov service;
    service.process = 5;
    service.object = {0, 11}; // voltage
    service.confirmed = false;
    service.lifetime = 60;
    const auto subscribe = [&] {
        bacnet::ConfirmedRequest pdu;
        pdu.service = static_cast<std::uint8_t>(bacnet::ConfirmedService::subscribe_cov);
        pdu.data = bacnet::encode(service);
        auto answers = asker.exchange(ByteView(BacnetAsker::datagram(pdu)));
        REQUIRE_FALSE(answers.empty());
        return BacnetAsker::outcome(BacnetAsker::apdu_of(answers.front()));
    };
    CHECK(subscribe() == "ok"); // the value of now comes with it
    asker.wait(1s);
    std::vector<float> told;
    for (int second = 0; second < 70; ++second) {
        for (const Bytes& datagram : asker.heard()) {
            const auto apdu = BacnetAsker::apdu_of(datagram);
            const auto notification = bacnet::decode_cov_notification(std::get<bacnet::UnconfirmedRequest>(apdu).data);
            REQUIRE(notification.has_value());
            CHECK(notification->process == 5);
            CHECK(notification->device == bacnet::ObjectId{8, 473001});
            const auto values = bacnet::decode_primitives(notification->values.front().value);
            told.push_back(std::get<float>(values->front()));
            CHECK(second < 60);
        }
        asker.wait(1s);
    }
    REQUIRE(told.size() > 2);
    for (std::size_t i = 1; i < told.size(); ++i) { CHECK(std::abs(told[i] - told[i - 1]) >= 0.5F); }
    service.object = {8, 473001};
    CHECK(subscribe() == "error 1 45");
    service.object = {0, 99};
    CHECK(subscribe() == "error 1 31");
}

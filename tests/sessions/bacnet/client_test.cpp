// What a client takes for its answer, and what it makes of refusals. ASHRAE 135, clauses 5.4, 15.5 and 15.7.
#include "tests/sessions/bacnet/scripted_peer.hpp"

using namespace meterctl;
using namespace meterctl::tests;
namespace bacnet = codecs::bacnet;
using sessions::bacnet::Client;
using sessions::bacnet::ClientOptions;
using sessions::bacnet::Properties;
using sessions::bacnet::Station;
using sessions::bacnet::Wanted;

namespace {

Result<Bytes> ask(Peer& peer, Client& client) {
    Bytes data{1, 2, 3};
    return transports::run(peer.loop(), client.ask(Station(), bacnet::ConfirmedService::read_range, std::move(data)));
}

std::vector<Wanted> inputs(std::uint32_t count) {
    std::vector<Wanted> wanted(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        wanted[i].object.instance = i + 1;
        wanted[i].property.property = 85;
    }
    return wanted;
}

/// A REAL for each property asked for by ReadPropertyMultiple or ReadProperty: the instance of its object.
Bytes values_for(const bacnet::ConfirmedRequest& request) {
    const auto real = [](const bacnet::ObjectId& object) {
        return bacnet::encode_primitive(static_cast<float>(object.instance));
    };
    if (request.service == static_cast<std::uint8_t>(bacnet::ConfirmedService::read_property)) {
        const auto asked = bacnet::decode_read_property(request.data);
        REQUIRE(asked.has_value());
        bacnet::ReadPropertyAck ack;
        ack.object = asked->object;
        ack.property = asked->property;
        ack.value = real(asked->object);
        return bacnet::encode(ack);
    }
    const auto asked = bacnet::decode_read_property_multiple(request.data);
    REQUIRE(asked.has_value());
    std::vector<bacnet::ReadResult> results;
    for (const auto& access : *asked) {
        bacnet::ReadResult result;
        result.object = access.object;
        for (const auto& property : access.properties) {
            bacnet::PropertyResult one;
            one.property = property;
            one.result = real(access.object);
            result.properties.push_back(one);
        }
        results.push_back(result);
    }
    return bacnet::encode(results);
}

void check_inputs(const Result<std::vector<Result<Bytes>>>& values, std::uint32_t count) {
    REQUIRE(values.has_value());
    REQUIRE(values->size() == count);
    for (std::uint32_t i = 0; i < count; ++i) {
        REQUIRE((*values)[i].has_value());
        CHECK(*(*values)[i] == bacnet::encode_primitive(static_cast<float>(i + 1)));
    }
}

} // namespace

TEST_CASE("an answer with another invoke id is never taken for ours") {
    Peer peer([](const bacnet::Apdu& asked) {
        const auto& request = request_in(asked);
        auto other = ack_of(request, {9, 9});
        other.invoke_id = static_cast<std::uint8_t>(request.invoke_id - 1);
        return Answers{other, ack_of(request, {7})};
    });
    Client client(link_of(peer), {});
    const auto answer = ask(peer, client);
    REQUIRE(answer.has_value());
    CHECK(*answer == Bytes{7});
    CHECK(client.statistics().dropped_late == 1);
}

TEST_CASE("an answer to another service is never taken for ours") {
    Peer peer([](const bacnet::Apdu& asked) {
        const auto& request = request_in(asked);
        auto other = ack_of(request, {9, 9});
        other.service = 12;
        return Answers{other, ack_of(request, {7})};
    });
    Client client(link_of(peer), {});
    const auto answer = ask(peer, client);
    REQUIRE(answer.has_value());
    CHECK(*answer == Bytes{7});
}

TEST_CASE("a request without an answer is repeated with its invoke id, and then is a time-out") {
    Peer peer([](const bacnet::Apdu&) { return Answers{}; });
    ClientOptions options;
    options.retries = 2;
    Client client(link_of(peer), options);
    const auto answer = ask(peer, client);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().category == Category::timeout);
    REQUIRE(peer.asked.size() == 3);
    CHECK(peer.asked[0] == peer.asked[2]);
}

TEST_CASE("a segmented answer is put together, and each window acknowledged") {
    unsigned requests = 0;
    Peer peer([&](const bacnet::Apdu& asked) {
        if (!std::holds_alternative<bacnet::ConfirmedRequest>(asked)) { return Answers{}; }
        ++requests;
        Answers answers;
        for (std::uint8_t i = 0; i < 3; ++i) {
            auto part = ack_of(request_in(asked), {i});
            part.segment = bacnet::Segment{i < 2, i, 2};
            answers.emplace_back(part);
        }
        return answers;
    });
    Client client(link_of(peer), {});
    const auto answer = ask(peer, client);
    REQUIRE(answer.has_value());
    CHECK(*answer == Bytes{0, 1, 2});
    CHECK(requests == 1);
    std::vector<unsigned> acknowledged;
    for (const auto& apdu : peer.asked) {
        if (const auto* ack = std::get_if<bacnet::SegmentAck>(&apdu)) { acknowledged.push_back(ack->sequence); }
    }
    CHECK(acknowledged == std::vector<unsigned>{0, 2});
}

TEST_CASE("a segmented answer that does not begin with its first segment is aborted, and is no value") {
    Peer peer([&](const bacnet::Apdu& asked) {
        if (!std::holds_alternative<bacnet::ConfirmedRequest>(asked)) { return Answers{}; }
        auto part = ack_of(request_in(asked), {1});
        part.segment = bacnet::Segment{true, 4, 2};
        return Answers{part};
    });
    ClientOptions options;
    options.retries = 0;
    Client client(link_of(peer), options);
    const auto answer = ask(peer, client);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().category == Category::untrusted);
    CHECK(std::holds_alternative<bacnet::AbortPdu>(peer.asked.back()));
}

TEST_CASE("an error is a refusal that names class and code") {
    Peer peer([](const bacnet::Apdu& asked) {
        const auto& request = request_in(asked);
        bacnet::ErrorPdu error;
        error.invoke_id = request.invoke_id;
        error.service = request.service;
        error.error_class = 2;
        error.error_code = 32;
        return Answers{error};
    });
    Client client(link_of(peer), {});
    const auto answer = ask(peer, client);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().category == Category::refused);
    CHECK(answer.error().code == "bacnet.error.2.32");
    CHECK(peer.asked.size() == 1);
}

TEST_CASE("properties are packed as full as the longest answer allows") {
    Peer peer([](const bacnet::Apdu& asked) {
        const auto& request = request_in(asked);
        auto data = values_for(request);
        CHECK(data.size() + 3 <= 480);
        return Answers{ack_of(request, std::move(data))};
    });
    Client client(link_of(peer), {});
    Properties properties(client, Station(), 480, true);
    const auto values = transports::run(peer.loop(), properties.read(inputs(58)));
    check_inputs(values, 58);
    CHECK(peer.asked.size() == 2); // (480 - 3) / 16 is 29
}

TEST_CASE("a device that knows no ReadPropertyMultiple is asked property by property") {
    Peer peer([](const bacnet::Apdu& asked) {
        const auto& request = request_in(asked);
        if (request.service == 14) { return Answers{reject_of(request, 9)}; }
        return Answers{ack_of(request, values_for(request))};
    });
    Client client(link_of(peer), {});
    Properties properties(client, Station(), 480, true);
    const auto values = transports::run(peer.loop(), properties.read(inputs(5)));
    check_inputs(values, 5);
    CHECK(peer.asked.size() == 1 + 5);
    const auto again = transports::run(peer.loop(), properties.read(inputs(5)));
    check_inputs(again, 5);
    CHECK(peer.asked.size() == 1 + 5 + 5);
}

TEST_CASE("where an answer would not fit, the device is asked for less, and that is remembered") {
    unsigned aborted = 0;
    Peer peer([&](const bacnet::Apdu& asked) {
        const auto& request = request_in(asked);
        auto data = values_for(request);
        if (data.size() > 200) {
            ++aborted;
            return Answers{abort_of(request, 4)}; // segmentation-not-supported
        }
        return Answers{ack_of(request, std::move(data))};
    });
    Client client(link_of(peer), {});
    Properties properties(client, Station(), 480, true);
    check_inputs(transports::run(peer.loop(), properties.read(inputs(40))), 40);
    CHECK(aborted > 0);
    const unsigned before = aborted;
    check_inputs(transports::run(peer.loop(), properties.read(inputs(40))), 40);
    CHECK(aborted <= before);
}

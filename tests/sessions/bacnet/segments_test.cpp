// Segmented answers that come out of order, twice, or not at all, and segmented requests. ASHRAE 135, clauses 5.2
// to 5.4.
#include "tests/sessions/bacnet/scripted_peer.hpp"

using namespace meterctl;
using namespace meterctl::tests;
using namespace std::chrono_literals;
using sessions::bacnet::Client;
using sessions::bacnet::ClientOptions;
using sessions::bacnet::PeerLimits;
using sessions::bacnet::Station;

namespace {

Result<Bytes> ask(Peer& peer, Client& client, Bytes data = {1, 2, 3}, PeerLimits limits = {}) {
    return transports::run(peer.loop(),
                           client.ask(Station(), bacnet::ConfirmedService::read_range, std::move(data), limits));
}

bacnet::ComplexAck part_of(const bacnet::ConfirmedRequest& request, std::uint8_t sequence, bool more,
                           std::uint8_t window = 4) {
    auto part = ack_of(request, {sequence});
    part.segment = bacnet::Segment{more, sequence, window};
    return part;
}

/// A server of five segments that loses, repeats or mixes them up as told, and sends again from what a SegmentACK says.
struct Server5 {
    std::vector<std::vector<std::uint8_t>> turns; ///< the sequence numbers sent each time it may send
    bacnet::ConfirmedRequest request{};
    std::vector<bacnet::SegmentAck> acks{};
    unsigned requests = 0, aborts = 0;

    Answers operator()(const bacnet::Apdu& apdu) {
        if (const auto* asked = std::get_if<bacnet::ConfirmedRequest>(&apdu)) {
            request = *asked;
            ++requests;
        } else if (const auto* ack = std::get_if<bacnet::SegmentAck>(&apdu)) {
            acks.push_back(*ack);
            CHECK(ack->invoke_id == request.invoke_id);
            CHECK_FALSE(ack->server);
        } else {
            ++aborts;
            return {};
        }
        if (turns.empty()) { return {}; }
        Answers answers;
        for (const std::uint8_t sequence : turns.front()) {
            answers.emplace_back(part_of(request, sequence, sequence < 4));
        }
        turns.erase(turns.begin());
        return answers;
    }
};

const Bytes whole{0, 1, 2, 3, 4};

} // namespace

TEST_CASE("segments that come twice, out of order or not at all are asked for again, and none is taken twice") {
    struct Case {
        std::string what;
        std::vector<std::vector<std::uint8_t>> turns;
        std::vector<std::pair<bool, unsigned>> acks; ///< negative, sequence
    };
    const Case cases[]{
        {"in order", {{0}, {1, 2, 3, 4}}, {{false, 0}, {false, 4}}},
        {"the first twice", {{0, 0}, {1, 2, 3, 4}}, {{false, 0}, {false, 4}}},
        {"one twice", {{0}, {1, 1, 2, 3, 4}}, {{false, 0}, {false, 4}}},
        {"one missing", {{0}, {1, 3, 4}, {2, 3, 4}}, {{false, 0}, {true, 1}, {false, 4}}},
        {"two exchanged", {{0}, {1, 3, 2, 4}, {2, 3, 4}}, {{false, 0}, {true, 1}, {true, 2}, {false, 4}}},
        {"the second missing", {{0}, {2, 3, 4}, {1, 2, 3, 4}}, {{false, 0}, {true, 0}, {false, 4}}},
    };
    for (const Case& one : cases) {
        CAPTURE(one.what);
        Server5 server{one.turns};
        Peer peer([&server](const bacnet::Apdu& apdu) { return server(apdu); });
        Client client(link_of(peer), {});
        const auto answer = ask(peer, client);
        REQUIRE_MESSAGE(answer.has_value(), (answer ? "" : describe(answer.error())));
        CHECK(*answer == whole);
        CHECK(server.requests == 1);
        CHECK(server.aborts == 0);
        std::vector<std::pair<bool, unsigned>> acks;
        for (const auto& ack : server.acks) { acks.emplace_back(ack.negative, ack.sequence); }
        CHECK(acks == one.acks);
    }
}

TEST_CASE(
    "an answer that stops between its segments is asked for anew under another invoke id, and then told as such") {
    Server5 server{{{0}, {1, 2}}};
    Peer peer([&server](const bacnet::Apdu& apdu) { return server(apdu); });
    ClientOptions options;
    options.retries = 1;
    Client client(link_of(peer), options);
    const auto answer = ask(peer, client);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().category == Category::timeout);
    CHECK(server.requests == 2);
    std::vector<std::uint8_t> ids;
    for (const auto& apdu : peer.asked) {
        if (const auto* request = std::get_if<bacnet::ConfirmedRequest>(&apdu)) { ids.push_back(request->invoke_id); }
    }
    CHECK(ids[0] != ids[1]);
    Server5 again{{{0}, {1, 2}, {0}, {1, 2}}};
    Peer other([&again](const bacnet::Apdu& apdu) { return again(apdu); });
    Client second(link_of(other), options);
    const auto stopped = ask(other, second);
    REQUIRE_FALSE(stopped.has_value());
    CHECK(stopped.error().code == "bacnet.segment_missing");
}

TEST_CASE("segments of another request are never taken for ours") {
    Peer peer([](const bacnet::Apdu& apdu) {
        const auto* request = std::get_if<bacnet::ConfirmedRequest>(&apdu);
        if (request == nullptr) { return Answers{}; }
        auto foreign = part_of(*request, 0, false);
        foreign.invoke_id = static_cast<std::uint8_t>(request->invoke_id + 1);
        auto other = part_of(*request, 0, false);
        other.service = 12;
        return Answers{foreign, other, ack_of(*request, {7})};
    });
    Client client(link_of(peer), {});
    const auto answer = ask(peer, client);
    REQUIRE(answer.has_value());
    CHECK(*answer == Bytes{7});
    CHECK(peer.asked.size() == 1); // nothing was acknowledged
}

TEST_CASE("an answer of segments without end is given up at a megabyte, with an abort") {
    std::uint8_t next = 0;
    bacnet::ConfirmedRequest request;
    unsigned aborts = 0;
    Peer peer([&](const bacnet::Apdu& apdu) {
        if (const auto* asked = std::get_if<bacnet::ConfirmedRequest>(&apdu)) { request = *asked; }
        if (std::holds_alternative<bacnet::AbortPdu>(apdu)) {
            ++aborts;
            return Answers{};
        }
        Answers answers;
        for (int i = 0; i < 4; ++i) {
            auto part = part_of(request, next++, true);
            part.data.assign(1400, 0x55);
            answers.emplace_back(std::move(part));
            if (next == 1) { break; }
        }
        return answers;
    });
    ClientOptions options;
    options.retries = 0;
    Client client(link_of(peer), options);
    const auto answer = ask(peer, client);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().category == Category::untrusted);
    CHECK(aborts == 1);
}

TEST_CASE("a request that is too long for the peer goes in segments, each window acknowledged, lost ones again") {
    Bytes data(1000);
    for (std::size_t i = 0; i < data.size(); ++i) { data[i] = static_cast<std::uint8_t>(i); }
    for (const int lost : {-1, 0, 3}) {
        CAPTURE(lost);
        Bytes gathered;
        int next = 0;
        bool lose = lost >= 0;
        Peer peer([&](const bacnet::Apdu& apdu) {
            const auto& request = request_in(apdu);
            CHECK(bacnet::encode(apdu).size() <= 206);
            REQUIRE(request.segment.has_value());
            const int sequence = request.segment->sequence;
            if (lose && sequence == lost) {
                lose = false;
                return Answers{};
            }
            bacnet::SegmentAck ack;
            ack.server = true;
            ack.invoke_id = request.invoke_id;
            ack.window = 2;
            if (sequence != next) { return Answers{}; }
            gathered.insert(gathered.end(), request.data.begin(), request.data.end());
            ++next;
            ack.sequence = static_cast<std::uint8_t>(sequence);
            const bool last = !request.segment->more_follows, full = sequence % 2 == 0;
            if (last) { return Answers{ack, done_of(request)}; }
            return full ? Answers{ack} : Answers{};
        });
        Client client(link_of(peer), {});
        const auto answer = ask(peer, client, data, {206, 0});
        REQUIRE_MESSAGE(answer.has_value(), (answer ? "" : describe(answer.error())));
        CHECK(gathered == data);
    }
}

TEST_CASE("a request of more segments than the peer takes is not sent, and an abort ends one that is") {
    Peer none([](const bacnet::Apdu&) { return Answers{}; });
    Client client(link_of(none), {});
    const auto refused = ask(none, client, Bytes(1000), {206, 4});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().category == Category::refused);
    CHECK(none.asked.empty());
    Peer aborting([](const bacnet::Apdu& apdu) { return Answers{abort_of(request_in(apdu), 4)}; });
    Client second(link_of(aborting), {});
    const auto aborted = ask(aborting, second, Bytes(1000), {206, 0});
    REQUIRE_FALSE(aborted.has_value());
    CHECK(aborted.error().code == "bacnet.abort.4");
    CHECK(aborting.asked.size() == 1);
}

TEST_CASE("a peer that acknowledges nothing of a segmented request is given up, with an abort") {
    unsigned first = 0, aborts = 0;
    Peer peer([&](const bacnet::Apdu& apdu) {
        aborts += std::holds_alternative<bacnet::AbortPdu>(apdu) ? 1U : 0U;
        first += std::holds_alternative<bacnet::ConfirmedRequest>(apdu) ? 1U : 0U;
        return Answers{};
    });
    ClientOptions options;
    options.retries = 0;
    Client client(link_of(peer), options);
    const auto answer = ask(peer, client, Bytes(1000), {206, 0});
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().category == Category::timeout);
    CHECK(first == 3);
    CHECK(aborts == 1);
}

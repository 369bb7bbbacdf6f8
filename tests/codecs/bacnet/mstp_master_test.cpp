// The transitions of the master node state machine without the token (clause 9.5.6): INITIALIZE, IDLE,
// ANSWER_DATA_REQUEST, NO_TOKEN and POLL_FOR_MASTER, a test case each; and who stays silent.
#include "tests/codecs/bacnet/mstp_line.hpp"
#include "tests/codecs/bacnet/vectors.hpp"

#include <doctest/doctest.h>

using namespace mstp_line;
using bacnet_vectors::octets;
using State = MasterNode::State;

TEST_CASE("MS/TP INITIALIZE DoneInitializing: idle, no successor known") {
    Bench bench(settings());
    CHECK(bench.node.state() == State::idle);
    CHECK(bench.node.next_station() == 1);
    CHECK(bench.sent() == "");
}

TEST_CASE("MS/TP IDLE LostToken: after Tno_token of silence") {
    Bench bench(settings());
    bench.wait(milliseconds(499));
    CHECK(bench.node.state() == State::idle);
    bench.wait(milliseconds(1));
    CHECK(bench.node.state() == State::no_token);
    CHECK(bench.sent() == "");
}

TEST_CASE("MS/TP IDLE ReceivedInvalidFrame and frames for others change nothing") {
    Bench bench(settings());
    bench.hear_octets(octets("55FF00010200 00FF"));
    CHECK(bench.node.statistics().invalid_frames == 1);
    bench.hear(FrameType::token, 3, 2);
    bench.hear(FrameType::data_expecting_reply, 3, 2, npdu());
    CHECK(bench.node.state() == State::idle);
    CHECK(bench.sent() == "");
}

TEST_CASE("MS/TP IDLE ReceivedUnwantedFrame: tokens, polls and requests to all are not taken") {
    Bench bench(settings());
    bench.hear(FrameType::token, broadcast, 2);
    bench.hear(FrameType::poll_for_master, broadcast, 2);
    bench.hear(FrameType::test_request, broadcast, 2);
    bench.hear(FrameType::reply_to_poll_for_master, 1, 2);
    CHECK(bench.node.state() == State::idle);
    CHECK(bench.sent() == "");
}

TEST_CASE("MS/TP IDLE ReceivedToken: uses the token; with nothing to send and no successor it polls") {
    Bench bench(settings());
    bench.give_token(3);
    CHECK(bench.sent() == "poll-for-master 1>2");
    CHECK(bench.node.state() == State::poll_for_master);
}

TEST_CASE("MS/TP IDLE ReceivedPFM: answers at once, after Tturnaround") {
    Bench bench(settings());
    bench.hear(FrameType::poll_for_master, 1, 2);
    const auto sent = bench.node.take_transmissions();
    REQUIRE(sent.size() == 1);
    CHECK(bacnet_vectors::hex(sent[0].octets) ==
          bacnet_vectors::hex(encode(frame(FrameType::reply_to_poll_for_master, 2, 1))));
    CHECK(sent[0].due - bench.now == std::chrono::nanoseconds(std::chrono::seconds(1)) / 38400 * 40);
    CHECK(bench.node.state() == State::idle);
}

TEST_CASE("MS/TP IDLE ReceivedDataNoReply: handed on, to us and to all") {
    Bench bench(settings());
    bench.hear(FrameType::data_not_expecting_reply, 1, 2, npdu());
    bench.hear(FrameType::data_not_expecting_reply, broadcast, 2, npdu());
    const auto came = bench.node.take_indications();
    REQUIRE(came.size() == 2);
    CHECK(came[0].npdu == npdu());
    CHECK(came[1].destination == broadcast);
    CHECK_FALSE(came[0].expecting_reply);
    CHECK(bench.sent() == "");
}

TEST_CASE("MS/TP IDLE BroadcastDataNeedingReply: not taken") {
    Bench bench(settings());
    bench.hear(FrameType::data_expecting_reply, broadcast, 2, npdu());
    CHECK(bench.node.take_indications().empty());
    CHECK(bench.node.state() == State::idle);
}

TEST_CASE("MS/TP IDLE ReceivedDataNeedingReply, ANSWER_DATA_REQUEST Reply: answers without the token") {
    Bench bench(settings());
    bench.hear(FrameType::data_expecting_reply, 1, 2, npdu());
    REQUIRE(bench.node.take_indications().at(0).expecting_reply);
    CHECK(bench.node.state() == State::answer_data_request);
    bench.wait(milliseconds(20));
    bench.node.reply(2, npdu(), bench.now);
    CHECK(bench.sent() == "data-not-expecting-reply 1>2");
    CHECK(bench.node.state() == State::idle);
}

TEST_CASE("MS/TP ANSWER_DATA_REQUEST DeferredReply: postponed by Treply_delay, answered with the token") {
    Bench bench(settings());
    bench.hear(FrameType::data_expecting_reply, 1, 2, npdu());
    bench.wait(milliseconds(239));
    CHECK(bench.sent() == "");
    bench.wait(milliseconds(1));
    CHECK(bench.sent() == "reply-postponed 1>2");
    CHECK(bench.node.state() == State::idle);
    bench.node.reply(2, npdu(), bench.now);
    CHECK(bench.sent() == "");
    bench.give_token(2);
    CHECK(bench.sent() == "data-not-expecting-reply 1>2, poll-for-master 1>2");
}

TEST_CASE("MS/TP ANSWER_DATA_REQUEST DeferredReply: an answer that is ready too late goes out with the token") {
    Bench bench(settings());
    bench.hear(FrameType::data_expecting_reply, 1, 2, npdu());
    bench.now += milliseconds(260); // the program was busy, and no deadline was kept
    bench.node.reply(2, npdu(), bench.now);
    CHECK(bench.sent() == "reply-postponed 1>2");
}

TEST_CASE("MS/TP ANSWER_DATA_REQUEST: who asked has given up where others speak") {
    Bench bench(settings());
    bench.hear(FrameType::data_expecting_reply, 1, 2, npdu());
    bench.hear(FrameType::token, 3, 2);
    CHECK(bench.node.state() == State::idle);
    bench.node.reply(2, npdu(), bench.now);
    CHECK(bench.sent() == "");
}

TEST_CASE("MS/TP IDLE Test_Request: answered with its own data") {
    Bench bench(settings());
    bench.hear(FrameType::test_request, 1, 2, octets("DEADBEEF"));
    const auto sent = bench.node.take_transmissions();
    REQUIRE(sent.size() == 1);
    CHECK(decode(sent[0].octets)->data == octets("DEADBEEF"));
    CHECK(decode(sent[0].octets)->type == static_cast<std::uint8_t>(FrameType::test_response));
}

TEST_CASE("MS/TP NO_TOKEN SawFrame: somebody of a lower address was first") {
    Bench bench(settings(3));
    bench.wait(milliseconds(510));
    REQUIRE(bench.node.state() == State::no_token);
    bench.hear(FrameType::poll_for_master, 2, 1);
    CHECK(bench.node.state() == State::idle);
    CHECK(bench.sent() == "");
}

TEST_CASE("MS/TP NO_TOKEN GenerateToken: in the slot of its address") {
    Bench bench(settings(3));
    bench.wait(milliseconds(529));
    CHECK(bench.sent() == "");
    bench.wait(milliseconds(1));
    CHECK(bench.sent() == "poll-for-master 3>4");
    CHECK(bench.node.state() == State::poll_for_master);
}

TEST_CASE("MS/TP NO_TOKEN: a slot that was missed is not used, one behind all slots is") {
    Bench bench(settings(1));
    bench.now += milliseconds(525);
    bench.node.advance(bench.now);
    CHECK(bench.sent() == "");
    CHECK(*bench.node.next_deadline() == start + milliseconds(550));
    bench.wait_until_due();
    CHECK(bench.sent() == "poll-for-master 1>2");
}

TEST_CASE("MS/TP POLL_FOR_MASTER ReceivedReplyToPFM: the token goes to who answered") {
    Bench bench(settings());
    bench.give_token(3);
    bench.sent();
    bench.hear(FrameType::reply_to_poll_for_master, 1, 2);
    CHECK(bench.sent() == "token 1>2");
    CHECK(bench.node.next_station() == 2);
    CHECK(bench.node.poll_station() == 1);
}

TEST_CASE("MS/TP POLL_FOR_MASTER ReceivedUnexpectedFrame: the token is dropped") {
    Bench bench(settings());
    bench.give_token(3);
    bench.sent();
    bench.hear(FrameType::token, 3, 2);
    CHECK(bench.node.state() == State::idle);
    CHECK(bench.sent() == "");
}

TEST_CASE("MS/TP POLL_FOR_MASTER SendNextPFM: after silence, and after a damaged answer") {
    Bench bench(settings());
    bench.give_token(3);
    bench.wait_until_due();
    CHECK(bench.sent() == "poll-for-master 1>2, poll-for-master 1>3");
    bench.hear_octets(octets("55FF0201030000 00"));
    CHECK(bench.sent() == "poll-for-master 1>4");
}

TEST_CASE("MS/TP POLL_FOR_MASTER DeclareSoleMaster, SoleMaster, SoleMasterRestartMaintenancePFM") {
    auto made = settings();
    made.Npoll = 5;
    Bench bench(made);
    bench.wait(milliseconds(510));
    CHECK(bench.sent() == "poll-for-master 1>2");
    for (int count = 0; count < 4; ++count) { bench.wait_until_due(); }
    CHECK(bench.node.sole_master());
    CHECK(bench.sent() == "poll-for-master 1>3, poll-for-master 1>4, poll-for-master 1>0, poll-for-master 1>2");
    for (int count = 0; count < 4; ++count) { bench.wait_until_due(); }
    CHECK(bench.sent() == "poll-for-master 1>3, poll-for-master 1>4, poll-for-master 1>0, poll-for-master 1>2");
    bench.node.send(7, npdu(), true); // slaves alone on the line: requests go out at the next use
    bench.wait_until_due();
    CHECK(bench.sent() == "data-expecting-reply 1>7");
    bench.hear(FrameType::data_not_expecting_reply, 1, 7, octets("010020010F"));
    CHECK(bench.node.take_completions().at(0).outcome == Outcome::replied);
}

TEST_CASE("MS/TP: a sole master takes in who answers its poll") {
    Bench bench(settings());
    bench.wait(milliseconds(510));
    for (int count = 0; count < 4; ++count) { bench.wait_until_due(); }
    REQUIRE(bench.node.sole_master());
    bench.sent();
    bench.hear(FrameType::reply_to_poll_for_master, 1, 2);
    CHECK_FALSE(bench.node.sole_master());
    CHECK(bench.sent() == "token 1>2");
}

TEST_CASE("MS/TP: who only listens never sends, whatever comes") {
    auto made = settings();
    made.listen_only = true;
    unsigned observed = 0;
    made.observe = [&](const Heard&, TimePoint) { ++observed; };
    Bench bench(made);
    bench.node.send(2, npdu(), true);
    bench.give_token(2);
    bench.hear(FrameType::poll_for_master, 1, 2);
    bench.hear(FrameType::data_expecting_reply, 1, 2, npdu());
    bench.hear(FrameType::test_request, 1, 2);
    bench.hear(FrameType::token, 2, 1);
    bench.node.reply(2, npdu(), bench.now);
    bench.wait(std::chrono::seconds(60));
    CHECK(bench.sent() == "");
    CHECK(observed == 5);
    CHECK(bench.node.take_indications().size() == 1);
}

TEST_CASE("MS/TP: another station with our address silences the node") {
    auto bench = in_ring();
    bench.hear(FrameType::token, 2, 1);
    CHECK(bench.node.duplicate_address());
    bench.give_token(2);
    bench.hear(FrameType::poll_for_master, 1, 2);
    bench.wait(std::chrono::seconds(2));
    CHECK(bench.sent() == "");
}

TEST_CASE("MS/TP: who leaves gives the token away first") {
    auto bench = in_ring();
    bench.node.send(2, npdu(), true);
    bench.give_token(2);
    bench.node.leave(bench.now);
    bench.sent();
    bench.hear(FrameType::data_not_expecting_reply, 1, 2, octets("010020010F"));
    CHECK(bench.sent() == "token 1>2");
    bench.hear(FrameType::token, 3, 2);
    CHECK(bench.node.silent());
    bench.give_token(3);
    CHECK(bench.sent() == "");
}

TEST_CASE("MS/TP: a frame that others have spoken behind is too old to be acted on") {
    const auto together = [](std::initializer_list<Frame> frames) {
        Bytes octets;
        for (const Frame& one : frames) {
            const auto encoded = encode(one);
            octets.insert(octets.end(), encoded.begin(), encoded.end());
        }
        return octets;
    };
    const Frame token = frame(FrameType::token, 1, 2), poll = frame(FrameType::poll_for_master, 1, 2);
    const Frame elsewhere = frame(FrameType::poll_for_master, 3, 2);
    {
        auto bench = in_ring(); // the token and its repetition are lost to it, and 2 went on
        bench.hear_octets(together({token, token, elsewhere}));
        CHECK(bench.sent().empty());
        CHECK(bench.node.state() == State::idle);
    }
    {
        auto bench = in_ring();
        bench.hear_octets(together({poll, elsewhere}));
        CHECK(bench.sent().empty());
        bench.hear_octets(together({elsewhere, poll}));
        CHECK(bench.sent() == "reply-to-poll-for-master 1>2");
    }
    {
        auto bench = in_ring(); // an answer, and behind it a token of somebody who missed ours
        const auto ticket = bench.node.send(2, npdu(), true);
        bench.give_token(2);
        bench.sent();
        bench.hear_octets(together({data_frame(1, 2, npdu(), false), frame(FrameType::token, 3, 2)}));
        CHECK(bench.sent().empty());
        CHECK(bench.node.state() == State::idle);
        const auto done = bench.node.take_completions();
        REQUIRE(done.size() == 1);
        CHECK(done[0].ticket == ticket);
        CHECK(done[0].outcome == Outcome::replied);
        CHECK(bench.node.take_indications().size() == 1);
    }
    {
        auto bench = in_ring(); // what a line leaves behind a frame while it settles is nobody's frame
        auto octets = encode(token);
        octets.insert(octets.end(), Nmin_octets, 0xFF);
        bench.hear_octets(octets);
        CHECK(bench.sent() == "token 1>2");
    }
}

TEST_CASE("MS/TP: a node that knows its successor does not hold the ring up to find it") {
    auto made = settings(1, 127);
    made.successor = 2;
    Bench bench(made);
    bench.give_token(2);
    CHECK(bench.sent() == "token 1>2"); // 2 is the next address: no gap to poll
    made.successor = 9;
    Bench gap(made);
    gap.give_token(9);
    CHECK(gap.sent() == "token 1>9"); // its gap is polled when Npoll tokens have passed
}

// The transitions of the master node state machine with the token (clause 9.5.6): USE_TOKEN, WAIT_FOR_REPLY,
// DONE_WITH_TOKEN and PASS_TOKEN, a test case each.
#include "tests/codecs/bacnet/mstp_line.hpp"
#include "tests/codecs/bacnet/vectors.hpp"

#include <doctest/doctest.h>

using namespace mstp_line;
using bacnet_vectors::octets;
using State = MasterNode::State;

namespace {

/// Holds the token again and again until the next use polls: Npoll - 1 tokens have been passed.
void spend_tokens(Bench& bench, unsigned Npoll) {
    for (unsigned token = 0; token + 1 < Npoll; ++token) {
        bench.give_token(2);
        bench.hear(FrameType::poll_for_master, 3, 2);
    }
    bench.sent();
}

} // namespace

TEST_CASE("MS/TP USE_TOKEN NothingToSend: the token goes on") {
    auto bench = in_ring();
    bench.give_token(2);
    CHECK(bench.sent() == "token 1>2");
    CHECK(bench.node.state() == State::pass_token);
}

TEST_CASE("MS/TP USE_TOKEN SendNoWait: a frame, then the token") {
    auto bench = in_ring();
    const auto ticket = bench.node.send(broadcast, npdu(), false);
    bench.give_token(2);
    CHECK(bench.sent() == "data-not-expecting-reply 1>255, token 1>2");
    const auto done = bench.node.take_completions();
    REQUIRE(done.size() == 1);
    CHECK(done[0].ticket == ticket);
    CHECK(done[0].outcome == Outcome::sent);
}

TEST_CASE("MS/TP USE_TOKEN SendAndWait") {
    auto bench = in_ring();
    bench.node.send(2, npdu(), true);
    bench.give_token(2);
    CHECK(bench.sent() == "data-expecting-reply 1>2");
    CHECK(bench.node.state() == State::wait_for_reply);
}

namespace {

Bench waiting() {
    auto bench = in_ring();
    bench.node.send(2, npdu(), true);
    bench.give_token(2);
    bench.sent();
    return bench;
}

} // namespace

TEST_CASE("MS/TP WAIT_FOR_REPLY ReplyTimeout: the token goes on whatever is queued") {
    auto made = settings();
    made.max_info_frames = 5;
    auto bench = in_ring(made);
    bench.node.send(2, npdu(), true);
    bench.node.send(2, npdu(), true);
    bench.give_token(2);
    bench.sent();
    bench.wait(milliseconds(254));
    CHECK(bench.node.state() == State::wait_for_reply);
    bench.wait_until_due();
    CHECK(bench.sent() == "token 1>2");
    CHECK(bench.node.take_completions().at(0).outcome == Outcome::no_reply);
}

TEST_CASE("MS/TP WAIT_FOR_REPLY InvalidFrame: the token goes on") {
    auto bench = waiting();
    bench.hear_octets(octets("55FF060102000552010020010F2727"));
    CHECK(bench.node.take_completions().at(0).outcome == Outcome::damaged);
    CHECK(bench.sent() == "token 1>2");
}

TEST_CASE("MS/TP WAIT_FOR_REPLY ReceivedReply: handed on") {
    auto bench = waiting();
    bench.hear(FrameType::data_not_expecting_reply, 1, 2, octets("010020010F"));
    CHECK(bench.node.take_indications().at(0).npdu == octets("010020010F"));
    CHECK(bench.node.take_completions().at(0).outcome == Outcome::replied);
    CHECK(bench.sent() == "token 1>2");
}

TEST_CASE("MS/TP WAIT_FOR_REPLY ReceivedPostpone") {
    auto bench = waiting();
    bench.hear(FrameType::reply_postponed, 1, 2);
    CHECK(bench.node.take_completions().at(0).outcome == Outcome::postponed);
    CHECK(bench.sent() == "token 1>2");
}

TEST_CASE("MS/TP WAIT_FOR_REPLY ReceivedUnexpectedFrame: the token is dropped") {
    for (const auto& [type, destination] :
         {std::pair(FrameType::token, 3), std::pair(FrameType::data_not_expecting_reply, 255),
          std::pair(FrameType::poll_for_master, 1), std::pair(FrameType::token, 1)}) {
        auto bench = waiting();
        bench.hear(type, static_cast<std::uint8_t>(destination), 3);
        CHECK(bench.node.state() == State::idle);
        CHECK(bench.sent() == "");
        CHECK(bench.node.take_completions().at(0).outcome == Outcome::unexpected);
    }
}

TEST_CASE("MS/TP DONE_WITH_TOKEN SendAnotherFrame: up to Nmax_info_frames") {
    auto made = settings();
    made.max_info_frames = 2;
    auto bench = in_ring(made);
    for (int count = 0; count < 3; ++count) { bench.node.send(2, npdu(), false); }
    bench.give_token(2);
    CHECK(bench.sent() == "data-not-expecting-reply 1>2, data-not-expecting-reply 1>2, token 1>2");
}

TEST_CASE("MS/TP DONE_WITH_TOKEN SendToken and SendMaintenancePFM: a poll after Npoll tokens, one address each") {
    auto made = settings();
    made.Npoll = 3;
    auto bench = in_ring(made); // the gap behind 1 is empty: 2 follows
    spend_tokens(bench, 3);
    bench.give_token(2);
    CHECK(bench.sent() == "token 1>2"); // ResetMaintenancePFM
    CHECK(bench.node.poll_station() == 1);
}

TEST_CASE("MS/TP DONE_WITH_TOKEN SendMaintenancePFM, POLL_FOR_MASTER DoneWithPFM, ResetMaintenancePFM") {
    auto made = settings();
    made.Npoll = 3;
    Bench bench(made);
    bench.give_token(4);
    bench.wait_until_due();
    bench.wait_until_due();
    bench.hear(FrameType::reply_to_poll_for_master, 1, 4); // 4 follows 1, 2 and 3 are the gap
    bench.hear(FrameType::token, 0, 4);
    bench.sent();
    const auto use = [&] {
        bench.give_token(4);
        if (bench.node.state() == State::poll_for_master) { bench.wait_until_due(); }
        bench.hear(FrameType::token, 0, 4);
        return bench.sent();
    };
    CHECK(use() == "token 1>4");
    CHECK(use() == "token 1>4");
    CHECK(use() == "poll-for-master 1>2, token 1>4");
    CHECK(use() == "poll-for-master 1>3, token 1>4");
    CHECK(use() == "token 1>4"); // ResetMaintenancePFM
    CHECK(use() == "token 1>4");
    CHECK(use() == "poll-for-master 1>2, token 1>4");
}

TEST_CASE("MS/TP PASS_TOKEN SawTokenUser: more than Nmin_octets octets") {
    auto bench = in_ring();
    bench.give_token(2);
    bench.sent();
    bench.wait(milliseconds(10));
    bench.hear_octets(octets("55FF0103"));
    CHECK(bench.node.state() == State::pass_token);
    bench.hear_octets(octets("02"));
    CHECK(bench.node.state() == State::idle);
}

TEST_CASE("MS/TP PASS_TOKEN RetrySendToken, FindNewSuccessor: once more, then the next address is asked") {
    auto bench = in_ring();
    bench.give_token(2);
    bench.sent();
    bench.wait_until_due();
    CHECK(bench.sent() == "token 1>2");
    bench.wait_until_due();
    CHECK(bench.sent() == "poll-for-master 1>3");
    CHECK(bench.node.next_station() == 1);
    CHECK(bench.node.statistics().successors_lost == 1);
}

TEST_CASE("MS/TP PASS_TOKEN FindNewSuccessor: never polls itself") {
    Bench bench(settings(1, 2));
    bench.give_token(0);
    bench.wait_until_due();
    bench.hear(FrameType::reply_to_poll_for_master, 1, 0);
    bench.sent();
    bench.wait_until_due();
    bench.wait_until_due();
    CHECK(bench.sent() == "token 1>0, poll-for-master 1>2");
}

// Every transition of the master node state machine (clause 9.5.6), by name and in virtual time: from which state, on
// what, into which, and what goes out. The cases of mstp_master_test and mstp_token_test tell more of each.
#include "tests/codecs/bacnet/mstp_line.hpp"
#include "tests/codecs/bacnet/vectors.hpp"

#include <array>
#include <doctest/doctest.h>
#include <set>

using namespace mstp_line;
using bacnet_vectors::octets;
using State = MasterNode::State;

namespace {

struct Row {
    const char *state, *transition;
    Bench (*reach)();
    State before;
    void (*event)(Bench& bench);
    State after;
    const char* sent;
};

Bench fresh() {
    return Bench(settings());
}

Bench ring() {
    return in_ring();
}

Bench at_no_token() {
    Bench bench(settings(3));
    bench.wait(milliseconds(505));
    return bench;
}

Bench polling() {
    Bench bench(settings());
    bench.give_token(3);
    bench.sent();
    return bench;
}

Bench waiting() {
    auto bench = in_ring();
    bench.node.send(2, npdu(), true);
    bench.give_token(2);
    bench.sent();
    return bench;
}

Bench passing() {
    auto bench = in_ring();
    bench.give_token(2);
    bench.sent();
    return bench;
}

Bench asked() {
    auto bench = in_ring();
    bench.hear(FrameType::data_expecting_reply, 1, 2, npdu());
    return bench;
}

/// 1, whose next use of the token is the one that polls: `successor` follows it, Npoll is 2.
Bench due_to_poll(std::uint8_t successor) {
    auto made = settings();
    made.Npoll = 2;
    Bench bench(made);
    bench.give_token(3);
    for (std::uint8_t polled = 2; polled < successor; ++polled) { bench.wait_until_due(); }
    bench.hear(FrameType::reply_to_poll_for_master, 1, successor);
    bench.hear(FrameType::token, 0, successor);
    bench.give_token(successor);
    bench.hear(FrameType::token, 0, successor);
    bench.sent();
    return bench;
}

/// The only master, polling the first address of its first maintenance.
Bench sole() {
    auto made = settings();
    made.Npoll = 4;
    Bench bench(made);
    bench.wait(milliseconds(510));
    for (int polled = 2; polled <= 5; ++polled) { bench.wait_until_due(); }
    bench.sent();
    return bench;
}

void hear_damaged(Bench& bench) {
    bench.hear_octets(octets("55FF060102000552010020010F2727"));
}

const std::array rows{
    Row{"INITIALIZE", "DoneInitializing", fresh, State::idle, [](Bench&) {}, State::idle, ""},

    Row{"IDLE", "LostToken", fresh, State::idle, [](Bench& bench) { bench.wait(milliseconds(500)); }, State::no_token,
        ""},
    Row{"IDLE", "ReceivedInvalidFrame", ring, State::idle,
        [](Bench& bench) {
            hear_damaged(bench);
            CHECK(bench.node.statistics().invalid_frames == 1);
            CHECK(bench.node.take_indications().empty());
        },
        State::idle, ""},
    Row{"IDLE", "ReceivedUnwantedFrame", ring, State::idle,
        [](Bench& bench) {
            bench.hear(FrameType::token, broadcast, 2);
            bench.hear(FrameType::reply_postponed, 1, 2);
        },
        State::idle, ""},
    Row{"IDLE", "ReceivedToken", ring, State::idle, [](Bench& bench) { bench.give_token(2); }, State::pass_token,
        "token 1>2"},
    Row{"IDLE", "ReceivedPFM", ring, State::idle, [](Bench& bench) { bench.hear(FrameType::poll_for_master, 1, 2); },
        State::idle, "reply-to-poll-for-master 1>2"},
    Row{"IDLE", "ReceivedDataNoReply", ring, State::idle,
        [](Bench& bench) {
            bench.hear(FrameType::data_not_expecting_reply, 1, 2, npdu());
            CHECK(bench.node.take_indications().size() == 1);
        },
        State::idle, ""},
    Row{"IDLE", "BroadcastDataNoReply", ring, State::idle,
        [](Bench& bench) {
            bench.hear(FrameType::data_not_expecting_reply, broadcast, 2, npdu());
            CHECK(bench.node.take_indications().size() == 1);
        },
        State::idle, ""},
    Row{"IDLE", "ReceivedDataNeedingReply", ring, State::idle,
        [](Bench& bench) {
            bench.hear(FrameType::data_expecting_reply, 1, 2, npdu());
            CHECK(bench.node.take_indications().at(0).expecting_reply);
        },
        State::answer_data_request, ""},
    Row{"IDLE", "BroadcastDataNeedingReply", ring, State::idle,
        [](Bench& bench) { bench.hear(FrameType::data_expecting_reply, broadcast, 2, npdu()); }, State::idle, ""},

    Row{"USE_TOKEN", "NothingToSend", ring, State::idle, [](Bench& bench) { bench.give_token(2); }, State::pass_token,
        "token 1>2"},
    Row{"USE_TOKEN", "SendNoWait", ring, State::idle,
        [](Bench& bench) {
            bench.node.send(broadcast, npdu(), false);
            bench.give_token(2);
            CHECK(bench.node.take_completions().at(0).outcome == Outcome::sent);
        },
        State::pass_token, "data-not-expecting-reply 1>255, token 1>2"},
    Row{"USE_TOKEN", "SendAndWait", ring, State::idle,
        [](Bench& bench) {
            bench.node.send(2, npdu(), true);
            bench.give_token(2);
        },
        State::wait_for_reply, "data-expecting-reply 1>2"},

    Row{"WAIT_FOR_REPLY", "ReplyTimeout", waiting, State::wait_for_reply,
        [](Bench& bench) {
            bench.wait_until_due();
            CHECK(bench.node.take_completions().at(0).outcome == Outcome::no_reply);
        },
        State::pass_token, "token 1>2"},
    Row{"WAIT_FOR_REPLY", "InvalidFrame", waiting, State::wait_for_reply,
        [](Bench& bench) {
            hear_damaged(bench);
            CHECK(bench.node.take_completions().at(0).outcome == Outcome::damaged);
        },
        State::pass_token, "token 1>2"},
    Row{"WAIT_FOR_REPLY", "ReceivedReply", waiting, State::wait_for_reply,
        [](Bench& bench) {
            bench.hear(FrameType::data_not_expecting_reply, 1, 2, octets("010020010F"));
            CHECK(bench.node.take_indications().size() == 1);
            CHECK(bench.node.take_completions().at(0).outcome == Outcome::replied);
        },
        State::pass_token, "token 1>2"},
    Row{"WAIT_FOR_REPLY", "ReceivedPostpone", waiting, State::wait_for_reply,
        [](Bench& bench) {
            bench.hear(FrameType::reply_postponed, 1, 2);
            CHECK(bench.node.take_completions().at(0).outcome == Outcome::postponed);
        },
        State::pass_token, "token 1>2"},
    Row{"WAIT_FOR_REPLY", "ReceivedUnexpectedFrame", waiting, State::wait_for_reply,
        [](Bench& bench) {
            bench.hear(FrameType::token, 3, 2);
            CHECK(bench.node.take_completions().at(0).outcome == Outcome::unexpected);
        },
        State::idle, ""},

    Row{"DONE_WITH_TOKEN", "SendAnotherFrame",
        [] {
            auto made = settings();
            made.max_info_frames = 2;
            return in_ring(made);
        },
        State::idle,
        [](Bench& bench) {
            for (int frame = 0; frame < 3; ++frame) { bench.node.send(2, npdu(), false); }
            bench.give_token(2);
        },
        State::pass_token, "data-not-expecting-reply 1>2, data-not-expecting-reply 1>2, token 1>2"},
    Row{"DONE_WITH_TOKEN", "NextStationUnknown", fresh, State::idle, [](Bench& bench) { bench.give_token(3); },
        State::poll_for_master, "poll-for-master 1>2"},
    Row{"DONE_WITH_TOKEN", "SoleMaster", sole, State::poll_for_master,
        [](Bench& bench) {
            REQUIRE(bench.node.sole_master());
            for (int frame = 0; frame < 2; ++frame) { bench.node.send(9, npdu(), false); }
            bench.wait_until_due(); // a use for each frame, and no token to anybody
        },
        State::poll_for_master, "data-not-expecting-reply 1>9, data-not-expecting-reply 1>9, poll-for-master 1>3"},
    Row{"DONE_WITH_TOKEN", "SendToken", ring, State::idle,
        [](Bench& bench) {
            bench.give_token(2);
            bench.hear(FrameType::token, 3, 2);
            bench.give_token(2);
        },
        State::pass_token, "token 1>2, token 1>2"},
    Row{"DONE_WITH_TOKEN", "SendMaintenancePFM", [] { return due_to_poll(4); }, State::idle,
        [](Bench& bench) { bench.give_token(4); }, State::poll_for_master, "poll-for-master 1>2"},
    Row{"DONE_WITH_TOKEN", "ResetMaintenancePFM", [] { return due_to_poll(2); }, State::idle,
        [](Bench& bench) {
            bench.give_token(2);
            CHECK(bench.node.poll_station() == 1);
        },
        State::pass_token, "token 1>2"},
    Row{"DONE_WITH_TOKEN", "SoleMasterRestartMaintenancePFM", sole, State::poll_for_master,
        [](Bench& bench) {
            for (int polled = 3; polled <= 5; ++polled) { bench.wait_until_due(); } // 3, 4, 0
            bench.sent();
            bench.wait_until_due();
        },
        State::poll_for_master, "poll-for-master 1>2"},

    Row{"PASS_TOKEN", "SawTokenUser", passing, State::pass_token,
        [](Bench& bench) { bench.hear_octets(octets("55FF010302")); }, State::idle, ""},
    Row{"PASS_TOKEN", "RetrySendToken", passing, State::pass_token, [](Bench& bench) { bench.wait_until_due(); },
        State::pass_token, "token 1>2"},
    Row{"PASS_TOKEN", "FindNewSuccessor", passing, State::pass_token,
        [](Bench& bench) {
            bench.wait_until_due();
            bench.sent();
            bench.wait_until_due();
            CHECK(bench.node.next_station() == 1);
        },
        State::poll_for_master, "poll-for-master 1>3"},

    Row{"NO_TOKEN", "SawFrame", at_no_token, State::no_token,
        [](Bench& bench) { bench.hear(FrameType::poll_for_master, 2, 1); }, State::idle, ""},
    Row{"NO_TOKEN", "GenerateToken", at_no_token, State::no_token,
        [](Bench& bench) {
            bench.wait(milliseconds(25));
            CHECK(bench.node.statistics().tokens_made == 1);
        },
        State::poll_for_master, "poll-for-master 3>4"},

    Row{"POLL_FOR_MASTER", "ReceivedReplyToPFM", polling, State::poll_for_master,
        [](Bench& bench) { bench.hear(FrameType::reply_to_poll_for_master, 1, 2); }, State::pass_token, "token 1>2"},
    Row{"POLL_FOR_MASTER", "ReceivedUnexpectedFrame", polling, State::poll_for_master,
        [](Bench& bench) { bench.hear(FrameType::token, 3, 2); }, State::idle, ""},
    Row{"POLL_FOR_MASTER", "SoleMaster", sole, State::poll_for_master,
        [](Bench& bench) {
            bench.node.send(9, npdu(), true);
            bench.wait_until_due();
        },
        State::wait_for_reply, "data-expecting-reply 1>9"},
    Row{"POLL_FOR_MASTER", "DoneWithPFM",
        [] {
            auto bench = due_to_poll(4);
            bench.give_token(4);
            bench.sent();
            return bench;
        },
        State::poll_for_master, [](Bench& bench) { bench.wait_until_due(); }, State::pass_token, "token 1>4"},
    Row{"POLL_FOR_MASTER", "SendNextPFM", polling, State::poll_for_master, [](Bench& bench) { bench.wait_until_due(); },
        State::poll_for_master, "poll-for-master 1>3"},
    Row{"POLL_FOR_MASTER", "DeclareSoleMaster", polling, State::poll_for_master,
        [](Bench& bench) {
            for (int polled = 2; polled <= 4; ++polled) { bench.wait_until_due(); }
            bench.sent();
            CHECK_FALSE(bench.node.sole_master());
            bench.node.send(9, npdu(), true);
            bench.wait_until_due();
            CHECK(bench.node.sole_master());
        },
        State::wait_for_reply, "data-expecting-reply 1>9"},

    Row{"ANSWER_DATA_REQUEST", "Reply", asked, State::answer_data_request,
        [](Bench& bench) { bench.node.reply(2, npdu(), bench.now); }, State::idle, "data-not-expecting-reply 1>2"},
    Row{"ANSWER_DATA_REQUEST", "DeferredReply", asked, State::answer_data_request,
        [](Bench& bench) { bench.wait(milliseconds(250)); }, State::idle, "reply-postponed 1>2"},
};

} // namespace

TEST_CASE("MS/TP: every transition of the master node state machine of clause 9.5.6") {
    for (const Row& row : rows) {
        INFO(row.state, " ", row.transition);
        Bench bench = row.reach();
        REQUIRE(bench.node.state() == row.before);
        bench.sent();
        bench.node.take_indications();
        bench.node.take_completions();
        row.event(bench);
        CHECK(state_text(bench.node.state()) == state_text(row.after));
        CHECK(bench.sent() == row.sent);
    }
}

TEST_CASE("MS/TP: the table has each transition of each state once") {
    const std::vector<std::pair<const char*, std::set<std::string>>> standard{
        {"INITIALIZE", {"DoneInitializing"}},
        {"IDLE",
         {"LostToken", "ReceivedInvalidFrame", "ReceivedUnwantedFrame", "ReceivedToken", "ReceivedPFM",
          "ReceivedDataNoReply", "BroadcastDataNoReply", "ReceivedDataNeedingReply", "BroadcastDataNeedingReply"}},
        {"USE_TOKEN", {"NothingToSend", "SendNoWait", "SendAndWait"}},
        {"WAIT_FOR_REPLY",
         {"ReplyTimeout", "InvalidFrame", "ReceivedReply", "ReceivedPostpone", "ReceivedUnexpectedFrame"}},
        {"DONE_WITH_TOKEN",
         {"SendAnotherFrame", "NextStationUnknown", "SoleMaster", "SendToken", "SendMaintenancePFM",
          "ResetMaintenancePFM", "SoleMasterRestartMaintenancePFM"}},
        {"PASS_TOKEN", {"SawTokenUser", "RetrySendToken", "FindNewSuccessor"}},
        {"NO_TOKEN", {"SawFrame", "GenerateToken"}},
        {"POLL_FOR_MASTER",
         {"ReceivedReplyToPFM", "ReceivedUnexpectedFrame", "SoleMaster", "DoneWithPFM", "SendNextPFM",
          "DeclareSoleMaster"}},
        {"ANSWER_DATA_REQUEST", {"Reply", "DeferredReply"}},
    };
    std::size_t transitions = 0;
    for (const auto& [state, names] : standard) {
        std::set<std::string> walked;
        for (const Row& row : rows) {
            if (std::string_view(row.state) == state) { walked.insert(row.transition); }
        }
        CHECK_MESSAGE(walked == names, state);
        transitions += names.size();
    }
    CHECK(rows.size() == transitions);
}

#include "codecs/bacnet/mstp_observer.hpp"

#include "tests/codecs/bacnet/mstp_line.hpp"

#include <doctest/doctest.h>

using namespace mstp_line;

TEST_CASE("MS/TP: listening tells masters, successors, rotation, free addresses, and what was lost") {
    Line line;
    for (const unsigned address : {1U, 4U, 7U}) {
        auto made = settings(static_cast<std::uint8_t>(address), 10);
        line.add(std::move(made));
    }
    RingObserver observer;
    auto made = settings(9, 10);
    made.listen_only = true;
    made.observe = [&](const Heard& heard, TimePoint now) { observer.heard(heard, now); };
    line.add(std::move(made));
    line.run(std::chrono::seconds(5));
    CHECK(observer.masters() == std::vector<std::uint8_t>{1, 4, 7});
    CHECK(observer.station(1).successor == std::uint8_t{4});
    CHECK(observer.station(4).successor == std::uint8_t{7});
    CHECK(observer.station(7).successor == std::uint8_t{1});
    CHECK(observer.free_addresses() == std::vector<std::uint8_t>{0, 2, 3, 5, 6, 8, 9, 10});
    CHECK(observer.counters().invalid_frames == 0);
    CHECK(observer.counters().token_retries == 0);
    CHECK(observer.counters().tokens_lost == 0); // the first token was made before anything was heard
    REQUIRE(observer.rotation().has_value());
    CHECK(observer.rotation()->first > milliseconds(5));
    CHECK(observer.rotation()->second < milliseconds(400)); // with three polls in vain

    line.lose_next(FrameType::token);
    line.run(milliseconds(400));
    CHECK(observer.counters().invalid_frames == 0); // what is lost is not heard by anybody
    CHECK(observer.counters().token_retries == 1);
    line.remove(4);
    line.run(std::chrono::seconds(3));
    CHECK(observer.station(1).successor == std::uint8_t{7});
}

TEST_CASE("MS/TP: listening counts requests that nobody answers, and tokens made anew") {
    RingObserver observer;
    const auto say = [&](FrameType type, std::uint8_t destination, std::uint8_t source, int at) {
        observer.heard({true, false, frame(type, destination, source), {}}, start + milliseconds(at));
    };
    say(FrameType::token, 2, 1, 0);
    say(FrameType::data_expecting_reply, 1, 2, 2);
    say(FrameType::token, 1, 2, 300);
    CHECK(observer.counters().requests_unanswered == 1);
    say(FrameType::poll_for_master, 2, 1, 820);
    CHECK(observer.counters().tokens_lost == 1);
    CHECK(observer.station(2).polled == 1);
    CHECK(observer.free_addresses().empty()); // 2 has spoken
}

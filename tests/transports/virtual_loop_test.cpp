#include "transports/loop.hpp"

#include <doctest/doctest.h>
#include <vector>

using namespace meterctl;
using namespace meterctl::transports;
using namespace std::chrono_literals;

namespace {

Task<int> sleep_then(Loop& loop, Duration duration, int result) {
    co_await loop.sleep_for(duration);
    co_return result;
}

Task<void> note_at(Loop& loop, Duration duration, int note, std::vector<int>& notes) {
    co_await loop.sleep_for(duration);
    notes.push_back(note);
}

} // namespace

TEST_CASE("virtual time jumps to the deadline of what is awaited") {
    auto loop = make_virtual_loop();
    const TimePoint start = loop->now();
    CHECK(run(*loop, sleep_then(*loop, 36h, 7)) == 7);
    CHECK(loop->now() - start == 36h);
}

TEST_CASE("the virtual wall clock starts where it is told and moves with the loop") {
    const auto start = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21);
    auto loop = make_virtual_loop(start);
    CHECK(loop->wall_clock() == start);
    run(*loop, sleep_then(*loop, 90s, 0));
    CHECK(loop->wall_clock() == start + 90s);
}

TEST_CASE("timers fire in the order of their deadlines, those of one instant in the order they were set") {
    auto loop = make_virtual_loop();
    std::vector<int> order;
    const TimePoint start = loop->now();
    loop->call_at(start + 2s, [&order] { order.push_back(3); });
    loop->call_at(start + 1s, [&order] { order.push_back(1); });
    loop->call_at(start + 1s, [&order] { order.push_back(2); });
    while (loop->run_one()) {}
    CHECK(order == std::vector<int>{1, 2, 3});
}

TEST_CASE("a cancelled timer does not fire, and time does not wait for it") {
    auto loop = make_virtual_loop();
    bool fired = false;
    const auto timer = loop->call_at(loop->now() + 1h, [&fired] { fired = true; });
    loop->cancel(timer);
    CHECK_FALSE(loop->run_one());
    CHECK_FALSE(fired);
    CHECK(loop->now() == TimePoint{});
}

TEST_CASE("a spawned task runs beside the driven one") {
    auto loop = make_virtual_loop();
    std::vector<int> notes;
    loop->spawn(note_at(*loop, 1s, 1, notes));
    loop->spawn(note_at(*loop, 3s, 3, notes));
    run(*loop, note_at(*loop, 2s, 2, notes));
    CHECK(notes == std::vector<int>{1, 2});
}

TEST_CASE("a task destroyed while it sleeps leaves no timer behind") {
    auto loop = make_virtual_loop();
    std::vector<int> notes;
    {
        auto task = note_at(*loop, 1s, 1, notes);
        task.start();
    }
    CHECK_FALSE(loop->run_one());
    CHECK(notes.empty());
}

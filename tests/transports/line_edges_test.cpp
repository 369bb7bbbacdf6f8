// The inputs of a serial port, played by a fake of the kernel; in virtual time where they are polled.
#include "transports/line_edges.hpp"

#include "tests/transports/folder.hpp"
#include "tests/transports/links.hpp"

#include <condition_variable>
#include <deque>
#include <doctest/doctest.h>
#include <mutex>

using namespace meterctl;
using namespace meterctl::transports;
using namespace meterctl::transports::testing;
using namespace std::chrono_literals;

namespace {

using Kind = EdgeStep::Kind;

/// A port whose input is on from 10 ms to 50 ms of the loop's time, and which is pulled out at one second.
class TimedInputs final : public ModemInputs {
public:
    explicit TimedInputs(Loop& loop) : loop_(loop) {}
    std::optional<InputState> state() override {
        const Duration now = loop_.now().time_since_epoch();
        if (now >= 1s) { return std::nullopt; }
        InputState state;
        state.level = now >= 10ms && now < 50ms;
        return state;
    }
    Waited wait() override { return Waited::impossible; }
    void stop() override {}

private:
    Loop& loop_;
};

/// A port that is told from the test's thread when its input changes.
class ToldInputs final : public ModemInputs {
public:
    struct Script {
        std::mutex lock;
        std::condition_variable changed;
        InputState state{false, 0};
        bool pending = false, gone = false, stopped = false;

        void set(bool level, std::uint32_t count) {
            const std::lock_guard guard(lock);
            state.level = level;
            state.count = count;
            pending = true;
            changed.notify_all();
        }
        void pull_out() {
            const std::lock_guard guard(lock);
            gone = true;
            changed.notify_all();
        }
    };

    explicit ToldInputs(Script& script) : script_(script) {}
    std::optional<InputState> state() override {
        const std::lock_guard guard(script_.lock);
        return script_.state;
    }
    Waited wait() override {
        std::unique_lock guard(script_.lock);
        script_.changed.wait(guard, [this] { return script_.pending || script_.gone || script_.stopped; });
        if (script_.stopped) { return Waited::interrupted; }
        if (script_.gone) { return Waited::gone; }
        script_.pending = false;
        return Waited::changed;
    }
    void stop() override {
        const std::lock_guard guard(script_.lock);
        script_.stopped = true;
        script_.changed.notify_all();
    }

private:
    Script& script_;
};

EdgeStep step_of(EdgeSource& source, TimePoint deadline) {
    const auto step = run(source.loop(), source.next(deadline));
    REQUIRE_MESSAGE(step.has_value(), step.error().what);
    return *step;
}

EdgeOptions no_waiting() {
    EdgeOptions options;
    options.lock_wait = Duration::zero();
    return options;
}

} // namespace

TEST_CASE("a polled input gives its edges within the interval, and says how well it knows them") {
    const auto loop = make_virtual_loop();
    LineEdgeOptions options;
    options.poll = 4ms;
    const auto source = make_polled_edges(*loop, std::make_unique<TimedInputs>(*loop), options);
    REQUIRE(source.has_value());
    CHECK((*source)->nature().resolution == 4ms);
    REQUIRE((*source)->nature().notes.size() == 1);
    CHECK((*source)->nature().notes.front() == "the input is looked at every 4 ms; shorter pulses may be lost");
    CHECK(step_of(**source, TimePoint(1s)).kind == Kind::start);
    const EdgeStep waited = step_of(**source, TimePoint(11ms));
    CHECK(waited.kind == Kind::deadline);
    CHECK(waited.edge.time == 11ms);
    CHECK(step_of(**source, TimePoint(1s)).edge == Edge{12ms, true, 0});
    CHECK(step_of(**source, TimePoint(1s)).edge == Edge{52ms, false, 0});
}

TEST_CASE("a port that is pulled out while it is polled is an endpoint error") {
    const auto loop = make_virtual_loop();
    LineEdgeOptions options;
    options.signal = Signal::cts;
    options.description = "line:///dev/ttyUSB0 cts";
    const auto source = make_polled_edges(*loop, std::make_unique<TimedInputs>(*loop), options);
    REQUIRE(source.has_value());
    while (true) {
        const auto step = run(*loop, (*source)->next(TimePoint(2s)));
        if (step) { continue; }
        CHECK(step.error().category == Category::endpoint);
        CHECK(step.error().what == "the serial port went away");
        CHECK(step.error().where == "line:///dev/ttyUSB0 cts");
        break;
    }
}

TEST_CASE("edges that the driver tells of are stamped, and those it counted but nobody saw are missed") {
    const auto loop = make_real_loop();
    ToldInputs::Script script;
    const auto source =
        run(*loop, make_line_edges(real_loop(*loop), std::make_unique<ToldInputs>(script), LineEdgeOptions()));
    REQUIRE(source.has_value());
    CHECK((*source)->nature().notes.empty());
    const TimePoint deadline = loop->now() + long_enough;
    const EdgeStep start = step_of(**source, deadline);
    CHECK(start.kind == Kind::start);
    script.set(true, 1);
    const EdgeStep rise = step_of(**source, deadline);
    CHECK(rise.kind == Kind::edge);
    CHECK(rise.edge.level);
    CHECK(rise.edge.missed == 0);
    CHECK(rise.edge.time >= start.edge.time);
    CHECK(TimePoint(rise.edge.time) <= loop->now());
    script.set(true, 3);
    const EdgeStep lost = step_of(**source, deadline);
    CHECK(lost.edge.level);
    CHECK(lost.edge.missed == 1);
    CHECK(step_of(**source, loop->now()).kind == Kind::deadline);
    script.pull_out();
    const auto gone = run(*loop, (*source)->next(deadline));
    REQUIRE_FALSE(gone.has_value());
    CHECK(gone.error().category == Category::endpoint);
}

TEST_CASE("an input whose driver cannot wait is polled") {
    const auto still = make_virtual_loop();
    const auto loop = make_real_loop();
    const auto source =
        run(*loop, make_line_edges(real_loop(*loop), std::make_unique<TimedInputs>(*still), LineEdgeOptions()));
    REQUIRE(source.has_value());
    CHECK((*source)->nature().resolution == 1ms);
    CHECK((*source)->nature().notes.size() == 1);
}

TEST_CASE("a watch ends while its driver still waits") {
    const auto loop = make_real_loop();
    ToldInputs::Script script;
    const auto source =
        run(*loop, make_line_edges(real_loop(*loop), std::make_unique<ToldInputs>(script), LineEdgeOptions()));
    REQUIRE(source.has_value());
}

TEST_CASE("a device without such inputs says so, and what else there is") {
    const Folder folder;
    const auto loop = make_real_loop();
    const auto listener = listen_on(*loop, "pty:" + folder / "port0");
    const auto source = run(*loop, open_edges(*loop, endpoint_of("line://" + folder / "port0"), no_waiting()));
    REQUIRE_FALSE(source.has_value());
    CHECK(source.error().category == Category::endpoint);
    CHECK(source.error().what == "the device has no DCD, CTS, DSR and RI lines");
    CHECK_FALSE(source.error().hints.empty());
    const auto none = run(*loop, open_edges(*loop, endpoint_of("line://" + folder / "none"), no_waiting()));
    REQUIRE_FALSE(none.has_value());
    CHECK(none.error().what == "no such device");
}

TEST_CASE("a GPIO line that is not there is an endpoint error") {
    const auto loop = make_real_loop();
    const auto source = run(*loop, open_edges(*loop, endpoint_of("gpio:///dev/gpiochip987/17?active=low"), {}));
    REQUIRE_FALSE(source.has_value());
    CHECK(source.error().category == Category::endpoint);
    CHECK_FALSE(source.error().hints.empty());
}

TEST_CASE("what is no pulse input is no pulse input") {
    const auto loop = make_virtual_loop();
    const auto source = run(*loop, open_edges(*loop, endpoint_of("tcp://127.0.0.1:1"), {}));
    REQUIRE_FALSE(source.has_value());
    CHECK(source.error().category == Category::usage);
    CHECK(source.error().what == "tcp: is no input for pulses");
}

// Loop: time and waiting. The real one is asio's; the virtual one jumps from deadline to deadline, so that tests and
// `sim:` endpoints never sleep.
#pragma once

#include "transports/task.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

namespace meterctl::transports {

using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::steady_clock::time_point;

class Loop {
public:
    using Callback = std::function<void()>;
    using TimerId = std::uint64_t;

    virtual ~Loop() = default;
    [[nodiscard]] virtual TimePoint now() const = 0;
    /// The host's (or the virtual) wall clock, for traces, captures and records.
    [[nodiscard]] virtual std::chrono::system_clock::time_point wall_clock() const = 0;
    /// Calls back once at `when`, never inside this call.
    virtual TimerId call_at(TimePoint when, Callback callback) = 0;
    virtual void cancel(TimerId timer) = 0;
    /// Waits for the next event and handles it; false when there is nothing to wait for.
    virtual bool run_one() = 0;
    /// True from the first Ctrl-C on: waits end early, sessions return Category::interrupted.
    [[nodiscard]] virtual bool interrupted() const = 0;
    /// While set, waits go on after Ctrl-C as before it, and interrupted() is false: for who has to leave a line in
    /// order, within a second. A second Ctrl-C ends the program in any case.
    void set_leaving(bool leaving) { leaving_ = leaving; }
    /// Runs a task beside the one being driven; the loop owns it until it ends.
    virtual void spawn(Task<void> task) = 0;

    /// Resumes the awaiting coroutine at `when`, or soon after an interrupt.
    Task<void> sleep_until(TimePoint when);
    Task<void> sleep_for(Duration duration);

protected:
    [[nodiscard]] bool leaving() const { return leaving_; }

private:
    bool leaving_ = false;
};

/// asio's io_context, with SIGINT, SIGTERM and SIGHUP turned into interrupted().
std::unique_ptr<Loop> make_real_loop();
/// Time that jumps; starts at the epoch of the steady clock and at 2026-01-01T00:00:00Z of the wall clock unless told.
std::unique_ptr<Loop> make_virtual_loop();
std::unique_ptr<Loop> make_virtual_loop(std::chrono::system_clock::time_point wall_clock);

/// Drives the loop until the task is done and returns what it returned. Throws std::logic_error when the loop has
/// nothing left to wait for and the task is not done: a broken invariant.
template <class T>
T run(Loop& loop, Task<T> task) {
    task.start();
    while (!task.done() && loop.run_one()) {}
    return task.take();
}

} // namespace meterctl::transports

#include "transports/loop.hpp"

namespace meterctl::transports {

namespace {

/// Holds the timer, so that a coroutine destroyed while it sleeps is not resumed later.
class Sleep {
public:
    Sleep(Loop& loop, TimePoint when) : loop_(loop), when_(when) {}
    Sleep(const Sleep&) = delete;
    Sleep& operator=(const Sleep&) = delete;
    ~Sleep() {
        if (pending_) { loop_.cancel(timer_); }
    }

    [[nodiscard]] bool await_ready() const { return loop_.interrupted() || when_ <= loop_.now(); }
    void await_suspend(std::coroutine_handle<> sleeper) {
        pending_ = true;
        timer_ = loop_.call_at(when_, [this, sleeper] {
            pending_ = false;
            sleeper.resume();
        });
    }
    void await_resume() const {}

private:
    Loop& loop_;
    TimePoint when_;
    Loop::TimerId timer_ = 0;
    bool pending_ = false;
};

} // namespace

Task<void> Loop::sleep_until(TimePoint when) {
    Sleep sleep(*this, when);
    co_await sleep;
}

Task<void> Loop::sleep_for(Duration duration) {
    return sleep_until(now() + duration);
}

} // namespace meterctl::transports

#include "transports/watch_thread.hpp"

#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace meterctl::transports {

namespace {

/// Between two attempts to wake a thread that was about to sleep when it was called.
constexpr auto call_again = std::chrono::milliseconds(1);
/// A driver that cannot wait has said so by then.
constexpr auto first_look = std::chrono::milliseconds(20);

} // namespace

WatchThread::WatchThread(RealLoop& loop, ModemInputs& inputs)
    : inputs_(inputs), bell_(loop, ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)), thread_([this] { watch(); }) {}

WatchThread::~WatchThread() {
    stop();
}

void WatchThread::stop() {
    if (!thread_.joinable()) { return; }
    while (!ended_) {
        inputs_.stop();
        if (!ended_) { std::this_thread::sleep_for(call_again); }
    }
    thread_.join();
}

void WatchThread::watch() {
    while (true) {
        const auto waited = inputs_.wait();
        Sighting sighting;
        sighting.time = std::chrono::steady_clock::now().time_since_epoch();
        if (waited == ModemInputs::Waited::interrupted) { break; }
        if (waited == ModemInputs::Waited::impossible) { impossible_ = true; }
        if (waited == ModemInputs::Waited::changed) { sighting.state = inputs_.state(); }
        const bool there = sighting.state.has_value();
        tell(std::move(sighting));
        if (!there) { break; }
    }
    ended_ = true;
}

void WatchThread::tell(Sighting sighting) {
    {
        const std::lock_guard guard(lock_);
        seen_.push_back(std::move(sighting));
    }
    const std::uint64_t ring = 1;
    static_cast<void>(!::write(bell_.fd(), &ring, sizeof ring)); // fails only where it rings already
}

std::vector<Sighting> WatchThread::take() {
    std::uint64_t rung = 0;
    static_cast<void>(!::read(bell_.fd(), &rung, sizeof rung));
    const std::lock_guard guard(lock_);
    return std::exchange(seen_, {});
}

Task<bool> WatchThread::works() {
    Wait rung = bell_.readable(bell_.loop().now() + first_look);
    co_await rung;
    co_return !impossible_;
}

Task<std::vector<Sighting>> WatchThread::next(TimePoint deadline) {
    auto seen = take();
    if (!seen.empty()) { co_return seen; }
    Wait rung = bell_.readable(deadline);
    co_await rung;
    co_return take();
}

} // namespace meterctl::transports

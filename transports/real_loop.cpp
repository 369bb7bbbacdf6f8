#include "transports/real_loop.hpp"

#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace meterctl::transports {

Wait::Wait(RealLoop& loop, Descriptor* descriptor, For what, TimePoint deadline)
    : loop_(loop), descriptor_(descriptor), purpose_(what), deadline_(deadline) {}

Wait::~Wait() {
    if (timer_ != 0) { loop_.cancel(timer_); }
}

bool Wait::await_ready() {
    if (!loop_.interrupted()) { return false; }
    outcome_ = Wake::interrupted;
    return true;
}

void Wait::await_suspend(std::coroutine_handle<> caller) {
    caller_ = caller;
    loop_.pending_.push_back(*this);
    if (descriptor_ != nullptr) { descriptor_->queue(purpose_).push_back(*this); }
    if (deadline_ == TimePoint::max()) { return; }
    timer_ = loop_.call_at(deadline_, [this] {
        timer_ = 0;
        loop_.complete(*this, Wake::timed_out);
    });
}

void Wait::resume() {
    detail::UnlinkingHook<detail::QueueTag>::unlink();
    caller_.resume();
}

void RealLoop::complete(Wait& wait, Wake outcome) {
    using PendingHook = detail::UnlinkingHook<detail::PendingTag>;
    using QueueHook = detail::UnlinkingHook<detail::QueueTag>;
    if (!wait.PendingHook::is_linked()) { return; }
    wait.PendingHook::unlink();
    if (wait.QueueHook::is_linked()) { wait.QueueHook::unlink(); }
    if (wait.timer_ != 0) { cancel(std::exchange(wait.timer_, 0)); }
    wait.outcome_ = outcome;
    woken_.push_back(wait);
}

Descriptor::~Descriptor() {
    loop_->forget(*this);
    ::close(fd_);
}

RealLoop& real_loop(Loop& loop) {
    auto* real = dynamic_cast<RealLoop*>(&loop);
    if (real == nullptr) { throw std::logic_error("this endpoint needs the real loop"); }
    return *real;
}

} // namespace meterctl::transports

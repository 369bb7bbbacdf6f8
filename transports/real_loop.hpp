// RealLoop: what the transports over descriptors need of the real loop beyond Loop: to wait for a descriptor, and to
// look a host up. No asio here, so that it stays in one .cpp.
#pragma once

#include "src/core/error.hpp"
#include "transports/loop.hpp"

#include <array>
#include <boost/intrusive/list.hpp>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <vector>

namespace meterctl::transports {

class RealLoop;
class Descriptor;

enum class Wake { ready, timed_out, interrupted };

namespace detail {
struct PendingTag;
struct QueueTag;
template <class Tag>
using UnlinkingHook = boost::intrusive::list_base_hook<boost::intrusive::tag<Tag>,
                                                       boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
} // namespace detail

/// A coroutine suspended until its descriptor is ready, a deadline or Ctrl-C. It lives in the coroutine's frame, and
/// leaves all lists when that frame is destroyed.
class Wait : public detail::UnlinkingHook<detail::PendingTag>, public detail::UnlinkingHook<detail::QueueTag> {
public:
    enum class For { reading, writing, event };

    /// `descriptor` null: for an event, which RealLoop::complete() announces.
    Wait(RealLoop& loop, Descriptor* descriptor, For what, TimePoint deadline);
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;
    ~Wait();

    [[nodiscard]] bool await_ready();
    void await_suspend(std::coroutine_handle<> caller);
    Wake await_resume() const { return outcome_; }

    [[nodiscard]] Descriptor* descriptor() const { return descriptor_; }
    [[nodiscard]] For purpose() const { return purpose_; }
    /// Runs the coroutine on; the wait may be gone when this returns.
    void resume();

private:
    friend class RealLoop;
    RealLoop& loop_;
    Descriptor* descriptor_;
    For purpose_;
    TimePoint deadline_;
    Loop::TimerId timer_ = 0;
    std::coroutine_handle<> caller_;
    Wake outcome_ = Wake::ready;
};

using PendingList = boost::intrusive::list<Wait, boost::intrusive::base_hook<detail::UnlinkingHook<detail::PendingTag>>,
                                           boost::intrusive::constant_time_size<false>>;
using WaitQueue = boost::intrusive::list<Wait, boost::intrusive::base_hook<detail::UnlinkingHook<detail::QueueTag>>,
                                         boost::intrusive::constant_time_size<false>>;

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t length = 0;
    [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

class RealLoop : public Loop {
public:
    /// Looks a host up; numbers are not looked up. Endpoint errors: unknown, no answer by `deadline`; interrupted.
    virtual Task<Result<std::vector<SocketAddress>>> resolve(std::string host, std::uint16_t port,
                                                             TimePoint deadline) = 0;
    /// Drops what the reactor knows of a descriptor that is about to be closed.
    virtual void forget(Descriptor& descriptor) = 0;

    /// Ends a wait; its coroutine runs on from the loop, not inside this call.
    void complete(Wait& wait, Wake outcome);
    /// One buffer for every read of this loop; what it holds is copied out before anything else runs.
    [[nodiscard]] std::array<std::uint8_t, 65536>& scratch() { return scratch_; }
    /// Whether nobody else waits on this loop, so that the one who runs may keep it for a moment.
    [[nodiscard]] bool is_alone() const { return pending_.empty() && armed_.empty() && woken_.empty(); }

protected:
    friend class Wait;
    PendingList pending_; ///< new ones at the back
    PendingList armed_;   ///< those that the reactor knows of
    WaitQueue woken_;     ///< ended, and not yet resumed

private:
    std::array<std::uint8_t, 65536> scratch_{};
};

/// A file descriptor of this loop; closed by the destructor.
class Descriptor {
public:
    Descriptor(RealLoop& loop, int fd) : loop_(&loop), fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor();

    [[nodiscard]] int fd() const { return fd_; }
    [[nodiscard]] RealLoop& loop() const { return *loop_; }
    [[nodiscard]] Wait readable(TimePoint deadline) { return Wait(*loop_, this, Wait::For::reading, deadline); }
    [[nodiscard]] Wait writable(TimePoint deadline) { return Wait(*loop_, this, Wait::For::writing, deadline); }
    /// The waits that stand in line for one direction.
    [[nodiscard]] WaitQueue& queue(Wait::For what) { return what == Wait::For::reading ? readers_ : writers_; }
    /// How long the last read waited for its octets.
    [[nodiscard]] Duration last_wait() const { return last_wait_; }
    void set_last_wait(Duration wait) { last_wait_ = wait; }

    /// What the loop's reactor keeps about it, from the first wait that needs the reactor on.
    struct Registration;
    std::shared_ptr<Registration> registration;

private:
    RealLoop* loop_;
    int fd_;
    Duration last_wait_ = Duration::max();
    WaitQueue readers_, writers_;
};

/// The loop as the real one; a transport over descriptors on a virtual loop is a broken invariant.
RealLoop& real_loop(Loop& loop);

} // namespace meterctl::transports

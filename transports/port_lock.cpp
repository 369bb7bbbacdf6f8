#include "transports/port_lock.hpp"

#include "transports/port_trouble.hpp"
#include "transports/serial_line.hpp"
#include "transports/sockets.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace meterctl::transports {

namespace {

constexpr auto look_again = std::chrono::milliseconds(50);

/// A device that was had (fd not negative), or why it was not: `number` of the error, or `holder` of a busy one.
struct Attempt {
    int fd = -1;
    int number = 0;
    std::string holder;
};

Attempt busy(int fd, std::string holder) {
    ::close(fd);
    Attempt attempt;
    attempt.holder = holder.empty() ? "another program" : std::move(holder);
    return attempt;
}

/// Opens anew each time rather than wait with the device open: while any process has it open, the mark that TIOCEXCL
/// set outlives the one that set it.
Attempt attempt_to_hold(const std::string& path) {
    Attempt attempt;
    const int fd = ::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        attempt.number = errno;
        if (errno == EBUSY) { attempt.holder = "another program"; }
        return attempt;
    }
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        std::string holder = lock_holder(fd);
        return busy(fd, std::move(holder));
    }
    // Root gets past TIOCEXCL, and so does not hear of it from open().
    if (is_exclusive(fd)) { return busy(fd, ""); }
    attempt.fd = fd;
    return attempt;
}

} // namespace

HeldPort::HeldPort(RealLoop& loop, int fd) : descriptor_(loop, fd) {
    set_exclusive(fd, true);
}

HeldPort::~HeldPort() {
    stop_marking(fd());
    set_exclusive(fd(), false);
}

Task<Result<std::unique_ptr<HeldPort>>> hold_port(RealLoop& loop, std::string path, Duration lock_wait, Notice notice) {
    const TimePoint deadline = loop.now() + lock_wait;
    bool told = false;
    while (!loop.interrupted()) {
        const Attempt attempt = attempt_to_hold(path);
        if (attempt.fd >= 0) { co_return std::make_unique<HeldPort>(loop, attempt.fd); }
        if (attempt.holder.empty()) { co_return open_failure(attempt.number, path); }
        const TimePoint now = loop.now();
        if (now >= deadline) {
            co_return fail(
                Category::endpoint,
                fmt::format("the port is busy: {} holds it, waited {}", attempt.holder, seconds_text(lock_wait)), path,
                {"end that program", "wait longer: lock_wait=60s", fmt::format("fuser -v {}", path)}, "port.busy");
        }
        if (notice && !std::exchange(told, true)) {
            notice(fmt::format("waiting for {}: {} holds it", path, attempt.holder));
        }
        co_await loop.sleep_until(std::min(deadline, now + look_again));
    }
    co_return interrupted_failure(path);
}

} // namespace meterctl::transports

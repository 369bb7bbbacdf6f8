#include "transports/stream_io.hpp"

#include "transports/sockets.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

namespace meterctl::transports {

namespace {

/// Where the last answer came this soon, the next is looked for this long before the thread sleeps: to sleep and to be
/// woken takes longer than an answer of the same machine or rack. No serial line is that fast.
constexpr std::chrono::microseconds worth_looking{100};

/// Leaves the processor to whoever shares it, which may be the one that is to answer.
bool looks_again(const Descriptor& descriptor, Duration waited) {
    const bool again = waited < worth_looking && descriptor.last_wait() < worth_looking && descriptor.loop().is_alone();
    if (again) { ::sched_yield(); }
    return again;
}

} // namespace

Task<Result<ByteView>> read_octets(Descriptor& descriptor, TimePoint deadline, std::string_view where) {
    RealLoop& loop = descriptor.loop();
    auto& scratch = loop.scratch();
    const TimePoint begin = loop.now();
    while (!loop.interrupted()) {
        const ssize_t got = ::read(descriptor.fd(), scratch.data(), scratch.size());
        if (got > 0) {
            descriptor.set_last_wait(loop.now() - begin);
            co_return ByteView(scratch.data(), static_cast<std::size_t>(got));
        }
        if (got == 0) { co_return closed_failure(where); }
        if (errno == EINTR) { continue; }
        if (errno != EAGAIN) { co_return socket_failure(errno, where); }
        const TimePoint now = loop.now();
        if (deadline <= now) { co_return ByteView(); }
        if (looks_again(descriptor, now - begin)) { continue; }
        Wait readable = descriptor.readable(deadline);
        co_await readable; // and looks once more though the deadline passed: the loop may have come late
    }
    co_return interrupted_failure(where);
}

Task<Result<void>> write_octets(Descriptor& descriptor, ByteView octets, Duration patience, std::string_view where) {
    RealLoop& loop = descriptor.loop();
    // What is taken at once goes out after Ctrl-C as well: it is how a session takes its leave of a meter.
    do {
        const ssize_t sent = ::write(descriptor.fd(), octets.data(), octets.size());
        if (sent >= 0) { octets = octets.subspan(static_cast<std::size_t>(sent)); }
        if (octets.empty()) { co_return Result<void>(); }
        if (sent >= 0 || errno == EINTR) { continue; }
        if (errno != EAGAIN) { co_return socket_failure(errno, where); }
        Wait writable = descriptor.writable(loop.now() + patience);
        const Wake wake = co_await writable;
        if (wake == Wake::timed_out) {
            co_return fail(Category::endpoint, fmt::format("no octet was taken in {}", seconds_text(patience)),
                           std::string(where), {}, "transport.stuck");
        }
    } while (!loop.interrupted());
    co_return interrupted_failure(where);
}

} // namespace meterctl::transports

#include "transports/stream_io.hpp"

#include "transports/sockets.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <unistd.h>

namespace meterctl::transports {

Task<Result<ByteView>> read_octets(Descriptor& descriptor, TimePoint deadline, std::string_view where) {
    RealLoop& loop = descriptor.loop();
    auto& scratch = loop.scratch();
    while (!loop.interrupted()) {
        const ssize_t got = ::read(descriptor.fd(), scratch.data(), scratch.size());
        if (got > 0) { co_return ByteView(scratch.data(), static_cast<std::size_t>(got)); }
        if (got == 0) { co_return closed_failure(where); }
        if (errno == EINTR) { continue; }
        if (errno != EAGAIN) { co_return socket_failure(errno, where); }
        if (deadline <= loop.now()) { co_return ByteView(); }
        Wait readable = descriptor.readable(deadline);
        co_await readable; // and looks once more though the deadline passed: the loop may have come late
    }
    co_return interrupted_failure(where);
}

Task<Result<void>> write_octets(Descriptor& descriptor, ByteView octets, Duration patience, std::string_view where) {
    RealLoop& loop = descriptor.loop();
    while (!loop.interrupted()) {
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
    }
    co_return interrupted_failure(where);
}

} // namespace meterctl::transports

#include "transports/signals.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

namespace meterctl::transports {

namespace {

constexpr std::array watched{SIGINT, SIGTERM, SIGHUP};
constexpr int interrupted_exit = 130;

std::atomic<int> received{0};
std::atomic<int> wake_fd{-1};
std::array<struct sigaction, watched.size()> previous{};

extern "C" void on_signal(int /*signal*/) {
    const int before = errno;
    if (received.fetch_add(1) > 0) { _exit(interrupted_exit); }
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_fd.load(), &one, sizeof one);
    errno = before;
}

} // namespace

InterruptWatch::InterruptWatch() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (fd_ < 0) { throw std::system_error(errno, std::generic_category(), "eventfd"); }
    received = 0;
    wake_fd = fd_;
    std::signal(SIGPIPE, SIG_IGN);
    struct sigaction action {};
    action.sa_handler = on_signal; // without SA_RESTART: a prompt that waits for an answer ends too
    sigemptyset(&action.sa_mask);
    for (std::size_t i = 0; i < watched.size(); ++i) {
        ::sigaction(watched[i], &action, &previous[i]);
        const bool nohup = watched[i] == SIGHUP && previous[i].sa_handler == SIG_IGN;
        if (nohup) { ::sigaction(SIGHUP, &previous[i], nullptr); }
    }
}

InterruptWatch::~InterruptWatch() {
    for (std::size_t i = 0; i < watched.size(); ++i) { ::sigaction(watched[i], &previous[i], nullptr); }
    wake_fd = -1;
    ::close(fd_);
}

bool InterruptWatch::interrupted() {
    return received.load() > 0;
}

void InterruptWatch::drain() const {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto taken = ::read(fd_, &count, sizeof count);
}

} // namespace meterctl::transports

#include "transports/modem_inputs.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <linux/serial.h>
#include <mutex>
#include <pthread.h>
#include <sys/ioctl.h>

namespace meterctl::transports {

namespace {

struct SignalRow {
    Signal signal;
    std::string_view name;
    int bit;
    int serial_icounter_struct::*count;
};
constexpr std::array rows{SignalRow{Signal::dcd, "dcd", TIOCM_CAR, &serial_icounter_struct::dcd},
                          SignalRow{Signal::cts, "cts", TIOCM_CTS, &serial_icounter_struct::cts},
                          SignalRow{Signal::dsr, "dsr", TIOCM_DSR, &serial_icounter_struct::dsr},
                          SignalRow{Signal::ri, "ri", TIOCM_RNG, &serial_icounter_struct::rng}};

const SignalRow& row_of(Signal signal) {
    for (const auto& row : rows) {
        if (row.signal == signal) { return row; }
    }
    return rows.front();
}

/// Ends a system call of the thread it is sent to. Not one that programs use, and without SA_RESTART.
int wake_signal() {
    static const int number = [] {
        struct sigaction nothing {};
        nothing.sa_handler = [](int) {};
        ::sigaction(SIGRTMAX - 1, &nothing, nullptr);
        return SIGRTMAX - 1;
    }();
    return number;
}

class KernelInputs final : public ModemInputs {
public:
    KernelInputs(int fd, Signal signal) : fd_(fd), row_(row_of(signal)) { wake_signal(); }

    std::optional<InputState> state() override {
        InputState state;
        serial_icounter_struct counts{};
        if (::ioctl(fd_, TIOCGICOUNT, &counts) == 0) { state.count = static_cast<std::uint32_t>(counts.*row_.count); }
        int bits = 0;
        if (::ioctl(fd_, TIOCMGET, &bits) != 0) { return std::nullopt; }
        state.level = (bits & row_.bit) != 0;
        return state;
    }

    Waited wait() override {
        {
            const std::lock_guard guard(lock_);
            waiter_ = ::pthread_self();
        }
        if (stopped_) { return Waited::interrupted; }
        const int result = ::ioctl(fd_, TIOCMIWAIT, row_.bit);
        if (stopped_ || (result != 0 && errno == EINTR)) { return stopped_ ? Waited::interrupted : Waited::changed; }
        if (result == 0) { return Waited::changed; }
        return errno == ENOTTY || errno == EINVAL || errno == ENOSYS ? Waited::impossible : Waited::gone;
    }

    void stop() override {
        stopped_ = true;
        const std::lock_guard guard(lock_);
        if (waiter_) { ::pthread_kill(*waiter_, wake_signal()); }
    }

private:
    int fd_;
    const SignalRow& row_;
    std::atomic<bool> stopped_ = false;
    std::mutex lock_;
    std::optional<pthread_t> waiter_;
};

} // namespace

std::optional<Signal> parse_signal(std::string_view word) {
    for (const auto& row : rows) {
        if (row.name == word) { return row.signal; }
    }
    return std::nullopt;
}

std::string_view signal_name(Signal signal) {
    return row_of(signal).name;
}

std::unique_ptr<ModemInputs> make_modem_inputs(int fd, Signal signal) {
    return std::make_unique<KernelInputs>(fd, signal);
}

} // namespace meterctl::transports

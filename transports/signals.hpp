// Ctrl-C, and what else asks to end: the first asks, the second ends at once.
#pragma once

namespace meterctl::transports {

/// While it lives, SIGINT, SIGTERM and SIGHUP (a terminal that went away; not where nohup has it ignored) are counted
/// and make `fd()` readable; the second of them ends the process with 130. SIGPIPE is ignored from the first one made
/// on: a closed pipe is an error of the write. One at a time.
class InterruptWatch {
public:
    InterruptWatch();
    InterruptWatch(const InterruptWatch&) = delete;
    InterruptWatch& operator=(const InterruptWatch&) = delete;
    ~InterruptWatch();

    [[nodiscard]] static bool interrupted();
    [[nodiscard]] int fd() const { return fd_; }
    /// Makes `fd()` unreadable again.
    void drain() const;

private:
    int fd_;
};

} // namespace meterctl::transports

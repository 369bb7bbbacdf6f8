// Opening a serial device so that programs take turns on it: flock for those that look, TIOCEXCL for those that do not.
#pragma once

#include "src/core/error.hpp"
#include "transports/real_loop.hpp"

#include <functional>
#include <memory>
#include <string>

namespace meterctl::transports {

using Notice = std::function<void(const std::string&)>;

/// A serial device that is this process's alone while it lives.
class HeldPort {
public:
    HeldPort(RealLoop& loop, int fd);
    HeldPort(const HeldPort&) = delete;
    HeldPort& operator=(const HeldPort&) = delete;
    ~HeldPort();

    [[nodiscard]] Descriptor& descriptor() { return descriptor_; }
    [[nodiscard]] int fd() const { return descriptor_.fd(); }

private:
    Descriptor descriptor_;
};

/// Waits at most `lock_wait` for the process that holds the device, and tells `notice` (which may be empty) that it
/// does. Endpoint errors: no such device, no permission (with the group that has it), busy; interrupted on Ctrl-C.
Task<Result<std::unique_ptr<HeldPort>>> hold_port(RealLoop& loop, std::string path, Duration lock_wait, Notice notice);

} // namespace meterctl::transports

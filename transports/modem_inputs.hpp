// The inputs of a serial port as the kernel tells of them, behind few functions, so that what is made of them can be
// tried without a port.
#pragma once

#include "src/core/error.hpp"
#include "transports/loop.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace meterctl::transports {

enum class Signal { dcd, cts, dsr, ri };

/// "dcd", as an endpoint's query has it; nullopt for other words.
std::optional<Signal> parse_signal(std::string_view word);
std::string_view signal_name(Signal signal);

/// An input at one instant.
struct InputState {
    bool level = false;                 ///< true: the line is on (its voltage is positive)
    std::optional<std::uint32_t> count; ///< changes so far as the driver counts them; wraps around
};

class ModemInputs {
public:
    enum class Waited {
        changed,     ///< the input changed, or may have
        impossible,  ///< the driver cannot wait, and says so at once
        interrupted, ///< stop() was called
        gone         ///< the port is
    };

    virtual ~ModemInputs() = default;
    /// nullopt where the port is gone or has no such lines.
    virtual std::optional<InputState> state() = 0;
    /// Blocks its thread until the input changes.
    virtual Waited wait() = 0;
    /// Ends wait() in another thread, now and from now on.
    virtual void stop() = 0;
};

/// TIOCMGET, TIOCGICOUNT and TIOCMIWAIT on a descriptor that outlives this.
std::unique_ptr<ModemInputs> make_modem_inputs(int fd, Signal signal);

} // namespace meterctl::transports

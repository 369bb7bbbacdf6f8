// A serial device's settings by its file descriptor. Apart from the transport, as the kernel's termios2, which takes
// any baud rate, does not go together with the C library's termios.
#pragma once

#include "src/core/error.hpp"
#include "transports/endpoint.hpp"

#include <optional>
#include <string_view>

namespace meterctl::transports {

/// The code of the error where a line is there and takes other settings than these.
constexpr const char* line_refused = "line.refused";

/// Raw octets at these settings, errors marked (PARMRK). Endpoint error when the device is no serial line, or its
/// driver takes other settings than these.
Result<void> set_line(int fd, const LineSettings& settings, std::string_view where);

/// The baud rate that is set, on either end of a pseudo-terminal; nullopt where the device tells none.
std::optional<unsigned> baud_of(int fd);

/// Takes the marks out again, for whoever uses the line next and knows nothing of them.
void stop_marking(int fd);

/// Lets the driver switch an RS-485 transceiver's direction; false where it cannot.
bool set_rs485(int fd);

/// Asks the driver to hand on octets at once; false where it does not.
bool ask_low_latency(int fd);

/// True where another process has the line to itself.
bool is_exclusive(int fd);
void set_exclusive(int fd, bool exclusive);

/// Throws away what was received and not read, and what was written and not sent; false when the device is gone.
bool flush_line(int fd);

/// True for a pseudo-terminal, which has no line that takes time.
bool is_pseudo_terminal(int fd);

} // namespace meterctl::transports

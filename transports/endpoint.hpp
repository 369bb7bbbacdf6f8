// Endpoint: what the user names as TARGET, taken apart. A wrong one gets told which part of it is wrong.
#pragma once

#include "src/core/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace meterctl::transports {

enum class Parity { none, even, odd, mark, space };

struct LineSettings {
    unsigned baud = 9600;
    unsigned data_bits = 8;
    Parity parity = Parity::none;
    unsigned stop_bits = 1;

    /// Bits on the line for one octet: start, data, parity, stop.
    [[nodiscard]] unsigned bits_per_octet() const;
    /// "8E1"
    [[nodiscard]] std::string frame() const;
    friend bool operator==(const LineSettings&, const LineSettings&) = default;
};

/// "8E1", "7o1", "8N2": fills data bits, parity and stop bits, keeps the baud. Usage error names what is wrong.
Result<LineSettings> parse_frame(std::string_view frame, unsigned baud = 9600);

enum class Scheme {
    serial,
    ir,         ///< an optical head (IEC 62056-21) on a serial device
    ir_rfc2217, ///< the same on a remote serial line
    ir_tcp,     ///< the same behind a transparent TCP bridge
    tcp,
    udp,
    rfc2217,
    tcp_listen,
    udp_listen,
    sim,
    pty,
    gpio,
    line,
    rx,
    edges
};

/// True for the optical heads.
bool is_optical(Scheme scheme);

struct Endpoint {
    Scheme scheme = Scheme::serial;
    std::string host; ///< tcp, udp, rfc2217, ir+..., listeners; for sim the model
    std::uint16_t port = 0;
    std::string path;                                       ///< serial device, pty link, file
    std::vector<std::pair<std::string, std::string>> query; ///< in the order given, percent-decoded
    std::string text;                                       ///< as the user wrote it

    [[nodiscard]] std::optional<std::string> option(std::string_view name) const;
};

/// Takes `/dev/ttyUSB0`, `serial:///dev/ttyUSB0?baud=9600&frame=8E1`, `tcp://[::1]:502`, `sim:`, `pty:/tmp/meter0`.
/// Unknown schemes and query keys are usage errors with the nearest known one; a key that a scheme does not take
/// likewise.
Result<Endpoint> parse_endpoint(std::string_view text);

std::string_view scheme_name(Scheme scheme);
/// The query keys a scheme takes, for completions and messages.
std::vector<std::string_view> query_keys(Scheme scheme);

} // namespace meterctl::transports

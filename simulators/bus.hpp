// A bus with virtual meters on it, sans-IO: it is given octets and the time, and returns octets and when they are due.
#pragma once

#include "src/catalogue/definition.hpp"
#include "src/core/bytes.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace meterctl::simulators {

using TimePoint = std::chrono::steady_clock::time_point;

/// One meter on the bus.
struct Unit {
    std::string address; ///< in the protocol's own terms; empty: the definition's own
    const catalogue::Definition* meter = nullptr;
};

/// What `sim:` endpoints and `simulate` take in common.
struct Options {
    std::uint64_t seed = 1;
    double speed = 1.0;                                         ///< the load model's time over real time; 0 freezes it
    std::chrono::milliseconds latency{20};                      ///< from the request's end to the answer's start
    double drop = 0;                                            ///< share of answers that never come
    double corrupt = 0;                                         ///< share of answers with a flipped bit
    double duplicate = 0;                                       ///< share of answers sent twice
    double cut = 0;                                             ///< share of answers that end early
    double late = 0;                                            ///< share of answers that come after the client gave up
    bool echo = false;                                          ///< the line hears itself
    unsigned baud = 0;                                          ///< paces octets as this baud rate would; 0: not paced
    unsigned bits_per_octet = 11;                               ///< for pacing
    std::string framing;                                        ///< protocol's own: "rtu", "tcp", "ascii"
    std::optional<std::chrono::system_clock::time_point> start; ///< the meters' clock at time zero
    std::optional<double> power;                                ///< W: a constant load instead of the day's curve
    unsigned meters = 0;                                        ///< this many generated meters beside the units
    std::map<std::string, std::string> extras;                  ///< what single simulators take: "bounce" -> "2ms"
};

/// A chunk of octets and when the first of them leaves the meter.
struct Transmission {
    TimePoint due;
    Bytes octets;
};

class Bus {
public:
    virtual ~Bus() = default;
    /// Octets that arrive at the meters' receivers at `now`.
    virtual void receive(ByteView octets, TimePoint now) = 0;
    /// When transmit() or time itself next has something to do; nullopt: nothing until octets arrive.
    [[nodiscard]] virtual std::optional<TimePoint> next_deadline() const = 0;
    /// The octets due at or before `now`, oldest first; empty when none.
    virtual std::vector<Transmission> transmit(TimePoint now) = 0;
    /// The line settings changed on the client's side (a meter at another baud hears noise).
    virtual void line_changed(unsigned baud, std::string_view frame) = 0;
    /// A further line to the same meters, such as a server's next connection; `framing` empty: as on this one.
    [[nodiscard]] virtual std::unique_ptr<Bus> connect(std::string_view framing) const = 0;
};

} // namespace meterctl::simulators

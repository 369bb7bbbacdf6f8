// The optical line in front of a virtual IEC 62056-21 meter: each side is paced by its own baud rate, a side at another
// rate hears noise, and the faults of Options befall what the meter says.
#pragma once

#include "simulators/bus.hpp"
#include "simulators/random.hpp"

#include <map>

namespace meterctl::simulators {

/// The octets of a message in which the other side can notice a flipped bit; elsewhere only the parity of a real line
/// would tell, which octets without a parity bit do not carry.
struct Noticeable {
    std::size_t first = 0;
    std::size_t count = 0;
};

class OpticalLine {
public:
    explicit OpticalLine(const Options& options);

    /// 0: the client's rate is not known, as behind a socket, and whatever it sends is understood.
    void set_client_baud(unsigned baud) { client_baud_ = baud; }
    [[nodiscard]] bool client_is_at(unsigned baud) const { return client_baud_ == 0 || client_baud_ == baud; }

    /// The client's octets, the first of which arrives at `now`: returns when the last has, and queues their echo.
    TimePoint hear(ByteView octets, TimePoint now, unsigned meter_baud);
    /// What the meter says from `at` on: returns when its last octet has left.
    TimePoint say(Bytes message, TimePoint at, unsigned baud, Noticeable noticeable);
    /// Forgets what the meter has not said yet.
    void fall_silent() { due_.clear(); }

    [[nodiscard]] std::optional<TimePoint> next_deadline() const;
    std::vector<Transmission> transmit(TimePoint now);

private:
    struct Piece {
        Bytes octets;
        unsigned baud = 0;
    };

    void send(const Bytes& octets, TimePoint start, unsigned baud);
    [[nodiscard]] std::chrono::nanoseconds line_time(std::size_t octets, unsigned baud) const;

    Options options_;
    Random random_;
    unsigned client_baud_ = 0;
    TimePoint heard_until_{};
    TimePoint free_at_{};
    std::multimap<TimePoint, Piece> due_;
};

} // namespace meterctl::simulators

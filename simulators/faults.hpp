// The line between the virtual meters and the client: latency, pacing by baud, echo, and the faults that real lines
// have. Every simulator sends its answers through one.
#pragma once

#include "simulators/bus.hpp"
#include "simulators/random.hpp"

#include <map>

namespace meterctl::simulators {

class FaultyLine {
public:
    explicit FaultyLine(const Options& options);

    /// The client's octets, of which the first arrives at `now`: returns when the last has, and queues their echo.
    TimePoint hear(ByteView octets, TimePoint now);
    /// An answer to a request whose last octet arrived at `request_end`. Only the first `breakable` octets are ever
    /// corrupted (0: all): what no checksum covers must not turn into a wrong value.
    void answer(Bytes frame, TimePoint request_end, std::size_t breakable = 0);

    [[nodiscard]] std::optional<TimePoint> next_deadline() const;
    std::vector<Transmission> transmit(TimePoint now);
    /// How long `octets` take on the paced line; zero where it is not paced.
    [[nodiscard]] std::chrono::nanoseconds line_time(std::size_t octets) const;

private:
    void send(const Bytes& frame, TimePoint at);

    Options options_;
    Random random_;
    TimePoint free_at_{}; ///< when the meters' side of the line falls silent
    TimePoint heard_until_{};
    std::multimap<TimePoint, Bytes> due_;
};

} // namespace meterctl::simulators

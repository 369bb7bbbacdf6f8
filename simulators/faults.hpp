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
    /// An answer to a request whose last octet arrived at `request_end`.
    void answer(Bytes frame, TimePoint request_end);
    /// An answer that no checksum covers, in a stream: it is damaged only where the client can notice, in the `count`
    /// octets from `first` on, and lost whole rather than cut.
    void answer_in_stream(Bytes frame, TimePoint request_end, std::size_t first, std::size_t count);

    [[nodiscard]] std::optional<TimePoint> next_deadline() const;
    std::vector<Transmission> transmit(TimePoint now);
    /// How long `octets` take on the paced line; zero where it is not paced.
    [[nodiscard]] std::chrono::nanoseconds line_time(std::size_t octets) const;

private:
    void corrupt(Bytes& frame, std::size_t first, std::size_t count);
    void deliver(const Bytes& frame, TimePoint request_end, std::size_t piece);
    void send(const Bytes& frame, TimePoint at, std::size_t piece);
    [[nodiscard]] std::size_t piece_octets() const;

    Options options_;
    Random random_;
    TimePoint free_at_{}; ///< when the meters' side of the line falls silent
    TimePoint heard_until_{};
    std::multimap<TimePoint, Bytes> due_;
};

} // namespace meterctl::simulators

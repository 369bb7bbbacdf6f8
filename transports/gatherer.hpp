// Gathering what a line gives piece by piece into packets, as traces and captures show it: cut where the line fell
// silent.
#pragma once

#include "transports/transport.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace meterctl::transports {

struct Gathered {
    Bytes octets;
    std::vector<LineFault> faults;               ///< indices into `octets`
    std::chrono::system_clock::time_point since; ///< when the first of them arrived
};

class Gatherer {
public:
    /// Adds a chunk that `transport` just gave; gives what was gathered before, where this does not belong to it.
    std::optional<Gathered> take(const Chunk& chunk, Transport& transport);
    /// Gives what was gathered: the direction changed, or nothing more came.
    std::optional<Gathered> flush();

private:
    Gathered pending_;
    TimePoint last_arrival_;
};

/// "parity or framing error at octet 3, break at octet 5"; empty where there is none.
std::string describe_faults(const std::vector<LineFault>& faults);

} // namespace meterctl::transports

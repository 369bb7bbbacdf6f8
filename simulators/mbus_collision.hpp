// What a master hears when several M-Bus slaves answer at once. Their currents add up, so a space (0) that any of them
// sends is a space on the line: the bits are combined by AND. EN 13757-2, clause 4 (physical layer).
#pragma once

#include "src/core/bytes.hpp"

#include <span>

namespace meterctl::simulators {

/// One slave's answer, and how many bits after the earliest one it begins.
struct Talk {
    std::size_t start_bit = 0;
    Bytes octets;
};

/// The octets that a receiver of 8E1 makes of all of them together. Slaves that begin at the same bit and send the same
/// are heard as one.
Bytes overlap(std::span<const Talk> talks);

} // namespace meterctl::simulators

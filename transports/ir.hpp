// The optical head of IEC 62056-21 around any link that carries its octets: opens at the line settings of the sign-on
// (300 baud 7E1), switches as the session says, takes its own light's echo out, and makes parity in software where the
// hardware only does 8N1.
#pragma once

#include "transports/openers.hpp"

namespace meterctl::transports {

struct OpticalOptions {
    LineSettings line; ///< to open with
    /// Even parity of seven data bits in software. nullopt: where the line refuses the frame, and on links that have no
    /// frame to set; on those, octets without parity bits are taken too until the first comes that has one.
    std::optional<bool> soft_parity;
    std::optional<bool> echo; ///< nullopt: taken out where it is heard
    std::string name;         ///< "ir:///dev/ttyUSB0"
};

/// Endpoint error where `base` takes neither the settings nor 8N1 at their baud rate.
Task<Opened> make_optical(std::unique_ptr<Transport> base, OpticalOptions options);

} // namespace meterctl::transports

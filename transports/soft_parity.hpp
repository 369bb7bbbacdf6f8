// Even parity of seven data bits, made and checked here for a line that carries eight without (8N1).
#pragma once

#include "src/core/bytes.hpp"
#include "transports/transport.hpp"

namespace meterctl::transports {

class SoftParity {
public:
    /// `strict`: every octet must have its parity bit. Else octets that have none are good until the first comes that
    /// has one: whatever stands between may have taken them off already.
    explicit SoftParity(bool strict) : carried_(strict) {}

    /// Takes the parity bits off; an octet whose bit is wrong is a fault.
    void strip(Chunk& chunk);

private:
    bool carried_;
};

} // namespace meterctl::transports

// Parity in software: seven data bits with even parity (7E1) over hardware that only does 8N1, as optical heads behind
// TCP bridges do. The eighth bit of a character is its parity bit; both frames take ten bits on the line.
#pragma once

#include "src/core/bytes.hpp"

namespace meterctl {

/// True where the number of ones is even.
bool even_parity(std::uint8_t octet);

/// Seven data bits of each octet, its parity bit in bit 7.
Bytes add_even_parity(ByteView octets);

struct ParityStripped {
    Bytes octets;                 ///< seven bits each, as many as went in
    std::vector<std::size_t> bad; ///< indexes of octets that came with odd parity; their seven bits cannot be trusted
};
/// Takes the parity bit off, and says where it was wrong.
ParityStripped strip_even_parity(ByteView octets);

} // namespace meterctl

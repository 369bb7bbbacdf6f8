#include "transports/soft_parity.hpp"

#include "src/core/parity.hpp"

#include <algorithm>

namespace meterctl::transports {

namespace {

constexpr std::uint8_t parity_bit = 0x80;

} // namespace

void SoftParity::strip(Chunk& chunk) {
    carried_ = carried_ || std::ranges::any_of(chunk.octets, [](std::uint8_t octet) {
                   return (octet & parity_bit) != 0 && even_parity(octet);
               });
    ParityStripped stripped = strip_even_parity(chunk.octets);
    for (const std::size_t index : stripped.bad) {
        if (!carried_ && (chunk.octets[index] & parity_bit) == 0) { continue; }
        const bool known = std::ranges::find(chunk.faults, index, &LineFault::index) != chunk.faults.end();
        if (!known) { chunk.faults.push_back(LineFault{index, LineFault::Kind::parity_or_framing}); }
    }
    std::ranges::sort(chunk.faults, {}, &LineFault::index);
    chunk.octets = std::move(stripped.octets);
}

} // namespace meterctl::transports

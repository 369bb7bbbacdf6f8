#include "src/core/parity.hpp"

#include <bit>

namespace meterctl {
namespace {

constexpr std::uint8_t parity_bit = 0x80;
constexpr std::uint8_t data_bits = 0x7F;

} // namespace

bool even_parity(std::uint8_t octet) {
    return std::popcount(octet) % 2 == 0;
}

Bytes add_even_parity(ByteView octets) {
    Bytes out;
    out.reserve(octets.size());
    for (const std::uint8_t octet : octets) {
        const auto data = static_cast<std::uint8_t>(octet & data_bits);
        out.push_back(even_parity(data) ? data : static_cast<std::uint8_t>(data | parity_bit));
    }
    return out;
}

ParityStripped strip_even_parity(ByteView octets) {
    ParityStripped out;
    out.octets.reserve(octets.size());
    for (std::size_t i = 0; i < octets.size(); ++i) {
        if (!even_parity(octets[i])) { out.bad.push_back(i); }
        out.octets.push_back(static_cast<std::uint8_t>(octets[i] & data_bits));
    }
    return out;
}

} // namespace meterctl

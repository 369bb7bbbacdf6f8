// Bits and registers in the octets of a PDU: MODBUS Application Protocol V1.1b3, clauses 4.2 and 6.1.
#pragma once

#include "src/core/bytes.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace meterctl::codecs::modbus {

/// Lowest bit first, unused high bits 0.
inline Bytes pack_bits(const std::vector<bool>& bits) {
    Bytes octets((bits.size() + 7) / 8);
    for (std::size_t i = 0; i < bits.size(); ++i) {
        if (bits[i]) { octets[i / 8] = static_cast<std::uint8_t>(octets[i / 8] | (1U << (i % 8))); }
    }
    return octets;
}

/// The first `count` bits; `count` is at most 8 times the octets.
inline std::vector<bool> unpack_bits(ByteView octets, std::size_t count) {
    std::vector<bool> bits(count);
    for (std::size_t i = 0; i < count; ++i) { bits[i] = ((static_cast<unsigned>(octets[i / 8]) >> (i % 8)) & 1U) != 0; }
    return bits;
}

/// Whole registers; a last odd octet is left out.
inline std::vector<std::uint16_t> unpack_registers(ByteView octets) {
    std::vector<std::uint16_t> registers(octets.size() / 2);
    for (std::size_t i = 0; i < registers.size(); ++i) {
        registers[i] = static_cast<std::uint16_t>((octets[2 * i] << 8) | octets[2 * i + 1]);
    }
    return registers;
}

inline void write_registers(ByteWriter& writer, std::span<const std::uint16_t> registers) {
    for (const auto value : registers) { writer.u16be(value); }
}

} // namespace meterctl::codecs::modbus

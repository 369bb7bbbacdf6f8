// Checksums of the metering protocols, over Boost.CRC.
#pragma once

#include "src/core/bytes.hpp"

#include <cstdint>

namespace meterctl {

std::uint16_t crc16_modbus(ByteView bytes);  ///< Modbus RTU; sent low octet first. "123456789" -> 4B37
std::uint16_t crc16_x25(ByteView bytes);     ///< HDLC FCS, BACnet MS/TP data. "123456789" -> 906E
std::uint16_t crc16_en13757(ByteView bytes); ///< wireless M-Bus. "123456789" -> C2B7
std::uint16_t crc16_arc(ByteView bytes);     ///< DSMR P1. "123456789" -> BB3D
std::uint16_t crc16_kermit(ByteView bytes);  ///< old SML. "123456789" -> 2189
std::uint8_t crc8_mstp(ByteView bytes);      ///< BACnet MS/TP header
std::uint32_t crc32k(ByteView bytes);        ///< BACnet MS/TP extended frames. "123456789" -> 2D3DD0AE
std::uint8_t lrc_modbus(ByteView bytes);     ///< Modbus ASCII: two's complement of the sum

} // namespace meterctl

#include "src/core/crc.hpp"

#include <boost/crc.hpp>
#include <numeric>

namespace meterctl {

namespace {

template <class Crc>
auto checksum(ByteView bytes) {
    Crc crc;
    crc.process_bytes(bytes.data(), bytes.size());
    return crc.checksum();
}

} // namespace

std::uint16_t crc16_modbus(ByteView bytes) {
    return static_cast<std::uint16_t>(checksum<boost::crc_optimal<16, 0x8005, 0xFFFF, 0, true, true>>(bytes));
}

std::uint16_t crc16_x25(ByteView bytes) {
    return static_cast<std::uint16_t>(checksum<boost::crc_optimal<16, 0x1021, 0xFFFF, 0xFFFF, true, true>>(bytes));
}

std::uint16_t crc16_en13757(ByteView bytes) {
    return static_cast<std::uint16_t>(checksum<boost::crc_optimal<16, 0x3D65, 0, 0xFFFF, false, false>>(bytes));
}

std::uint16_t crc16_arc(ByteView bytes) {
    return static_cast<std::uint16_t>(checksum<boost::crc_optimal<16, 0x8005, 0, 0, true, true>>(bytes));
}

std::uint16_t crc16_kermit(ByteView bytes) {
    return static_cast<std::uint16_t>(checksum<boost::crc_optimal<16, 0x1021, 0, 0, true, true>>(bytes));
}

std::uint8_t crc8_mstp(ByteView bytes) {
    return static_cast<std::uint8_t>(checksum<boost::crc_optimal<8, 0x81, 0xFF, 0xFF, true, true>>(bytes));
}

std::uint32_t crc32k(ByteView bytes) {
    return static_cast<std::uint32_t>(
        checksum<boost::crc_optimal<32, 0x741B8CD7, 0xFFFFFFFF, 0xFFFFFFFF, true, true>>(bytes));
}

std::uint8_t lrc_modbus(ByteView bytes) {
    const unsigned sum = std::accumulate(bytes.begin(), bytes.end(), 0U);
    return static_cast<std::uint8_t>(0U - sum);
}

} // namespace meterctl

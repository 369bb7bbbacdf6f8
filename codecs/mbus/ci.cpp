#include "codecs/mbus/command.hpp"
#include "codecs/mbus/telegram.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::mbus {
namespace {

struct CiName {
    std::uint8_t ci;
    std::string_view name;
};

/// EN 13757-7:2018 table 2, with mode 2 of the first edition.
constexpr std::array names{
    CiName{0x50, "application reset or select"},
    CiName{0x51, "data send"},
    CiName{0x52, "selection of slaves"},
    CiName{0x53, "application reset or select, long header"},
    CiName{0x54, "request of the selected application"},
    CiName{0x55, "data send, mode 2"},
    CiName{0x56, "selection of slaves, mode 2"},
    CiName{0x5A, "data send, short header"},
    CiName{0x5B, "data send, long header"},
    CiName{0x5C, "synchronise action"},
    CiName{0x5F, "specific usage"},
    CiName{0x60, "COSEM data to the device, long header"},
    CiName{0x61, "COSEM data to the device, short header"},
    CiName{0x64, "OBIS data to the device, long header"},
    CiName{0x65, "OBIS data to the device, short header"},
    CiName{0x66, "selected application"},
    CiName{0x67, "selected application, short header"},
    CiName{0x68, "selected application, long header"},
    CiName{0x69, "format frame"},
    CiName{0x6A, "format frame, short header"},
    CiName{0x6B, "format frame, long header"},
    CiName{0x6C, "clock synchronisation, absolute"},
    CiName{0x6D, "clock synchronisation, relative"},
    CiName{0x6E, "application error, short header"},
    CiName{0x6F, "application error, long header"},
    CiName{0x70, "application error"},
    CiName{0x71, "alarm"},
    CiName{0x72, "variable data"},
    CiName{0x73, "fixed data"},
    CiName{0x74, "alarm, short header"},
    CiName{0x75, "alarm, long header"},
    CiName{0x76, "variable data, mode 2"},
    CiName{0x77, "fixed data, mode 2"},
    CiName{0x78, "variable data without header"},
    CiName{0x79, "compact frame without header"},
    CiName{0x7A, "variable data, short header"},
    CiName{0x7B, "compact frame, short header"},
    CiName{0x7C, "COSEM data, long header"},
    CiName{0x7D, "COSEM data, short header"},
    CiName{0x7E, "OBIS data, long header"},
    CiName{0x7F, "OBIS data, short header"},
    CiName{0x80, "transport layer to the device, long header"},
    CiName{0x81, "network layer"},
    CiName{0x8A, "transport layer, short header"},
    CiName{0x8B, "transport layer, long header"},
    CiName{0x8C, "extended link layer I"},
    CiName{0x8D, "extended link layer II"},
    CiName{0x90, "authentication and fragmentation layer"},
    CiName{0xC0, "image transfer to the device"},
    CiName{0xC1, "image transfer, short header"},
    CiName{0xC2, "image transfer, long header"},
    CiName{0xC3, "security management to the device"},
    CiName{0xC4, "security management, short header"},
    CiName{0xC5, "security management, long header"},
};

constexpr std::uint8_t first_own = 0xA0, last_own = 0xB7;
constexpr std::uint8_t last_segment = 0x1F, number_bits = 0x0F, last_bit = 0x10; // EN 13757-1, transport layer

} // namespace

std::string ci_name(std::uint8_t ci) {
    if (const auto baud = baud_of(ci)) { return fmt::format("set baud rate {}", *baud); }
    if (ci <= last_segment) {
        return fmt::format("DLMS/COSEM, segment {}{}", ci & number_bits, (ci & last_bit) != 0 ? ", the last" : "");
    }
    if (ci >= first_own && ci <= last_own) { return "manufacturer specific"; }
    const auto* const row = std::ranges::find(names, ci, &CiName::ci);
    return row == names.end() ? std::string() : std::string(row->name);
}

ByteOrder ci_byte_order(std::uint8_t ci) {
    constexpr std::array mode_2{std::uint8_t{0x55}, std::uint8_t{0x56}, std::uint8_t{0x76}, std::uint8_t{0x77}};
    return std::ranges::find(mode_2, ci) == mode_2.end() ? ByteOrder::low_first : ByteOrder::high_first;
}

} // namespace meterctl::codecs::mbus

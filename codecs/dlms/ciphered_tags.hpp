// The tags of ciphered APDUs and of the plain ones they hold. Green Book 9.5, table of APDU tags.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace meterctl::codecs::dlms::tags {

inline constexpr std::uint8_t general_glo_ciphering = 0xDB;
inline constexpr std::uint8_t general_ded_ciphering = 0xDC;
inline constexpr std::uint8_t general_ciphering = 0xDD;

struct ServiceTags {
    std::uint8_t plain, global, dedicated;
    std::string_view name; ///< of the plain APDU, as it follows "glo-" and "ded-"
};

inline constexpr std::array services{
    ServiceTags{0x01, 0x21, 0x41, "initiateRequest"},
    ServiceTags{0x05, 0x25, 0x45, "readRequest"},
    ServiceTags{0x06, 0x26, 0x46, "writeRequest"},
    ServiceTags{0x08, 0x28, 0x48, "initiateResponse"},
    ServiceTags{0x0C, 0x2C, 0x4C, "readResponse"},
    ServiceTags{0x0D, 0x2D, 0x4D, "writeResponse"},
    ServiceTags{0x0E, 0x2E, 0x4E, "confirmedServiceError"},
    ServiceTags{0x16, 0x36, 0x56, "unconfirmedWriteRequest"},
    ServiceTags{0x18, 0x38, 0x58, "informationReportRequest"},
    ServiceTags{0xC0, 0xC8, 0xD0, "get-request"},
    ServiceTags{0xC1, 0xC9, 0xD1, "set-request"},
    ServiceTags{0xC2, 0xCA, 0xD2, "event-notification-request"},
    ServiceTags{0xC3, 0xCB, 0xD3, "action-request"},
    ServiceTags{0xC4, 0xCC, 0xD4, "get-response"},
    ServiceTags{0xC5, 0xCD, 0xD5, "set-response"},
    ServiceTags{0xC7, 0xCF, 0xD7, "action-response"},
};

/// Plain APDUs that only the general ciphered ones hold.
inline constexpr std::array<std::uint8_t, 8> general_only{0x0F, 0x10, 0xD8, 0xD9, 0xDA, 0xDF, 0xE0, 0xDB};

} // namespace meterctl::codecs::dlms::tags

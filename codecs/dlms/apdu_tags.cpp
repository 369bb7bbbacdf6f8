#include "codecs/dlms/conversation.hpp"

#include <algorithm>
#include <array>

namespace meterctl::codecs::dlms {
namespace {

struct Row {
    std::uint8_t tag;
    std::string_view name;
};

/// IEC 62056-5-3, clause 8: xDLMS and ACSE APDUs.
constexpr std::array rows{
    Row{0x01, "initiate-request"},
    Row{0x05, "read-request"},
    Row{0x06, "write-request"},
    Row{0x08, "initiate-response"},
    Row{0x0C, "read-response"},
    Row{0x0D, "write-response"},
    Row{0x0E, "confirmed-service-error"},
    Row{0x0F, "data-notification"},
    Row{0x10, "data-notification-confirm"},
    Row{0x16, "unconfirmed-write-request"},
    Row{0x18, "information-report"},
    Row{0x21, "glo-initiate-request"},
    Row{0x25, "glo-read-request"},
    Row{0x26, "glo-write-request"},
    Row{0x28, "glo-initiate-response"},
    Row{0x2C, "glo-read-response"},
    Row{0x2D, "glo-write-response"},
    Row{0x2E, "glo-confirmed-service-error"},
    Row{0x36, "glo-unconfirmed-write-request"},
    Row{0x38, "glo-information-report"},
    Row{0x41, "ded-initiate-request"},
    Row{0x45, "ded-read-request"},
    Row{0x46, "ded-write-request"},
    Row{0x48, "ded-initiate-response"},
    Row{0x4C, "ded-read-response"},
    Row{0x4D, "ded-write-response"},
    Row{0x4E, "ded-confirmed-service-error"},
    Row{0x56, "ded-unconfirmed-write-request"},
    Row{0x58, "ded-information-report"},
    Row{0x60, "AARQ"},
    Row{0x61, "AARE"},
    Row{0x62, "RLRQ"},
    Row{0x63, "RLRE"},
    Row{0xC0, "get-request"},
    Row{0xC1, "set-request"},
    Row{0xC2, "event-notification-request"},
    Row{0xC3, "action-request"},
    Row{0xC4, "get-response"},
    Row{0xC5, "set-response"},
    Row{0xC7, "action-response"},
    Row{0xC8, "glo-get-request"},
    Row{0xC9, "glo-set-request"},
    Row{0xCA, "glo-event-notification-request"},
    Row{0xCB, "glo-action-request"},
    Row{0xCC, "glo-get-response"},
    Row{0xCD, "glo-set-response"},
    Row{0xCF, "glo-action-response"},
    Row{0xD0, "ded-get-request"},
    Row{0xD1, "ded-set-request"},
    Row{0xD2, "ded-event-notification-request"},
    Row{0xD3, "ded-action-request"},
    Row{0xD4, "ded-get-response"},
    Row{0xD5, "ded-set-response"},
    Row{0xD7, "ded-action-response"},
    Row{0xD8, "exception-response"},
    Row{0xD9, "access-request"},
    Row{0xDA, "access-response"},
    Row{0xDB, "general-glo-ciphering"},
    Row{0xDC, "general-ded-ciphering"},
    Row{0xDD, "general-ciphering"},
    Row{0xDF, "general-signing"},
    Row{0xE0, "general-block-transfer"},
    Row{0xE6, "gateway-request"},
    Row{0xE7, "gateway-response"},
};

} // namespace

std::string_view apdu_name(std::uint8_t tag) {
    const auto* const row = std::ranges::lower_bound(rows, tag, {}, &Row::tag);
    return row != rows.end() && row->tag == tag ? row->name : std::string_view();
}

} // namespace meterctl::codecs::dlms

// The fields of an ACSE APDU as BER elements. Inside the codec only.
#pragma once

#include "codecs/decoder.hpp"

namespace meterctl::codecs::dlms {

namespace acse_tag {
inline constexpr std::uint8_t aarq = 0x60, aare = 0x61, rlrq = 0x62, rlre = 0x63;
inline constexpr std::uint8_t protocol_version = 0x80, reason = 0x80;
inline constexpr std::uint8_t context_name = 0xA1;
inline constexpr std::uint8_t result = 0xA2, diagnostic = 0xA3;
inline constexpr std::uint8_t responding_ap_title = 0xA4;
inline constexpr std::uint8_t calling_ap_title = 0xA6, calling_ae_qualifier = 0xA7, calling_ae_invocation_id = 0xA9;
inline constexpr std::uint8_t sender_requirements = 0x8A, sender_mechanism = 0x8B, sender_authentication = 0xAC;
inline constexpr std::uint8_t responder_requirements = 0x88, responder_mechanism = 0x89,
                              responder_authentication = 0xAA;
inline constexpr std::uint8_t user_information = 0xBE;
} // namespace acse_tag

struct AcseElement {
    std::uint8_t tag = 0;
    std::size_t offset = 0; ///< of the tag
    ByteView content;
    std::size_t content_offset = 0;
};

struct AcseElements {
    std::vector<AcseElement> elements;
    bool lengths_valid = true; ///< false: a length leads past the end, or stops before it
    std::size_t wrong_at = 0;

    [[nodiscard]] const AcseElement* find(std::uint8_t tag) const;
};

/// Of a whole APDU, its tag and length first. Lengths that lead past the end are cut there.
AcseElements acse_elements(ByteView apdu);
/// Of what an element holds.
AcseElements nested_elements(const AcseElement& element);

/// The octets of the one element inside this one, whatever its tag; nullopt where there is none.
std::optional<AcseElement> inner(const AcseElement& element);
/// Of an INTEGER of one to four octets.
std::optional<std::uint32_t> inner_integer(const AcseElement& element);

/// All fields of an AARQ, AARE, RLRQ or RLRE. `user_information`: where the xDLMS APDU inside begins and how long it
/// is, in the APDU; shown by the caller.
struct AcseFields {
    std::vector<Field> fields;
    std::string summary;
    std::optional<Error> error;
    std::optional<AcseElement> user_information;
};
AcseFields acse_fields(ByteView apdu, std::size_t base);

} // namespace meterctl::codecs::dlms

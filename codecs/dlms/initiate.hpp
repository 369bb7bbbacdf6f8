// The xDLMS part of an association: what a client proposes and what a server grants (IEC 62056-5-3 clause 8.2.2).
#pragma once

#include "src/core/bytes.hpp"
#include "src/core/error.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace meterctl::codecs::dlms {

/// What a side can do; the numbers are those of the bits, 0 the highest of 24.
enum class Feature : std::uint8_t {
    general_protection = 1,
    general_block_transfer = 2,
    read = 3,
    write = 4,
    unconfirmed_write = 5,
    delta_value_encoding = 6,
    attribute0_with_set = 8,
    priority_management = 9,
    attribute0_with_get = 10,
    block_transfer_with_get = 11,
    block_transfer_with_set = 12,
    block_transfer_with_action = 13,
    multiple_references = 14,
    information_report = 15,
    data_notification = 16,
    access = 17,
    parameterized_access = 18,
    get = 19,
    set = 20,
    selective_access = 21,
    event_notification = 22,
    action = 23,
};

/// "block-transfer-with-get-or-read"; "reserved-7" for the bits without meaning.
std::string_view feature_name(Feature feature);

struct Conformance {
    std::uint32_t bits = 0; ///< 24, as they are sent: 001E1D

    [[nodiscard]] bool has(Feature feature) const;
    Conformance& add(Feature feature);
    /// What both can do.
    [[nodiscard]] Conformance common(Conformance other) const { return {bits & other.bits}; }
    [[nodiscard]] std::vector<std::string_view> names() const;
    friend bool operator==(const Conformance&, const Conformance&) = default;
};

inline constexpr std::uint8_t dlms_version = 6;
inline constexpr std::uint16_t logical_name_vaa = 0x0007, short_name_vaa = 0xFA00;

struct InitiateRequest {
    Bytes dedicated_key; ///< empty: none
    bool response_allowed = true;
    std::optional<std::int8_t> quality_of_service;
    std::uint8_t version = dlms_version;
    Conformance conformance;
    std::uint16_t max_receive_pdu = 0xFFFF; ///< 0: no limit
    friend bool operator==(const InitiateRequest&, const InitiateRequest&) = default;
};

struct InitiateResponse {
    std::optional<std::int8_t> quality_of_service;
    std::uint8_t version = dlms_version;
    Conformance conformance;
    std::uint16_t max_receive_pdu = 0xFFFF; ///< 0: no limit
    std::uint16_t vaa_name = logical_name_vaa;
    friend bool operator==(const InitiateResponse&, const InitiateResponse&) = default;
};

/// Why a service was not carried out: 0E service kind value.
struct ConfirmedServiceError {
    std::uint8_t service = 1;
    std::uint8_t kind = 6;
    std::uint8_t value = 0;
    friend bool operator==(const ConfirmedServiceError&, const ConfirmedServiceError&) = default;
};

/// Untrusted, code "dlms.apdu", with the offset.
Result<InitiateRequest> decode_initiate_request(ByteView apdu);
Result<InitiateResponse> decode_initiate_response(ByteView apdu);
Result<ConfirmedServiceError> decode_confirmed_service_error(ByteView apdu);
Bytes encode(const InitiateRequest& apdu);
Bytes encode(const InitiateResponse& apdu);
Bytes encode(const ConfirmedServiceError& apdu);

} // namespace meterctl::codecs::dlms

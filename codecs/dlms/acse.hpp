// Opening and closing an association: AARQ, AARE, RLRQ, RLRE in BER (IEC 62056-5-3 clause 8.2, ISO/IEC 8650-1). Fields
// that are not known are skipped.
#pragma once

#include "src/core/bytes.hpp"
#include "src/core/error.hpp"

#include <cstdint>
#include <optional>

namespace meterctl::codecs::dlms {

/// The last number of the application context name 2.16.756.5.8.1.c.
namespace context {
inline constexpr std::uint8_t logical_names = 1, short_names = 2;
inline constexpr std::uint8_t logical_names_ciphered = 3, short_names_ciphered = 4;
} // namespace context

struct Aarq {
    std::uint8_t context = context::logical_names;
    std::optional<Bytes> calling_ap_title;                 ///< the client's system title
    std::optional<Bytes> calling_ae_qualifier;             ///< its certificate
    std::optional<std::uint32_t> calling_ae_invocation_id; ///< the user
    std::optional<std::uint8_t> mechanism;                 ///< none: lowest level security
    std::optional<Bytes> authentication_value;             ///< a password or a challenge
    std::optional<Bytes> user_information;                 ///< an InitiateRequest, ciphered or not
    friend bool operator==(const Aarq&, const Aarq&) = default;
};

enum class DiagnosticSource : std::uint8_t { service_user = 1, service_provider = 2 };

struct Aare {
    std::uint8_t context = context::logical_names;
    std::uint8_t result = 0; ///< 0 accepted, 1 rejected-permanent, 2 rejected-transient
    DiagnosticSource source = DiagnosticSource::service_user;
    std::uint8_t diagnostic = 0;
    std::optional<Bytes> responding_ap_title; ///< the server's system title
    std::optional<std::uint8_t> mechanism;
    std::optional<Bytes> authentication_value; ///< the server's challenge
    std::optional<Bytes> user_information;     ///< an InitiateResponse or a ConfirmedServiceError, ciphered or not
    friend bool operator==(const Aare&, const Aare&) = default;
};

struct Rlrq {
    std::optional<std::uint8_t> reason;
    std::optional<Bytes> user_information;
    friend bool operator==(const Rlrq&, const Rlrq&) = default;
};

struct Rlre {
    std::optional<std::uint8_t> reason;
    std::optional<Bytes> user_information;
    /// Lengths lead past the end, as some servers send them: the association is released all the same.
    bool lengths_valid = true;
    friend bool operator==(const Rlre&, const Rlre&) = default;
};

/// Untrusted, code "dlms.acse", with the offset, where lengths do not fit or what must be there is missing.
Result<Aarq> decode_aarq(ByteView apdu);
Result<Aare> decode_aare(ByteView apdu);
Result<Rlrq> decode_rlrq(ByteView apdu);
Result<Rlre> decode_rlre(ByteView apdu);
Bytes encode(const Aarq& apdu);
Bytes encode(const Aare& apdu);
Bytes encode(const Rlrq& apdu);
Bytes encode(const Rlre& apdu);

} // namespace meterctl::codecs::dlms

// High level security: what each side proves to the other in passes 3 and 4 (Green Book 9.2.2.2.2, 9.2.7.4). The prover
// answers the challenge that the verifier sent: f(StoC) is the client's, f(CtoS) the meter's.
#pragma once

#include "codecs/dlms/ciphering.hpp"

namespace meterctl::codecs::dlms {

/// Mechanism ids of the authentication mechanism name 2.16.756.5.8.2.id.
enum class Mechanism : std::uint8_t { none, lls, hls, hls_md5, hls_sha1, hls_gmac, hls_sha256, hls_ecdsa };

/// "HLS 5 (GMAC)"
std::string_view mechanism_name(Mechanism mechanism);
/// True where passes 3 and 4 follow the AARE.
bool is_hls(Mechanism mechanism);

inline constexpr std::size_t least_challenge = 8, most_challenge = 64;

struct Proof {
    Mechanism mechanism = Mechanism::hls_gmac;
    SystemTitle prover{}, verifier{};
    ByteView challenge;                  ///< the verifier's
    ByteView own_challenge;              ///< the prover's; SHA-256 only
    const SecretBytes* secret = nullptr; ///< the HLS secret: 2, 3, 4 and 6
    const Keys* keys = nullptr;          ///< GMAC
    std::uint8_t suite = 0;
};

/// f(challenge); `counter` is the prover's next invocation counter, of GMAC only. Mechanism 2 has no standard form:
/// here it is AES in code book mode under the secret, both filled up with zeros, as widespread implementations have it.
/// Usage error where the secret or a key is missing, and for ECDSA.
Result<Bytes> prove(const Proof& proof, std::uint32_t counter);

/// Holds what the prover sent against what it has to be. Refused (dlms.hls_proof) where it differs. For GMAC gives the
/// counter that was sent with it, else nothing.
Result<std::optional<std::uint32_t>> check_proof(const Proof& proof, ByteView received);

/// A challenge of `count` random octets (8 to 64).
Result<Bytes> make_challenge(std::size_t count);

} // namespace meterctl::codecs::dlms

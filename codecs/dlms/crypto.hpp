// The cryptography of DLMS/COSEM's security suites 0, 1 and 2 as far as keys are symmetric (Green Book 9.2.3): AES in
// Galois/Counter Mode with tags of 12 octets, AES key wrap, and the hashes of HLS. All of it is OpenSSL's. Keys have 16
// or 32 octets and choose AES-128 or AES-256; any other size is a usage error.
#pragma once

#include "src/core/bytes.hpp"
#include "src/core/error.hpp"

#include <array>

namespace meterctl::codecs::dlms::crypto {

inline constexpr std::size_t iv_octets = 12;
inline constexpr std::size_t tag_octets = 12;

using Iv = std::array<std::uint8_t, iv_octets>;
using Tag = std::array<std::uint8_t, tag_octets>;

struct Sealed {
    Bytes text; ///< as long as what was given
    Tag tag{};
};

/// Encrypts `plain`, which may be empty (GMAC), and authenticates it with `aad`.
Result<Sealed> gcm_seal(ByteView key, const Iv& iv, ByteView aad, ByteView plain);

struct Opened {
    Bytes text;
    bool tag_fits = false; ///< false also where no tag was given
};

/// Decrypts. Gives the text whether the tag fits or not: what it is worth is the caller's to say. An empty `tag` is
/// none.
Result<Opened> gcm_open(ByteView key, const Iv& iv, ByteView aad, ByteView cipher, ByteView tag);

/// RFC 3394 with the default initial value; `key` has 16 or 32 octets, the result 8 more.
Result<Bytes> key_wrap(ByteView kek, ByteView key);
/// Untrusted where the integrity check fails: another key wrapped it, or it is damaged.
Result<Bytes> key_unwrap(ByteView kek, ByteView wrapped);

enum class Hash { md5, sha1, sha256 };
Result<Bytes> digest(Hash hash, ByteView octets);

/// Electronic code book over whole blocks of 16 octets.
Result<Bytes> ecb_encrypt(ByteView key, ByteView blocks);

/// From the system's generator.
Result<Bytes> random_octets(std::size_t count);

} // namespace meterctl::codecs::dlms::crypto

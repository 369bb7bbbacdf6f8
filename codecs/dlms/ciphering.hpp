// Ciphered APDUs: an APDU in, a ciphered APDU out, and back. Green Book 9.2.7.2 (ciphering), 9.5 (glo-, ded-,
// general-glo-, general-ded- and general-ciphering). Works on octets: it knows the tags of APDUs and nothing inside
// them.
#pragma once

#include "codecs/dlms/crypto.hpp"
#include "src/core/secret.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace meterctl::codecs::dlms {

inline constexpr std::size_t title_octets = 8;
/// Three letters of the maker's FLAG id and five octets that tell its devices apart. Green Book 4.3.4.
using SystemTitle = std::array<std::uint8_t, title_octets>;

/// nullopt unless there are exactly 8 octets.
std::optional<SystemTitle> system_title(ByteView octets);
/// "484C590000000001"
std::string title_text(const SystemTitle& title);

/// The security control byte. Green Book table 37.
struct SecurityControl {
    std::uint8_t suite = 0;
    bool authenticated = true;
    bool encrypted = true;
    bool broadcast = false;
    bool compressed = false;

    [[nodiscard]] std::uint8_t octet() const;
    static SecurityControl from(std::uint8_t octet);
    friend bool operator==(const SecurityControl&, const SecurityControl&) = default;
};

/// How an APDU is wrapped.
enum class Ciphering : std::uint8_t {
    global,            ///< glo-get-request C8 and its like
    dedicated,         ///< ded-get-request D0 and its like
    general_global,    ///< general-glo-ciphering DB
    general_dedicated, ///< general-ded-ciphering DC
    general,           ///< general-ciphering DD
};

/// The symmetric keys of one security context. An empty one is not known.
struct Keys {
    SecretBytes unicast;        ///< GUEK
    SecretBytes broadcast;      ///< GBEK
    SecretBytes authentication; ///< GAK
    SecretBytes master;         ///< KEK: only wraps keys
    SecretBytes dedicated;      ///< of one association
};

/// Octets of a key in this suite: 16, or 32 in suite 2.
std::size_t key_octets(std::uint8_t suite);

/// What stands before the ciphered content in general-ciphering. Octet strings as they stand, without their lengths.
struct GeneralHead {
    enum class KeyInfo { none, identified, wrapped, agreed };
    Bytes transaction_id, originator, recipient, date_time, other_information;
    KeyInfo key_info = KeyInfo::none;
    std::uint8_t key_id = 0; ///< identified: 0 unicast, 1 broadcast; wrapped: the KEK's id, 0 the master key
    Bytes key_data;          ///< wrapped: the wrapped key; agreed: the parameters and the data
};

struct Protection {
    Ciphering ciphering = Ciphering::global;
    SecurityControl control;
    SystemTitle title{}; ///< the sender's
    std::uint32_t counter = 0;
    GeneralHead general; ///< Ciphering::general only
};

/// True where the first octet is the tag of a ciphered APDU.
bool is_ciphered(ByteView apdu);
/// "glo-get-request", "general-ded-ciphering"; empty for what is none.
std::string_view ciphered_name(std::uint8_t tag);
/// The tag of the plain APDU in one with a ciphered tag of its own: CC gives C4; nullopt for the general ones.
std::optional<std::uint8_t> plain_tag(std::uint8_t ciphered);

/// Ciphers one whole APDU. Usage error where a key is missing or of the wrong size, where no ciphered APDU of this kind
/// holds such an APDU, and for compression.
Result<Bytes> protect(const Protection& protection, const Keys& keys, ByteView plain);

/// All that is readable of a ciphered APDU without keys; offsets count from its first octet.
struct CipheredHead {
    std::uint8_t tag = 0;
    Ciphering ciphering = Ciphering::global;
    SecurityControl control;
    std::uint32_t counter = 0;
    std::optional<SystemTitle> title; ///< nullopt: the APDU does not say who sent it
    GeneralHead general;
    std::size_t title_offset = 0;   ///< 0: none
    std::size_t content_offset = 0; ///< of the security control byte
    std::size_t body_offset = 0;    ///< of the ciphertext, which the tag follows
    std::size_t body_octets = 0;    ///< without the tag
    std::size_t tag_octets = 0;     ///< 0 or 12
};

/// Untrusted where lengths do not fit, or the title has neither 0 nor 8 octets.
Result<CipheredHead> read_ciphered_head(ByteView apdu);

/// What an APDU that was deciphered is worth.
enum class Trust {
    authenticated,       ///< the tag fits
    not_authenticated,   ///< deciphered, but no authentication key is known to check the tag with
    without_authenticity ///< the sender gave no tag
};
std::string_view trust_text(Trust trust);

struct Unprotected {
    Bytes apdu;
    CipheredHead head;
    Trust trust = Trust::authenticated;
};

/// Deciphers one whole APDU. `title` is the sender's where the APDU does not say: from the association, or the user;
/// the APDU's own wins. Untrusted where the tag does not fit; the error then tells, as far as the content shows, a
/// wrong authentication key (code dlms.authentication_key) from a wrong encryption key or title (dlms.encryption_key).
/// Usage error, dlms.key_missing or dlms.title_missing, where what is needed is not known.
Result<Unprotected> unprotect(ByteView apdu, const Keys& keys, const std::optional<SystemTitle>& title = {});

} // namespace meterctl::codecs::dlms

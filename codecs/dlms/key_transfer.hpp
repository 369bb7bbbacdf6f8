// Keys that travel wrapped: security setup (class 64) method 2, key_transfer, whose argument is an array of structures
// of a key id and the key wrapped with the master key (Blue Book 4.4.7.3.2, RFC 3394).
#pragma once

#include "codecs/dlms/ciphering.hpp"

#include <span>
#include <vector>

namespace meterctl::codecs::dlms {

enum class KeyId : std::uint8_t { unicast, broadcast, authentication, master };
/// "global unicast encryption key"
std::string_view key_name(KeyId id);

struct NewKey {
    KeyId id = KeyId::unicast;
    SecretBytes key;
};

/// The method's argument as A-XDR octets. Usage error where the master key or a new key is missing or of the wrong
/// size.
Result<Bytes> encode_key_transfer(std::span<const NewKey> keys, const SecretBytes& master);
/// As a meter reads it. Untrusted where a key does not unwrap (code dlms.key_unwrap) or the shape is another.
Result<std::vector<NewKey>> decode_key_transfer(ByteView argument, const SecretBytes& master);

/// `keys` with the new ones in their places.
void take_new_keys(Keys& keys, std::span<const NewKey> changed);

} // namespace meterctl::codecs::dlms

// What ciphering and deciphering share: the choice of a key, the initialisation vector and the
// additional data of one APDU. Green Book 9.2.7.2.4.
#pragma once

#include "codecs/dlms/ciphering.hpp"

namespace meterctl::codecs::dlms::detail {

crypto::Iv iv_of(const SystemTitle& title, std::uint32_t counter);

/// SC and the authentication key, then the fields of general-ciphering, then what is only authenticated.
SecretBytes additional_data(Ciphering ciphering, const SecurityControl& control, const GeneralHead& general,
                            const SecretBytes& authentication, ByteView plain);

/// The block cipher key that such an APDU takes. Usage error, dlms.key_missing or dlms.key_size, where it is not known
/// or of another size than the suite's.
Result<SecretBytes> cipher_key(Ciphering ciphering, const SecurityControl& control, const GeneralHead& general,
                               const Keys& keys);
/// The authentication key, with the same errors.
Result<void> check_authentication_key(const SecurityControl& control, const Keys& keys);

} // namespace meterctl::codecs::dlms::detail

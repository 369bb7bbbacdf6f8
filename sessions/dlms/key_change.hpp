// Giving a meter new keys: method key_transfer of its security setup (Blue Book 4.4.7.3.2), each key wrapped with the
// master key. The meter answers under the old keys; from the next APDU on the new ones hold.
#pragma once

#include "sessions/dlms/association.hpp"
#include "src/core/key_ring.hpp"

namespace meterctl::sessions::dlms {

struct KeyChange {
    Obis security_setup{0, 0, 43, 0, 0, 255};
    std::vector<codecs::dlms::NewKey> keys;
    bool own = true; ///< of the client that asks, whose association then goes on under them
};

/// What a file of new keys changes of a security setup: guek, gbek, gak and kek, all at once, of the client whose setup
/// it is by the definition, and of the first of `meters` that the file knows. `file` is a key of
/// SessionOptions::new_keys. Usage error where the file holds none of them, or one has not the suite's size.
Result<KeyChange> plan_key_change(const SessionOptions& options, const AssociationOptions& association,
                                  const Obis& security_setup, const std::string& file,
                                  std::span<const std::string> meters = {});

/// "global unicast encryption key, authentication key": what is changed, for people.
std::string names_of(const KeyChange& change);

/// The plain APDU, for --dry-run too. Usage error where the master key is not known.
Result<Bytes> key_transfer_request(const KeyChange& change, const SecretBytes& master);

/// Changes them in an open association; where they are its own, reads the security setup's policy under the new ones to
/// see that they hold. Refused where the meter refuses, and then the old keys hold. Verdict (8), dlms.keys_unproven,
/// where it said yes and does not answer under the new keys.
Task<Result<void>> change_keys(Association& association, KeyChange change);

} // namespace meterctl::sessions::dlms

// Deciphers what a listener hears: finds the key by who sent the APDU, learns the system titles and the dedicated key
// of an association that it hears open, and notes counters that come again. Sessions have a channel of their own
// instead, which refuses more.
#pragma once

#include "codecs/decoder.hpp"
#include "codecs/dlms/ciphering.hpp"

#include <map>

namespace meterctl::codecs::dlms {

class Decipherer {
public:
    /// `keys` may be null, and outlives it otherwise.
    explicit Decipherer(const KeyRing* keys) : ring_(keys) {}

    [[nodiscard]] bool has_keys() const { return ring_ != nullptr && !ring_->empty(); }
    /// From an AARQ (A6) and an AARE (A4).
    void take_client_title(ByteView title) { client_ = system_title(title); }
    void take_server_title(ByteView title) { server_ = system_title(title); }
    /// From an InitiateRequest; empty: there is none.
    void take_dedicated_key(ByteView key) { dedicated_ = SecretBytes(key); }

    struct Opened {
        Unprotected unprotected;
        bool repeated = false; ///< the counter is not above the last one of this sender and key
    };
    /// `direction` tells whose title the APDU is ciphered with where it does not say. Errors as of unprotect(); of the
    /// keys of several clients, the error of the one that came nearest.
    Result<Opened> open(ByteView apdu, Direction direction);

private:
    [[nodiscard]] std::optional<SystemTitle> sender(const CipheredHead& head, Direction direction,
                                                    const std::vector<std::string>& meters) const;
    [[nodiscard]] Keys keys_of(std::string_view client, const std::vector<std::string>& meters) const;
    bool note(const CipheredHead& head, const std::optional<SystemTitle>& title);

    const KeyRing* ring_;
    std::optional<SystemTitle> client_, server_;
    SecretBytes dedicated_;
    std::map<std::string, std::uint32_t> counters_; ///< by sender and kind of key
};

} // namespace meterctl::codecs::dlms

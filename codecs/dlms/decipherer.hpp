// Deciphers what a listener hears: finds the key by who sent the APDU, learns the system titles and the dedicated key
// of an association that it hears open, and notes counters that come again. A meter's keys stand under its system title
// or its serial number; as a push tells the title alone, those of every meter are tried where a tag proves which fits.
// Sessions have a channel of their own instead, which refuses more.
#pragma once

#include "codecs/decoder.hpp"
#include "codecs/dlms/ciphering.hpp"

#include <map>

namespace meterctl::codecs::dlms {

class Decipherer {
public:
    /// Both may be null, and outlive it otherwise.
    explicit Decipherer(const KeyRing* keys, SenderCounters* others = nullptr) : ring_(keys), others_(others) {}

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
    /// keys of several clients, the error of the one that came nearest. `link`: the addresses of both sides; a meter
    /// may count for each of its clients anew.
    Result<Opened> open(ByteView apdu, Direction direction, std::string_view link = {});

private:
    [[nodiscard]] std::optional<SystemTitle> sender(const CipheredHead& head, Direction direction,
                                                    const std::vector<std::string>& meters) const;
    [[nodiscard]] Keys keys_of(std::string_view client, const std::vector<std::string>& meters) const;
    Result<Unprotected> open_with(ByteView apdu, const std::vector<std::string>& meters,
                                  const std::optional<SystemTitle>& title) const;
    std::optional<Unprotected> search(ByteView apdu, const SystemTitle& title);
    bool repeats(const Unprotected& opened, const std::optional<SystemTitle>& title, std::string_view link);

    const KeyRing* ring_;
    SenderCounters* others_;
    std::optional<SystemTitle> client_, server_;
    SecretBytes dedicated_;
    SenderCounters counters_;                  ///< by sender, kind of key and link
    std::map<SystemTitle, std::string> found_; ///< under which name a sender's keys stand
};

} // namespace meterctl::codecs::dlms

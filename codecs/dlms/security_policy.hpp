// The security policy of a security setup (class 64, attribute 2): an enumeration in version 0, bits in version 1, and
// what it asks of a request and of a response. Blue Book 4.4.7.
#pragma once

#include "codecs/dlms/ciphering.hpp"

namespace meterctl::codecs::dlms {

/// What one direction demands.
struct Demand {
    bool authenticated = false;
    bool encrypted = false;
    bool signed_digitally = false;
    friend bool operator==(const Demand&, const Demand&) = default;
};

struct SecurityPolicy {
    Demand request, response;
    friend bool operator==(const SecurityPolicy&, const SecurityPolicy&) = default;
};

/// Attribute 2 of a security setup of `version` 0 or 1. Usage error for a number that means nothing.
Result<SecurityPolicy> read_policy(unsigned version, std::uint8_t value);
/// Back; usage error where version 0 cannot say it (a direction that differs from the other, a signature).
Result<std::uint8_t> policy_value(unsigned version, const SecurityPolicy& policy);
/// "authenticated and encrypted requests, authenticated responses"; "none"
std::string policy_text(const SecurityPolicy& policy);

/// True where an APDU under `control` (nullopt: plain) is as strong as demanded.
bool satisfies(const std::optional<SecurityControl>& control, const Demand& demand);
/// The weakest protection that satisfies; nullopt where none is demanded. Signatures are no matter of this.
std::optional<SecurityControl> weakest(const Demand& demand, std::uint8_t suite);

} // namespace meterctl::codecs::dlms

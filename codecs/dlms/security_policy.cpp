#include "codecs/dlms/security_policy.hpp"

namespace meterctl::codecs::dlms {

namespace {

struct PolicyBit {
    unsigned mask;
    Demand SecurityPolicy::*side;
    bool Demand::*what;
    std::string_view name;
};

/// Version 1.
constexpr std::array bits{
    PolicyBit{0x04, &SecurityPolicy::request, &Demand::authenticated, "authenticated requests"},
    PolicyBit{0x08, &SecurityPolicy::request, &Demand::encrypted, "encrypted requests"},
    PolicyBit{0x10, &SecurityPolicy::request, &Demand::signed_digitally, "signed requests"},
    PolicyBit{0x20, &SecurityPolicy::response, &Demand::authenticated, "authenticated responses"},
    PolicyBit{0x40, &SecurityPolicy::response, &Demand::encrypted, "encrypted responses"},
    PolicyBit{0x80, &SecurityPolicy::response, &Demand::signed_digitally, "signed responses"},
};

tl::unexpected<Error> unknown(unsigned version) {
    return fail(Category::usage, "a security setup of version " + std::to_string(version) + " has no such policy", {},
                {}, "dlms.policy");
}

} // namespace

Result<SecurityPolicy> read_policy(unsigned version, std::uint8_t value) {
    SecurityPolicy policy;
    if (version == 0) {
        if (value > 3) { return unknown(version); }
        policy.request = {.authenticated = (value & 1U) != 0, .encrypted = (value & 2U) != 0};
        policy.response = policy.request;
        return policy;
    }
    if (version != 1 || (value & 0x03U) != 0) { return unknown(version); }
    for (const PolicyBit& bit : bits) { policy.*bit.side.*bit.what = (value & bit.mask) != 0; }
    return policy;
}

Result<std::uint8_t> policy_value(unsigned version, const SecurityPolicy& policy) {
    if (version == 0) {
        const Demand& demand = policy.request;
        if (policy.request != policy.response || demand.signed_digitally) { return unknown(version); }
        return static_cast<std::uint8_t>((demand.authenticated ? 1U : 0U) | (demand.encrypted ? 2U : 0U));
    }
    if (version != 1) { return unknown(version); }
    unsigned value = 0;
    for (const PolicyBit& bit : bits) { value |= policy.*bit.side.*bit.what ? bit.mask : 0U; }
    return static_cast<std::uint8_t>(value);
}

std::string policy_text(const SecurityPolicy& policy) {
    std::string text;
    for (const PolicyBit& bit : bits) {
        if (policy.*bit.side.*bit.what) { text += (text.empty() ? "" : ", ") + std::string(bit.name); }
    }
    return text.empty() ? "none" : text;
}

bool satisfies(const std::optional<SecurityControl>& control, const Demand& demand) {
    const bool authenticated = control && control->authenticated;
    const bool encrypted = control && control->encrypted;
    return (authenticated || !demand.authenticated) && (encrypted || !demand.encrypted);
}

std::optional<SecurityControl> weakest(const Demand& demand, std::uint8_t suite) {
    if (!demand.authenticated && !demand.encrypted) { return std::nullopt; }
    return SecurityControl{.suite = suite, .authenticated = demand.authenticated, .encrypted = demand.encrypted};
}

} // namespace meterctl::codecs::dlms

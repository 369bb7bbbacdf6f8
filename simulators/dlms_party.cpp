#include "simulators/dlms_party.hpp"

#include "codecs/dlms/mechanism_words.hpp"
#include "codecs/dlms/service_words.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::simulators {

namespace dlms = codecs::dlms;

namespace {

using dlms::Feature;

/// Of the words that definitions have, what no virtual meter does.
constexpr Feature not_served = Feature::general_block_transfer;

struct PolicyRow {
    std::string_view name;
    dlms::Demand dlms::SecurityPolicy::*direction;
    bool dlms::Demand::*what;
};
constexpr std::array policies{
    PolicyRow{"authenticated_request", &dlms::SecurityPolicy::request, &dlms::Demand::authenticated},
    PolicyRow{"encrypted_request", &dlms::SecurityPolicy::request, &dlms::Demand::encrypted},
    PolicyRow{"authenticated_response", &dlms::SecurityPolicy::response, &dlms::Demand::authenticated},
    PolicyRow{"encrypted_response", &dlms::SecurityPolicy::response, &dlms::Demand::encrypted},
};

/// `count` octets that count up from the first.
SecretBytes counted(std::uint8_t first, std::size_t count) {
    Bytes octets(count);
    for (std::size_t at = 0; at < count; ++at) { octets[at] = static_cast<std::uint8_t>(first + at); }
    return SecretBytes(octets);
}

SecretBytes simulated_secret() {
    const auto* const secret = reinterpret_cast<const std::uint8_t*>(dlms_simulated_secret.data());
    return SecretBytes(ByteView(secret, dlms_simulated_secret.size()));
}

} // namespace

dlms::Keys dlms_simulated_keys(std::uint8_t suite) {
    const std::size_t octets = dlms::key_octets(suite);
    dlms::Keys keys;
    keys.unicast = counted(0x00, octets);
    keys.broadcast = counted(0x20, octets);
    keys.authentication = counted(0xD0, octets);
    keys.master = counted(0x40, octets);
    return keys;
}

KeyRing dlms_simulated_ring(const catalogue::Definition& meter) {
    KeyRing ring;
    for (const catalogue::Client& client : meter.clients) {
        const auto put = [&](std::string_view name, SecretBytes secret) {
            ring.put({}, fmt::format("{}.{}", client.name, name), std::move(secret));
        };
        dlms::Keys keys = dlms_simulated_keys(static_cast<std::uint8_t>(client.suite.value_or(0)));
        put("guek", std::move(keys.unicast));
        put("gbek", std::move(keys.broadcast));
        put("gak", std::move(keys.authentication));
        put("kek", std::move(keys.master));
        put("lls_password", simulated_secret());
        put("hls_secret", simulated_secret());
    }
    return ring;
}

Result<DlmsParty> dlms_party(const catalogue::Client& client) {
    DlmsParty party;
    party.name = client.name;
    party.sap = static_cast<std::uint16_t>(client.sap);
    const std::string_view given = client.authentication;
    const std::string_view authentication = given.empty() ? std::string_view("none") : given;
    const auto* const mechanism = std::ranges::find(dlms::mechanism_words, authentication, &dlms::MechanismWord::word);
    if (mechanism == dlms::mechanism_words.end()) {
        return fail(Category::usage, fmt::format("no authentication '{}'", client.authentication), client.name);
    }
    party.mechanism = mechanism->mechanism;
    if (client.suite) {
        party.suite = static_cast<std::uint8_t>(*client.suite);
        party.keys = dlms_simulated_keys(*party.suite);
    }
    party.secret = simulated_secret();
    for (const auto& word : client.policy) {
        const auto* const row = std::ranges::find(policies, word, &PolicyRow::name);
        if (row != policies.end()) { (party.policy.*(row->direction)).*(row->what) = true; }
    }
    for (const dlms::ServiceWord& row : dlms::service_words) {
        const bool named =
            client.services.empty() || std::ranges::find(client.services, row.word) != client.services.end();
        if (named && row.feature != not_served) { party.conformance.add(row.feature); }
    }
    return party;
}

} // namespace meterctl::simulators

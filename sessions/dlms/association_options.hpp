// How to associate, from what the definition says of the client, the endpoint of the link, and the user's keys.
#pragma once

#include "sessions/dlms/association.hpp"

namespace meterctl::sessions::dlms {

/// "0-0:43.1.2.255" of itself and of an address, "1:0-0:43.1.2.255:2"; nullopt for what is neither.
std::optional<Obis> logical_name_in(std::string_view address);

/// "hls_gmac": as definitions have it; "" for others.
std::string mechanism_word(codecs::dlms::Mechanism mechanism);
/// What a definition says for these features, where it has a word for them.
std::vector<std::string> service_words_of(codecs::dlms::Conformance conformance);

/// From --client (a client of the definition by name, or a number), the definition's clients, and the settings client,
/// server, authentication, suite, security, ciphering, dedicated_key, counter, ask_counter, pdu, challenge. Keys are
/// those of the first of `meters` that the ring knows, else those for every meter. Usage error for a setting or a
/// client that is none; where keys are missing, opening the association tells.
Result<AssociationOptions> association_options(const SessionOptions& options, std::span<const std::string> meters = {});

} // namespace meterctl::sessions::dlms

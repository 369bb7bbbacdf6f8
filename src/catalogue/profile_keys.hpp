// The keys of a definition's profiles, with the events that they hold, and of its clients.
#pragma once

#include "src/catalogue/fields.hpp"

namespace meterctl::catalogue {

std::span<const Key<Profile>> profile_keys();
std::span<const Key<ProfileEvent>> event_keys();
std::span<const Key<Client>> client_keys();

Result<void> read_value(const Source& source, const Node& node, Profile& out);
Result<void> read_value(const Source& source, const Node& node, Client& out);

} // namespace meterctl::catalogue

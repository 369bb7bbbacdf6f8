#include "src/catalogue/profile_keys.hpp"

#include <array>

namespace meterctl::catalogue {

Result<void> read_value(const Source& source, const Node& node, ProfileEvent& out);

namespace {

constexpr std::array event_table = {
    Key<ProfileEvent>{"code", into<&ProfileEvent::code>},
    Key<ProfileEvent>{"name", into<&ProfileEvent::name>},
    Key<ProfileEvent>{"title", into<&ProfileEvent::title>},
};

constexpr std::array profile_table = {
    Key<Profile>{"name", into<&Profile::name>},           Key<Profile>{"title", into<&Profile::title>},
    Key<Profile>{"address", into<&Profile::address>},     Key<Profile>{"columns", into<&Profile::columns>},
    Key<Profile>{"period_s", into<&Profile::period_s>},   Key<Profile>{"entries", into<&Profile::entries>},
    Key<Profile>{"status", into<&Profile::status>},       Key<Profile>{"events", into<&Profile::events>},
    Key<Profile>{"unsettled", into<&Profile::unsettled>}, Key<Profile>{"source", into<&Profile::source>},
};

constexpr std::array client_table = {
    Key<Client>{"name", into<&Client::name>},
    Key<Client>{"title", into<&Client::title>},
    Key<Client>{"sap", into<&Client::sap>},
    Key<Client>{"authentication", into<&Client::authentication>},
    Key<Client>{"suite", into<&Client::suite>},
    Key<Client>{"policy", into<&Client::policy>},
    Key<Client>{"services", into<&Client::services>},
    Key<Client>{"association", into<&Client::association>},
    Key<Client>{"security_setup", into<&Client::security_setup>},
    Key<Client>{"counter", into<&Client::counter>},
    Key<Client>{"reads", into<&Client::reads>},
    Key<Client>{"writes", into<&Client::writes>},
    Key<Client>{"unsettled", into<&Client::unsettled>},
    Key<Client>{"source", into<&Client::source>},
};

constexpr std::array<std::string_view, 2> profile_needs = {"name", "address"};
constexpr std::array<std::string_view, 2> event_needs = {"code", "name"};
constexpr std::array<std::string_view, 2> client_needs = {"name", "sap"};

template <class T>
Result<void> read_section(const Source& source, const Node& node, std::span<const Key<T>> keys,
                          std::span<const std::string_view> required, T& out) {
    if (auto read = read_object<T>(source, node, keys, out); !read) { return read; }
    return expect_members(source, node, required);
}

} // namespace

std::span<const Key<Profile>> profile_keys() {
    return profile_table;
}

std::span<const Key<ProfileEvent>> event_keys() {
    return event_table;
}

std::span<const Key<Client>> client_keys() {
    return client_table;
}

Result<void> read_value(const Source& source, const Node& node, ProfileEvent& out) {
    return read_section<ProfileEvent>(source, node, event_table, event_needs, out);
}

Result<void> read_value(const Source& source, const Node& node, Profile& out) {
    return read_section<Profile>(source, node, profile_table, profile_needs, out);
}

Result<void> read_value(const Source& source, const Node& node, Client& out) {
    return read_section<Client>(source, node, client_table, client_needs, out);
}

} // namespace meterctl::catalogue

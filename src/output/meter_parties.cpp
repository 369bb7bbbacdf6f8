#include "src/output/meter_parties.hpp"

#include "src/output/table.hpp"
#include "src/output/utf8.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::output {

namespace {

using catalogue::Client;
using catalogue::Definition;
using catalogue::Profile;

constexpr std::array profile_columns{Column{.name = "profile"}, Column{.name = "address"},
                                     Column{.name = "every", .right = true}, Column{.name = "records", .right = true},
                                     Column{.name = "title"}};
constexpr std::array client_columns{Column{.name = "client"}, Column{.name = "access point", .right = true},
                                    Column{.name = "proof"},  Column{.name = "ciphering"},
                                    Column{.name = "reads"},  Column{.name = "writes"},
                                    Column{.name = "title"}};

/// More than these stand below the table.
constexpr std::size_t widest_list = 40;

std::string list_text(const std::vector<std::string>& items) {
    if (items.empty()) { return "nothing"; }
    if (std::ranges::find(items, "*") != items.end()) { return "all"; }
    const auto text = fmt::format("{}", fmt::join(items, " "));
    return text.size() <= widest_list ? text : fmt::format("{} of them, below", items.size());
}

std::string period_text(const Profile& profile) {
    if (!profile.period_s) { return {}; }
    if (*profile.period_s == 0) { return "event"; }
    constexpr unsigned minute = 60;
    return *profile.period_s % minute == 0 ? fmt::format("{} min", *profile.period_s / minute)
                                           : fmt::format("{} s", *profile.period_s);
}

/// "suite 0, authenticated and encrypted"
std::string ciphering_text(const Client& client) {
    if (!client.suite) { return "none"; }
    const auto has = [&](std::string_view word) {
        return std::ranges::any_of(client.policy, [&](const auto& rule) { return rule.starts_with(word); });
    };
    std::string text = fmt::format("suite {}", *client.suite);
    const bool authenticated = has("authenticated"), encrypted = has("encrypted");
    if (authenticated) { text += ", authenticated"; }
    if (encrypted) { text += authenticated ? " and encrypted" : ", encrypted"; }
    return text;
}

void number_member(JsonWriter& json, std::string_view name, const std::optional<unsigned>& number) {
    if (number) { json.member(name, *number); }
}

void write_profile(JsonWriter& json, const Profile& profile) {
    json.begin_object();
    json.member("name", profile.name);
    json.optional_member("title", profile.title);
    json.member("address", profile.address);
    number_member(json, "period_s", profile.period_s);
    number_member(json, "entries", profile.entries);
    json.optional_member("columns", profile.columns);
    json.optional_member("status", profile.status);
    if (!profile.events.empty()) {
        json.key("events");
        json.begin_array();
        for (const auto& event : profile.events) {
            json.begin_object();
            json.member("code", event.code);
            json.member("name", event.name);
            json.optional_member("title", event.title);
            json.end_object();
        }
        json.end_array();
    }
    if (profile.unsettled) { json.member("unsettled", true); }
    json.optional_member("source", profile.source);
    json.end_object();
}

void write_list(JsonWriter& json, std::string_view name, const std::vector<std::string>& items) {
    json.key(name);
    json.begin_array();
    for (const auto& item : items) { json.value(item); }
    json.end_array();
}

void write_client(JsonWriter& json, const Client& client) {
    json.begin_object();
    json.member("name", client.name);
    json.optional_member("title", client.title);
    json.member("sap", client.sap);
    json.optional_member("authentication", client.authentication);
    number_member(json, "suite", client.suite);
    json.optional_member("policy", client.policy);
    json.optional_member("services", client.services);
    json.optional_member("association", client.association);
    json.optional_member("security_setup", client.security_setup);
    json.optional_member("counter", client.counter);
    write_list(json, "reads", client.reads);
    write_list(json, "writes", client.writes);
    if (client.unsettled) { json.member("unsettled", true); }
    json.optional_member("source", client.source);
    json.end_object();
}

std::string below(std::string_view title, const std::vector<std::string>& lines) {
    if (lines.empty()) { return {}; }
    std::string text = fmt::format("\n{}\n", title);
    for (const auto& line : lines) { text += fmt::format("  - {}\n", tamed(line)); }
    return text;
}

} // namespace

void write_profiles(JsonWriter& json, const Definition& definition) {
    if (definition.profiles.empty()) { return; }
    json.key("profiles");
    json.begin_array();
    for (const Profile& profile : definition.profiles) { write_profile(json, profile); }
    json.end_array();
}

void write_clients(JsonWriter& json, const Definition& definition) {
    if (definition.clients.empty()) { return; }
    json.key("clients");
    json.begin_array();
    for (const Client& client : definition.clients) { write_client(json, client); }
    json.end_array();
}

std::string profiles_text(const Definition& definition) {
    if (definition.profiles.empty()) { return {}; }
    std::vector<std::vector<std::string>> rows;
    std::vector<std::string> columns, events;
    for (const Profile& profile : definition.profiles) {
        rows.push_back({profile.name, profile.address, period_text(profile),
                        profile.entries ? fmt::format("{}", *profile.entries) : "", profile.title});
        if (!profile.columns.empty()) {
            columns.push_back(fmt::format("{}: {}", profile.name, fmt::join(profile.columns, " ")));
        }
        std::vector<std::string> names;
        names.reserve(profile.events.size());
        for (const auto& event : profile.events) { names.push_back(fmt::format("{}={}", event.code, event.name)); }
        if (!names.empty()) { events.push_back(fmt::format("{}: {}", profile.name, fmt::join(names, "; "))); }
    }
    return "\n" + table(profile_columns, std::move(rows)) + below("Columns", columns) + below("Events", events);
}

std::string clients_text(const Definition& definition) {
    if (definition.clients.empty()) { return {}; }
    std::vector<std::vector<std::string>> rows;
    std::vector<std::string> rights;
    const auto wide = [&](const Client& client, std::string_view what, const std::vector<std::string>& items) {
        if (list_text(items).ends_with("below")) {
            rights.push_back(fmt::format("{} {}: {}", client.name, what, fmt::join(items, " ")));
        }
    };
    for (const Client& client : definition.clients) {
        rows.push_back({client.name, fmt::format("{}", client.sap), client.authentication, ciphering_text(client),
                        list_text(client.reads), list_text(client.writes), client.title});
        wide(client, "reads", client.reads);
        wide(client, "writes", client.writes);
    }
    return "\n" + table(client_columns, std::move(rows)) + below("Rights", rights);
}

} // namespace meterctl::output

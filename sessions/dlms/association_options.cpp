#include "sessions/dlms/association_options.hpp"

#include "codecs/dlms/mechanism_words.hpp"
#include "codecs/dlms/service_words.hpp"
#include "sessions/dlms/own_title.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace meterctl::sessions::dlms {

namespace dlms = codecs::dlms;
using dlms::Feature;
using dlms::Mechanism;
using dlms::mechanism_words;
using dlms::MechanismWord;
using dlms::service_words;
using dlms::ServiceWord;

namespace {

struct SecurityWord {
    std::string_view word;
    bool authenticated, encrypted;
};
constexpr std::array security_words{SecurityWord{"authenticated", true, false}, SecurityWord{"encrypted", false, true},
                                    SecurityWord{"both", true, true}};

constexpr std::array<std::string_view, 4> ciphering_words{"no", "yes", "general", "dedicated"};

tl::unexpected<Error> unknown(std::string_view key, const std::string& value, std::vector<std::string> allowed) {
    return fail(Category::usage, "\"" + value + "\" is no " + std::string(key), {}, std::move(allowed),
                "usage.setting");
}

template <class Table>
std::vector<std::string> words_of(const Table& table) {
    std::vector<std::string> words;
    words.reserve(table.size());
    for (const auto& row : table) { words.emplace_back(row.word); }
    return words;
}

/// What a definition, an endpoint or a command line says, by name.
class Settings {
public:
    explicit Settings(const SessionOptions& options) : options_(options) {}

    [[nodiscard]] std::string text(const std::string& key) const {
        if (const auto own = options_.settings.find(key); own != options_.settings.end()) { return own->second; }
        if (options_.meter == nullptr) { return {}; }
        const auto delivered = options_.meter->settings.find(key);
        return delivered == options_.meter->settings.end() ? std::string() : delivered->second;
    }

    /// Unchanged where nothing is said.
    template <class Number>
    Result<void> number(const std::string& key, Number& into, std::uint64_t least, std::uint64_t most) const {
        const std::string value = text(key);
        if (value.empty()) { return {}; }
        std::uint64_t read = 0;
        const auto parsed = std::from_chars(value.data(), value.data() + value.size(), read);
        if (parsed.ec != std::errc() || parsed.ptr != value.data() + value.size() || read < least || read > most) {
            return unknown(key, value, {std::to_string(least) + " to " + std::to_string(most)});
        }
        into = static_cast<Number>(read);
        return {};
    }

private:
    const SessionOptions& options_;
};

/// The definition's client; nullptr where the client is but a number, or there is none to choose from.
Result<const catalogue::Client*> find_client(const SessionOptions& options, const std::string& name) {
    if (options.meter == nullptr) { return nullptr; }
    const auto& clients = options.meter->clients;
    const auto named = std::ranges::find_if(clients, [&](const catalogue::Client& client) {
        return client.name == name || std::to_string(client.sap) == name;
    });
    if (named != clients.end()) { return &*named; }
    if (name.empty()) { return clients.empty() ? nullptr : &clients.front(); }
    if (name.find_first_not_of("0123456789") == std::string::npos) { return nullptr; }
    std::vector<std::string> known;
    known.reserve(clients.size());
    for (const catalogue::Client& client : clients) { known.push_back("--client " + client.name); }
    return fail(Category::usage, options.meter->model + " has no client \"" + name + "\"", {}, std::move(known),
                "usage.client");
}

Result<void> take_mechanism(AssociationOptions& out, const std::string& word) {
    if (word.empty()) { return {}; }
    const auto* const row = std::ranges::find(mechanism_words, word, &MechanismWord::word);
    if (row == mechanism_words.end()) { return unknown("authentication", word, words_of(mechanism_words)); }
    out.mechanism = row->mechanism;
    return {};
}

Result<void> take_counter(AssociationOptions& out, const std::string& address) {
    if (address.empty()) { return {}; }
    const auto object = logical_name_in(address);
    if (!object) { return unknown("counter", address, {"0-0:43.1.2.255"}); }
    out.counter_objects = {*object};
    return {};
}

/// As the meter is delivered: requests as strong as it wants them, and answers no weaker than it gives them. One that
/// wants nothing gets both, which every ciphered association takes.
void take_policy(AssociationOptions& out, const std::vector<std::string>& policy) {
    const auto has = [&](std::string_view word) { return std::ranges::find(policy, word) != policy.end(); };
    const bool authenticated = has("authenticated_request"), encrypted = has("encrypted_request");
    if (!authenticated && !encrypted) { return; }
    out.control.authenticated = authenticated;
    out.control.encrypted = encrypted;
    out.answers.authenticated = has("authenticated_response");
    out.answers.encrypted = has("encrypted_response");
}

Result<void> take_client(AssociationOptions& out, const catalogue::Client& client) {
    out.saps.client = static_cast<std::uint16_t>(client.sap);
    out.ciphered = client.suite.has_value();
    out.control.suite = static_cast<std::uint8_t>(client.suite.value_or(0));
    if (!client.services.empty()) {
        out.conformance = {};
        for (const std::string& service : client.services) {
            const auto* const row = std::ranges::find(service_words, service, &ServiceWord::word);
            if (row == service_words.end()) { return unknown("service", service, words_of(service_words)); }
            out.conformance.add(row->feature);
        }
    }
    take_policy(out, client.policy);
    out.security_setup = logical_name_in(client.security_setup).value_or(out.security_setup);
    auto done = take_mechanism(out, client.authentication);
    if (done) { done = take_counter(out, client.counter); }
    return done;
}

Result<void> take_ciphering(AssociationOptions& out, const std::string& word) {
    if (word.empty()) { return {}; }
    if (std::ranges::find(ciphering_words, word) == ciphering_words.end()) {
        return unknown("ciphering", word, {ciphering_words.begin(), ciphering_words.end()});
    }
    out.ciphered = word != "no";
    out.general_protection = word == "general";
    out.dedicated_key = word == "dedicated";
    return {};
}

/// Meters of short names know other services.
Result<void> take_names(AssociationOptions& out, const std::string& word) {
    if (word.empty() || word == "logical") { return {}; }
    if (word != "short") { return unknown("names", word, {"logical", "short"}); }
    if (dlms::is_hls(out.mechanism)) {
        return fail(Category::usage, "HLS needs logical names", {}, {"authentication=lls"}, "usage.setting");
    }
    out.short_names = true;
    out.conformance = {};
    for (const Feature feature : {Feature::read, Feature::write, Feature::multiple_references,
                                  Feature::information_report, Feature::parameterized_access}) {
        out.conformance.add(feature);
    }
    return {};
}

Result<void> take_security(AssociationOptions& out, const std::string& word) {
    if (word.empty()) { return {}; }
    const auto* const row = std::ranges::find(security_words, word, &SecurityWord::word);
    if (row == security_words.end()) { return unknown("security", word, words_of(security_words)); }
    out.control.authenticated = out.answers.authenticated = row->authenticated;
    out.control.encrypted = out.answers.encrypted = row->encrypted;
    return {};
}

Result<void> take_settings(AssociationOptions& out, const Settings& settings) {
    std::uint16_t client = out.saps.client;
    auto done = take_mechanism(out, settings.text("authentication"));
    if (done) { done = take_ciphering(out, settings.text("ciphering")); }
    if (done) { done = take_security(out, settings.text("security")); }
    if (done) { done = take_names(out, settings.text("names")); }
    if (done) { done = take_counter(out, settings.text("counter")); }
    if (done) { done = settings.number("suite", out.control.suite, 0, 2); }
    if (done) { done = settings.number("server", out.saps.server, 0, 0x3FFF); }
    if (done) { done = settings.number("pdu", out.max_receive_pdu, 0, 0xFFFF); }
    if (done) {
        done = settings.number("challenge", out.challenge_octets, dlms::least_challenge, dlms::most_challenge);
    }
    const bool by_number = settings.text("client").find_first_not_of("0123456789") == std::string::npos;
    if (done && by_number) { done = settings.number("client", client, 0, 0xFFFF); }
    out.saps.client = client;
    out.ask_counter = settings.text("ask_counter") == "yes";
    return done;
}

void take_keys(AssociationOptions& out, const KeyRing& ring, const std::string& client,
               std::span<const std::string> meters) {
    const auto take = [&](std::string_view name, SecretBytes& into) {
        if (const SecretBytes* found = ring.find(name, client, meters); found != nullptr) { into = *found; }
    };
    take("guek", out.keys.unicast);
    take("gbek", out.keys.broadcast);
    take("gak", out.keys.authentication);
    take("kek", out.keys.master);
    take("lls_password", out.password);
    take("hls_secret", out.secret);
    if (const SecretBytes* title = ring.find("server_title", client, meters); title != nullptr) {
        out.meter_title = dlms::system_title(title->view());
    }
}

/// Of --password-file, for whichever the mechanism wants.
void take_password(AssociationOptions& out, const std::map<std::string, std::string>& settings) {
    const auto password = settings.find("password");
    if (password == settings.end()) { return; }
    for (SecretBytes* secret : {&out.password, &out.secret}) {
        if (secret->empty()) { *secret = SecretBytes(ByteWriter().text(password->second).view()); }
    }
}

Result<void> take_own_title(AssociationOptions& out, const SessionOptions& options, const std::string& client,
                            std::span<const std::string> meters) {
    const SecretBytes* given = options.keys ? options.keys->find("client_title", client, meters) : nullptr;
    const auto chosen = given != nullptr ? dlms::system_title(given->view()) : std::nullopt;
    if (chosen) {
        out.own_title = *chosen;
        return {};
    }
    const bool needed = out.counts() || out.mechanism == Mechanism::hls_sha256;
    const auto kept = own_system_title(needed ? options.counters : std::string());
    if (!kept) { return tl::unexpected(kept.error()); }
    out.own_title = *kept;
    return {};
}

} // namespace

std::optional<Obis> logical_name_in(std::string_view address) {
    const std::string_view before_attribute = address.substr(0, address.rfind(':'));
    const std::size_t class_end = before_attribute.find(':');
    for (const std::string_view name : {address, before_attribute.substr(class_end + 1)}) {
        if (const auto object = Obis::parse(name)) { return *object; }
    }
    return std::nullopt;
}

std::string mechanism_word(Mechanism mechanism) {
    const auto* const row = std::ranges::find(mechanism_words, mechanism, &MechanismWord::mechanism);
    return row == mechanism_words.end() ? std::string() : std::string(row->word);
}

std::vector<std::string> service_words_of(dlms::Conformance conformance) {
    std::vector<std::string> words;
    for (const ServiceWord& row : service_words) {
        // One bit stands for lists of every kind.
        const bool of_set = row.word != "set_with_list" || conformance.has(Feature::set);
        const bool of_action = row.word != "action_with_list" || conformance.has(Feature::action);
        if (of_set && of_action && conformance.has(row.feature)) { words.emplace_back(row.word); }
    }
    return words;
}

Result<AssociationOptions> association_options(const SessionOptions& options, std::span<const std::string> meters) {
    const Settings settings(options);
    const auto client = find_client(options, settings.text("client"));
    if (!client) { return tl::unexpected(client.error()); }
    AssociationOptions out;
    out.counters = options.counters;
    out.notice = options.notice;
    auto done = *client != nullptr ? take_client(out, **client) : Result<void>();
    if (done) { done = take_settings(out, settings); }
    const std::string name = *client != nullptr ? (*client)->name : settings.text("client");
    if (options.keys) { take_keys(out, *options.keys, name, meters); }
    take_password(out, options.settings);
    if (done) { done = take_own_title(out, options, name, meters); }
    if (!done) { return tl::unexpected(done.error()); }
    return out;
}

} // namespace meterctl::sessions::dlms

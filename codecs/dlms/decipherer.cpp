#include "codecs/dlms/decipherer.hpp"

namespace meterctl::codecs::dlms {

namespace {

/// Streams that claim ever new senders are not remembered without end.
constexpr std::size_t most_senders = 4096;

bool is_request(Direction direction, const CipheredHead& head) {
    if (direction != Direction::unknown) { return direction == Direction::request; }
    constexpr std::uint8_t get_request = 0xC0, action_request = 0xC3, event_notification = 0xC2;
    const std::uint8_t plain = plain_tag(head.tag).value_or(0);
    return plain == 1 || (plain >= get_request && plain <= action_request && plain != event_notification);
}

/// The nearer to a key that fits, the higher.
int nearness(const Error& error) {
    if (error.code == "dlms.authentication_key") { return 3; }
    if (error.code == "dlms.encryption_key") { return 2; }
    return error.code == "dlms.title_missing" ? 1 : 0;
}

} // namespace

Keys Decipherer::keys_of(std::string_view client, const std::vector<std::string>& meters) const {
    Keys keys;
    const auto take = [&](std::string_view name, SecretBytes& into) {
        if (const SecretBytes* found = ring_->find(name, client, meters); found != nullptr) { into = *found; }
    };
    take("guek", keys.unicast);
    take("gbek", keys.broadcast);
    take("gak", keys.authentication);
    take("kek", keys.master);
    take("dedicated", keys.dedicated);
    if (!dedicated_.empty()) { keys.dedicated = dedicated_; }
    return keys;
}

std::optional<SystemTitle> Decipherer::sender(const CipheredHead& head, Direction direction,
                                              const std::vector<std::string>& meters) const {
    if (head.title) { return head.title; }
    const bool request = is_request(direction, head);
    if (const auto& known = request ? client_ : server_) { return known; }
    const SecretBytes* given =
        ring_ == nullptr ? nullptr : ring_->find(request ? "client_title" : "server_title", "", meters);
    return given == nullptr ? std::nullopt : system_title(given->view());
}

bool Decipherer::note(const CipheredHead& head, const std::optional<SystemTitle>& title) {
    const bool dedicated = head.ciphering == Ciphering::dedicated || head.ciphering == Ciphering::general_dedicated;
    const std::string key = (title ? title_text(*title) : std::string()) + (dedicated                ? " dedicated"
                                                                            : head.control.broadcast ? " broadcast"
                                                                                                     : "");
    const auto last = counters_.find(key);
    if (last != counters_.end() && head.counter <= last->second) { return true; }
    if (last != counters_.end()) {
        last->second = head.counter;
    } else if (counters_.size() < most_senders) {
        counters_.emplace(key, head.counter);
    }
    return false;
}

Result<Decipherer::Opened> Decipherer::open(ByteView apdu, Direction direction) {
    const auto head = read_ciphered_head(apdu);
    if (!head) { return tl::unexpected(head.error()); }
    std::vector<std::string> meters;
    for (const auto& title : {head->title, server_}) {
        if (title) { meters.push_back(title_text(*title)); }
    }
    const auto title = sender(*head, direction, meters);
    std::vector<std::string> clients{""};
    if (ring_ != nullptr) {
        const auto named = ring_->clients();
        clients.insert(clients.end(), named.begin(), named.end());
    }
    std::optional<Error> nearest;
    for (const std::string& client : clients) {
        auto opened = unprotect(apdu, ring_ == nullptr ? Keys() : keys_of(client, meters), title);
        if (opened) {
            const bool repeated = note(*head, title);
            return Opened{.unprotected = std::move(*opened), .repeated = repeated};
        }
        if (!nearest || nearness(opened.error()) > nearness(*nearest)) { nearest = opened.error(); }
    }
    return tl::unexpected(*nearest);
}

} // namespace meterctl::codecs::dlms

#include "codecs/dlms/decipherer.hpp"

#include "codecs/dlms/apdu.hpp"

namespace meterctl::codecs::dlms {

namespace {

/// Streams that claim ever new senders are not remembered without end.
constexpr std::size_t most_senders = 4096;

/// What a meter sends of itself: information-report, data-notification, event-notification-request.
bool stands_alone(std::uint8_t tag) {
    return tag == apdu_tag::information_report || tag == apdu_tag::data_notification ||
           tag == apdu_tag::event_notification;
}

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

/// Keys of all clients, with the error of those that came nearest.
Result<Unprotected> Decipherer::open_with(ByteView apdu, const std::vector<std::string>& meters,
                                          const std::optional<SystemTitle>& title) const {
    std::vector<std::string> clients{""};
    if (ring_ != nullptr) {
        const auto named = ring_->clients();
        clients.insert(clients.end(), named.begin(), named.end());
    }
    std::optional<Error> nearest;
    for (const std::string& client : clients) {
        auto opened = unprotect(apdu, ring_ == nullptr ? Keys() : keys_of(client, meters), title);
        if (opened) { return opened; }
        if (!nearest || nearness(opened.error()) > nearness(*nearest)) { nearest = std::move(opened.error()); }
    }
    return tl::unexpected(std::move(*nearest));
}

/// The keys of every meter in turn, since they may stand under its serial number: until a tag fits.
std::optional<Unprotected> Decipherer::search(ByteView apdu, const SystemTitle& title) {
    if (ring_ == nullptr || found_.contains(title)) { return std::nullopt; }
    for (std::string& meter : ring_->meters()) {
        auto opened = open_with(apdu, {meter}, title);
        if (!opened || opened->trust != Trust::authenticated) { continue; }
        if (found_.size() < most_senders) { found_.emplace(title, std::move(meter)); }
        return std::move(*opened);
    }
    return std::nullopt;
}

bool Decipherer::repeats(const Unprotected& opened, const std::optional<SystemTitle>& title, std::string_view link) {
    const auto& head = opened.head;
    const bool dedicated = head.ciphering == Ciphering::dedicated || head.ciphering == Ciphering::general_dedicated;
    const std::string_view kind = dedicated ? " dedicated" : head.control.broadcast ? " broadcast" : "";
    const std::string sender = (title ? title_text(*title) : std::string()).append(kind);
    if (!counters_.rises(sender + std::string(link), head.counter)) { return true; }
    const bool alone = others_ != nullptr && head.title && !opened.apdu.empty() && stands_alone(opened.apdu[0]);
    return alone && !others_->rises(sender, head.counter);
}

Result<Decipherer::Opened> Decipherer::open(ByteView apdu, Direction direction, std::string_view link) {
    const auto head = read_ciphered_head(apdu);
    if (!head) { return tl::unexpected(head.error()); }
    std::vector<std::string> meters;
    for (const auto& title : {head->title, server_}) {
        if (!title) { continue; }
        meters.push_back(title_text(*title));
        if (const auto known = found_.find(*title); known != found_.end()) { meters.push_back(known->second); }
    }
    const auto title = sender(*head, direction, meters);
    auto opened = open_with(apdu, meters, title);
    if (!opened && title && head->control.authenticated) {
        if (auto found = search(apdu, *title)) { opened = std::move(*found); }
    }
    if (!opened) { return tl::unexpected(std::move(opened.error())); }
    const bool repeated = repeats(*opened, title, link);
    return Opened{.unprotected = std::move(*opened), .repeated = repeated};
}

} // namespace meterctl::codecs::dlms

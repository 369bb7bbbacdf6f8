// Asking all stations of a network: who they are, what they have, where they lead. ASHRAE 135, clauses 6.4, 16.9 and
// 16.10.
#include "sessions/bacnet/client.hpp"

#include <algorithm>

namespace meterctl::sessions::bacnet {

namespace bacnet = codecs::bacnet;

namespace {

bool is(const bacnet::UnconfirmedRequest& request, bacnet::UnconfirmedService service) {
    return request.service == static_cast<std::uint8_t>(service);
}

} // namespace

Task<Result<void>> Client::ask_all(bacnet::UnconfirmedService service, Bytes data) {
    auto opened = co_await link_->open();
    if (!opened) { co_return opened; }
    bacnet::UnconfirmedRequest request;
    request.service = static_cast<std::uint8_t>(service);
    request.data = std::move(data);
    Station all;
    all.remote.emplace();
    all.remote->network = bacnet::global_broadcast;
    const Bytes npdu = carried_to(all, bacnet::Apdu(std::move(request)), false);
    auto sent = co_await link_->broadcast(npdu);
    if (sent) { ++statistics_.requests; }
    co_return sent;
}

Task<Result<void>> Client::gather(TimePoint deadline, Said said) {
    for (;;) {
        auto incoming = co_await link_->receive(deadline);
        if (!incoming) { co_return tl::unexpected(incoming.error()); }
        if (!*incoming) { co_return Result<void>(); }
        const auto heard = bacnet::decode_npdu((*incoming)->npdu);
        if (!heard || heard->message) { continue; }
        const auto apdu = bacnet::decode_apdu(heard->data);
        const auto* request = apdu ? std::get_if<bacnet::UnconfirmedRequest>(&*apdu) : nullptr;
        const bool enough = request != nullptr && said(sender_of(**incoming, *heard), *request);
        if (enough) { co_return Result<void>(); }
    }
}

Task<Result<std::vector<FoundDevice>>> Client::who_is(std::optional<bacnet::InstanceLimits> limits, Duration wait,
                                                      std::size_t enough) {
    bacnet::WhoIs service;
    service.limits = limits;
    Bytes data = bacnet::encode(service);
    auto asked = co_await ask_all(bacnet::UnconfirmedService::who_is, std::move(data));
    if (!asked) { co_return tl::unexpected(asked.error()); }
    std::vector<FoundDevice> found;
    const Said said = [&](const Station& from, const bacnet::UnconfirmedRequest& request) {
        const auto device =
            is(request, bacnet::UnconfirmedService::i_am) ? bacnet::decode_i_am(request.data) : tl::unexpected(Error());
        const bool asked_for =
            device && (!limits || (device->device.instance >= limits->low && device->device.instance <= limits->high));
        if (!asked_for) { return false; }
        const bool again = std::ranges::any_of(found, [&](const FoundDevice& other) {
            return other.station == from && other.said.device == device->device;
        });
        if (!again) { found.push_back({from, *device}); }
        return found.size() >= enough;
    };
    auto gathered = co_await gather(link_->transport().loop().now() + wait, said);
    if (!gathered) { co_return tl::unexpected(gathered.error()); }
    co_return found;
}

Task<Result<std::vector<FoundObject>>> Client::who_has(bacnet::WhoHas wanted, Duration wait) {
    Bytes data = bacnet::encode(wanted);
    auto asked = co_await ask_all(bacnet::UnconfirmedService::who_has, std::move(data));
    if (!asked) { co_return tl::unexpected(asked.error()); }
    std::vector<FoundObject> found;
    const Said said = [&](const Station& from, const bacnet::UnconfirmedRequest& request) {
        const auto object = is(request, bacnet::UnconfirmedService::i_have) ? bacnet::decode_i_have(request.data)
                                                                            : tl::unexpected(Error());
        if (!object) { return false; }
        const auto* id = std::get_if<bacnet::ObjectId>(&wanted.object);
        const auto* name = std::get_if<bacnet::CharacterString>(&wanted.object);
        const bool asked_for = id != nullptr ? object->object == *id : object->name.text() == name->text();
        const bool again = std::ranges::any_of(found, [&](const FoundObject& other) {
            return other.station == from && other.said.device == object->device;
        });
        if (asked_for && !again) { found.push_back({from, *object}); }
        return false;
    };
    auto gathered = co_await gather(link_->transport().loop().now() + wait, said);
    if (!gathered) { co_return tl::unexpected(gathered.error()); }
    co_return found;
}

Task<Result<std::vector<FoundRouter>>> Client::who_is_router(std::optional<std::uint16_t> network, Duration wait) {
    auto opened = co_await link_->open();
    if (!opened) { co_return tl::unexpected(opened.error()); }
    bacnet::NetworkList wanted;
    if (network) { wanted.networks.push_back(*network); }
    bacnet::Npdu question;
    question.message = static_cast<std::uint8_t>(bacnet::NetworkMessage::who_is_router);
    question.data = bacnet::encode(bacnet::MessageData(wanted));
    const Bytes npdu = bacnet::encode(question);
    auto sent = co_await link_->broadcast(npdu);
    if (!sent) { co_return tl::unexpected(sent.error()); }
    ++statistics_.requests;
    std::vector<FoundRouter> found;
    const TimePoint deadline = link_->transport().loop().now() + wait;
    for (;;) {
        auto incoming = co_await link_->receive(deadline);
        if (!incoming) { co_return tl::unexpected(incoming.error()); }
        if (!*incoming) { co_return found; }
        const auto heard = bacnet::decode_npdu((*incoming)->npdu);
        const auto i_am = static_cast<std::uint8_t>(bacnet::NetworkMessage::i_am_router);
        if (!heard || heard->message != i_am) { continue; }
        const auto told = bacnet::decode_message(*heard->message, heard->data);
        const auto* list = told ? std::get_if<bacnet::NetworkList>(&*told) : nullptr;
        if (list == nullptr) { continue; }
        FoundRouter router;
        router.link = (*incoming)->from;
        router.networks = list->networks;
        const bool leads_there = !network || std::ranges::find(router.networks, *network) != router.networks.end();
        if (leads_there) { found.push_back(std::move(router)); }
        if (network && leads_there) { co_return found; }
    }
}

} // namespace meterctl::sessions::bacnet

#include "sessions/bacnet/client.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace meterctl::sessions::bacnet {

namespace bacnet = codecs::bacnet;

namespace {

constexpr std::uint8_t any_number_of_segments = 7;
constexpr std::size_t longest_answer = 1U << 20U;
constexpr std::uint8_t widest_window = 16;

Bytes carry(const Station& to, const bacnet::Apdu& apdu, bool expecting_reply) {
    bacnet::Npdu npdu;
    npdu.expecting_reply = expecting_reply;
    npdu.destination = to.remote;
    npdu.data = bacnet::encode(apdu);
    return bacnet::encode(npdu);
}

bool ends_all(const Error& error) {
    return error.category == Category::endpoint || error.category == Category::interrupted ||
           error.category == Category::usage || error.category == Category::refused;
}

/// Behind a router the network address counts, whichever router brought it.
bool comes_from(const Station& station, const Incoming& incoming, const bacnet::Npdu& npdu) {
    if (station.remote || npdu.source) { return station.remote == npdu.source; }
    return station.link.empty() || incoming.from.empty() || station.link == incoming.from;
}

Station sender(const Incoming& incoming, const bacnet::Npdu& npdu) {
    Station station;
    station.link = incoming.from;
    station.remote = npdu.source;
    return station;
}

std::string mac_text(const Bytes& address) {
    if (address.size() == 1) { return fmt::format("{}", address[0]); }
    if (address.size() == 6) {
        return fmt::format("{}.{}.{}.{}:{}", address[0], address[1], address[2], address[3],
                           (unsigned{address[4]} << 8U) | address[5]);
    }
    std::string text = "0x";
    for (const std::uint8_t octet : address) { text += fmt::format("{:02X}", octet); }
    return text;
}

} // namespace

std::string Station::text() const {
    return remote ? fmt::format("{}:{}", remote->network, mac_text(remote->address)) : link;
}

Client::Client(std::unique_ptr<Link> link, ClientOptions options)
    : link_(std::move(link)), options_(std::move(options)),
      // Answers to whoever had this address before us are not ours.
      next_invoke_id_(static_cast<std::uint8_t>(link_->transport().loop().wall_clock().time_since_epoch() /
                                                std::chrono::milliseconds(1))) {}

std::string Client::where(const Station& station) const {
    const std::string place = station.text();
    const std::string line = link_->transport().description();
    return place.empty() ? line : fmt::format("address {} at {}", place, line);
}

Bytes Client::request_of(const Station& to, std::uint8_t service, std::uint8_t invoke_id, Bytes data) const {
    bacnet::ConfirmedRequest request;
    request.invoke_id = invoke_id;
    request.service = service;
    request.max_apdu = link_->max_apdu();
    request.max_segments = any_number_of_segments;
    request.segmented_answer_accepted = true;
    request.data = std::move(data);
    return carry(to, bacnet::Apdu(std::move(request)), true);
}

Bytes Client::request(const Station& to, bacnet::ConfirmedService service, Bytes data) const {
    return request_of(to, static_cast<std::uint8_t>(service), next_invoke_id_, std::move(data));
}

Task<Result<void>> Client::send(const Station& to, const bacnet::Apdu& apdu, bool expecting_reply) {
    const Bytes npdu = carry(to, apdu, expecting_reply);
    auto sent = co_await link_->send(to.link, npdu, expecting_reply);
    co_return sent;
}

Task<Result<Bytes>> Client::ask(Station to, bacnet::ConfirmedService service, Bytes data) {
    auto opened = co_await link_->open();
    if (!opened) { co_return tl::unexpected(opened.error()); }
    const auto number = static_cast<std::uint8_t>(service);
    const std::uint8_t invoke_id = next_invoke_id_++;
    const Bytes npdu = request_of(to, number, invoke_id, std::move(data));
    for (unsigned attempt = 0;; ++attempt) {
        ++statistics_.requests;
        auto sent = co_await link_->send(to.link, npdu, true);
        if (!sent) { co_return tl::unexpected(sent.error()); }
        auto answer = co_await await_answer(to, number, invoke_id);
        if (answer && *answer) {
            ++statistics_.answers;
            heard_from_ = true;
            co_return std::move(**answer);
        }
        if (!answer && (ends_all(answer.error()) || attempt >= options_.retries)) {
            co_return tl::unexpected(answer.error());
        }
        if (attempt >= options_.retries) { break; }
        ++statistics_.retries;
        if (options_.notice) { options_.notice("asking again"); }
    }
    co_return fail(Category::timeout, fmt::format("no answer, asked {} times", options_.retries + 1), where(to),
                   link_->is_ip() ? std::vector<std::string>{"`meterctl scan`, which asks who is there",
                                                             "behind a router: -a NETWORK:MAC or -a device:NUMBER"}
                                  : std::vector<std::string>{"check address and baud rate (`meterctl scan`)",
                                                             "check the wiring, A and B"},
                   "bacnet.no_answer");
}

/// nullopt: nothing came in time.
Task<Client::Answer> Client::await_answer(const Station& to, std::uint8_t service, std::uint8_t invoke_id) {
    transports::Loop& loop = link_->transport().loop();
    const Duration patience = options_.timeout.value_or(link_->patience());
    TimePoint deadline = loop.now() + patience;
    bacnet::Reassembly parts(widest_window, longest_answer);
    for (;;) {
        auto incoming = co_await link_->receive(deadline);
        if (!incoming) { co_return tl::unexpected(incoming.error()); }
        if (!*incoming || (*incoming)->silent) {
            ++statistics_.timeouts;
            co_return std::optional<Bytes>();
        }
        const auto npdu = bacnet::decode_npdu((*incoming)->npdu);
        if (!npdu) {
            ++statistics_.dropped_foreign;
            continue;
        }
        if (npdu->message) {
            const auto told = bacnet::decode_message(*npdu->message, npdu->data);
            const auto* reject = told ? std::get_if<bacnet::RejectMessage>(&*told) : nullptr;
            const bool ours = reject != nullptr && to.remote && reject->network == to.remote->network;
            if (!ours) { continue; }
            const auto reason = bacnet::reject_reason_text(reject->reason);
            co_return fail(Category::refused, "the router: " + std::string(reason), where(to),
                           {"`meterctl scan`, which names the networks"}, "bacnet.network");
        }
        const auto apdu = bacnet::decode_apdu(npdu->data);
        if (!apdu || !comes_from(to, **incoming, *npdu)) {
            ++statistics_.dropped_foreign;
            continue;
        }
        const auto* ack = std::get_if<bacnet::ComplexAck>(&*apdu);
        if (ack != nullptr && ack->segment && ack->invoke_id == invoke_id && ack->service == service) {
            deadline = loop.now() + patience;
            auto whole = co_await segment(to, *ack, parts);
            if (!whole || *whole) { co_return whole; }
            continue;
        }
        auto judged = judge(to, *apdu, service, invoke_id);
        if (!judged || *judged) { co_return judged; }
    }
}

/// The whole message behind its last segment.
Task<Client::Answer> Client::segment(const Station& to, bacnet::ComplexAck ack, bacnet::Reassembly& parts) {
    const auto step = parts.receive(*ack.segment, ack.data);
    if (!step) {
        bacnet::AbortPdu abort;
        abort.invoke_id = ack.invoke_id;
        constexpr std::uint8_t invalid_apdu_in_this_state = 2;
        abort.reason = invalid_apdu_in_this_state;
        const bacnet::Apdu out(abort);
        auto sent = co_await send(to, out, false);
        static_cast<void>(sent);
        Error error = step.error();
        error.where = where(to);
        co_return tl::unexpected(std::move(error));
    }
    if (step->acknowledge) {
        bacnet::SegmentAck reply;
        reply.negative = step->negative;
        reply.invoke_id = ack.invoke_id;
        reply.sequence = step->sequence;
        reply.window = step->window;
        const bacnet::Apdu out(reply);
        auto sent = co_await send(to, out, false);
        if (!sent) { co_return tl::unexpected(sent.error()); }
    }
    co_return step->complete ? std::optional<Bytes>(parts.take()) : std::nullopt;
}

/// nullopt where the APDU is not the answer.
Client::Answer Client::judge(const Station& to, const bacnet::Apdu& apdu, std::uint8_t service,
                             std::uint8_t invoke_id) {
    const auto ours = [&](std::uint8_t id) {
        if (id != invoke_id) { ++statistics_.dropped_late; }
        return id == invoke_id;
    };
    const auto refused = [&](Error error) -> Answer {
        ++statistics_.exceptions;
        heard_from_ = true;
        error.where = error.where.empty() ? where(to) : where(to) + ", " + error.where;
        return tl::unexpected(std::move(error));
    };
    if (const auto* simple = std::get_if<bacnet::SimpleAck>(&apdu)) {
        if (ours(simple->invoke_id) && simple->service == service) { return std::optional(Bytes()); }
    } else if (const auto* complex = std::get_if<bacnet::ComplexAck>(&apdu)) {
        if (ours(complex->invoke_id) && complex->service == service) { return std::optional(complex->data); }
    } else if (const auto* error = std::get_if<bacnet::ErrorPdu>(&apdu)) {
        if (ours(error->invoke_id) && error->service == service) { return refused(bacnet::refusal(*error)); }
    } else if (const auto* reject = std::get_if<bacnet::RejectPdu>(&apdu)) {
        if (ours(reject->invoke_id)) { return refused(bacnet::refusal(*reject)); }
    } else if (const auto* abort = std::get_if<bacnet::AbortPdu>(&apdu)) {
        if (ours(abort->invoke_id)) { return refused(bacnet::refusal(*abort)); }
    }
    return std::optional<Bytes>();
}

Task<Result<std::vector<FoundDevice>>> Client::who_is(std::optional<bacnet::InstanceLimits> limits, Duration wait,
                                                      std::size_t enough) {
    auto opened = co_await link_->open();
    if (!opened) { co_return tl::unexpected(opened.error()); }
    bacnet::WhoIs service;
    service.limits = limits;
    bacnet::UnconfirmedRequest request;
    request.service = static_cast<std::uint8_t>(bacnet::UnconfirmedService::who_is);
    request.data = bacnet::encode(service);
    Station all;
    all.remote.emplace();
    all.remote->network = bacnet::global_broadcast;
    const Bytes npdu = carry(all, bacnet::Apdu(std::move(request)), false);
    auto sent = co_await link_->broadcast(npdu);
    if (!sent) { co_return tl::unexpected(sent.error()); }
    ++statistics_.requests;
    std::vector<FoundDevice> found;
    const TimePoint deadline = link_->transport().loop().now() + wait;
    while (found.size() < enough) {
        auto incoming = co_await link_->receive(deadline);
        if (!incoming) { co_return tl::unexpected(incoming.error()); }
        if (!*incoming) { break; }
        const auto heard = bacnet::decode_npdu((*incoming)->npdu);
        if (!heard || heard->message) { continue; }
        const auto apdu = bacnet::decode_apdu(heard->data);
        const auto* said = apdu ? std::get_if<bacnet::UnconfirmedRequest>(&*apdu) : nullptr;
        const auto i_am = static_cast<std::uint8_t>(bacnet::UnconfirmedService::i_am);
        if (said == nullptr || said->service != i_am) { continue; }
        const auto device = bacnet::decode_i_am(said->data);
        const bool asked_for =
            device && (!limits || (device->device.instance >= limits->low && device->device.instance <= limits->high));
        if (!asked_for) { continue; }
        FoundDevice one;
        one.station = sender(**incoming, *heard);
        one.said = *device;
        const bool again = std::ranges::any_of(found, [&](const FoundDevice& other) {
            return other.station == one.station && other.said.device == one.said.device;
        });
        if (!again) { found.push_back(std::move(one)); }
    }
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
        found.push_back(std::move(router));
        if (network) { co_return found; }
    }
}

Task<Result<void>> Client::pause(Duration duration) {
    const TimePoint deadline = link_->transport().loop().now() + duration;
    for (;;) {
        auto incoming = co_await link_->receive(deadline);
        if (!incoming) { co_return tl::unexpected(incoming.error()); }
        if (!*incoming) { co_return Result<void>(); }
    }
}

} // namespace meterctl::sessions::bacnet

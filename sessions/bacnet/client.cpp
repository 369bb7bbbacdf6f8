#include "sessions/bacnet/client.hpp"

#include <fmt/format.h>

namespace meterctl::sessions::bacnet {

namespace bacnet = codecs::bacnet;

namespace {

constexpr std::uint8_t any_number_of_segments = 7;
constexpr std::size_t request_header = 4; ///< of one that is not segmented

bool ends_all(const Error& error) {
    return error.category == Category::endpoint || error.category == Category::interrupted ||
           error.category == Category::usage || error.category == Category::refused;
}

/// Behind a router the network address counts, whichever router brought it.
bool comes_from(const Station& station, const Incoming& incoming, const bacnet::Npdu& npdu) {
    if (station.remote || npdu.source) { return station.remote == npdu.source; }
    return station.link.empty() || incoming.from.empty() || station.link == incoming.from;
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

Station sender_of(const Incoming& incoming, const bacnet::Npdu& npdu) {
    Station station;
    station.link = incoming.from;
    station.remote = npdu.source;
    return station;
}

Bytes carried_to(const Station& to, const bacnet::Apdu& apdu, bool expecting_reply) {
    bacnet::Npdu npdu;
    npdu.expecting_reply = expecting_reply;
    npdu.destination = to.remote;
    npdu.data = bacnet::encode(apdu);
    return bacnet::encode(npdu);
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

bacnet::ConfirmedRequest Client::request_of(const Question& question) const {
    bacnet::ConfirmedRequest request;
    request.invoke_id = question.invoke_id;
    request.service = question.service;
    request.max_apdu = link_->max_apdu();
    request.max_segments = any_number_of_segments;
    request.segmented_answer_accepted = true;
    request.data = question.data;
    return request;
}

Bytes Client::request(const Station& to, bacnet::ConfirmedService service, Bytes data) const {
    Question question;
    question.to = to;
    question.service = static_cast<std::uint8_t>(service);
    question.invoke_id = next_invoke_id_;
    question.data = std::move(data);
    return carried_to(to, bacnet::Apdu(request_of(question)), true);
}

Task<Result<void>> Client::send(const Station& to, const bacnet::Apdu& apdu, bool expecting_reply) {
    const Bytes npdu = carried_to(to, apdu, expecting_reply);
    auto sent = co_await link_->send(to.link, npdu, expecting_reply);
    co_return sent;
}

Task<Result<Bytes>> Client::ask(Station to, bacnet::ConfirmedService service, Bytes data) {
    return ask(std::move(to), service, std::move(data), PeerLimits());
}

Task<Result<Bytes>> Client::ask(Station to, bacnet::ConfirmedService service, Bytes data, PeerLimits limits) {
    auto opened = co_await link_->open();
    if (!opened) { co_return tl::unexpected(opened.error()); }
    Question question;
    question.to = std::move(to);
    question.service = static_cast<std::uint8_t>(service);
    question.data = std::move(data);
    question.invoke_id = next_invoke_id_++;
    for (unsigned attempt = 0;; ++attempt) {
        // Segments of the answer before must not be taken for those of the next.
        if (attempt_.in_parts) { question.invoke_id = next_invoke_id_++; }
        attempt_ = Attempt();
        ++statistics_.requests;
        auto answer = co_await exchange(question, limits);
        if (answer && *answer) {
            ++statistics_.answers;
            heard_from_ = true;
            attempt_ = Attempt();
            co_return std::move(**answer);
        }
        const bool over = attempt >= options_.retries;
        if (!answer && (ends_all(answer.error()) || over)) { co_return tl::unexpected(answer.error()); }
        if (over) { break; }
        ++statistics_.retries;
        if (options_.notice) { options_.notice("asking again"); }
    }
    const auto nothing = unanswered(question.to);
    attempt_ = Attempt();
    co_return nothing;
}

tl::unexpected<Error> Client::unanswered(const Station& to) const {
    const std::string times = fmt::format("asked {} times", options_.retries + 1);
    const bool mixed_up = attempt_.silence == Silence::mixed_up;
    if (mixed_up) {
        return fail(
            Category::untrusted, "other stations speak while the answer is due, " + times, where(to),
            {"stations of one address, or a second token: `meterctl scan --listen-only` shows who passes tokens",
             "a longer turn-round time of a gateway in between"},
            "bacnet.two_tokens");
    }
    if (attempt_.silence == Silence::damaged || attempt_.unreadable) {
        return fail(Category::untrusted, "what comes as an answer is damaged, " + times, where(to),
                    {"two devices of one address, which speak at the same time: disconnect one",
                     "terminating resistors, wires A and B, shield", "baud rate (`meterctl scan`)"},
                    "bacnet.damaged");
    }
    if (attempt_.in_parts) {
        return fail(Category::timeout, "the answer stopped between its segments, " + times, where(to),
                    {"a longer --timeout", "fewer points at a time"}, "bacnet.segment_missing");
    }
    return fail(Category::timeout, "no answer, " + times, where(to),
                link_->is_ip() ? std::vector<std::string>{"`meterctl scan`, which asks who is there",
                                                          "behind a router: -a NETWORK:MAC or -a device:NUMBER"}
                               : std::vector<std::string>{"check address and baud rate (`meterctl scan`)",
                                                          "check the wiring, A and B"},
                "bacnet.no_answer");
}

Task<Client::Answer> Client::exchange(const Question& question, PeerLimits limits) {
    if (question.data.size() + request_header > limits.max_apdu) {
        auto answer = co_await send_in_parts(question, limits);
        co_return answer;
    }
    const bacnet::Apdu request(request_of(question));
    auto sent = co_await send(question.to, request, true);
    if (!sent) { co_return tl::unexpected(sent.error()); }
    auto answer = co_await await_answer(question);
    co_return answer;
}

/// The next APDU from there. nullopt: none came in time, and attempt_ says what came instead.
Task<Client::Heard> Client::next_apdu(const Station& from, TimePoint deadline) {
    for (;;) {
        auto incoming = co_await link_->receive(deadline);
        if (!incoming) { co_return tl::unexpected(incoming.error()); }
        if (!*incoming || (*incoming)->silence != Silence::none) {
            if (*incoming) { attempt_.silence = (*incoming)->silence; }
            ++statistics_.timeouts;
            co_return std::optional<bacnet::Apdu>();
        }
        const auto npdu = bacnet::decode_npdu((*incoming)->npdu);
        if (!npdu) {
            attempt_.unreadable = attempt_.unreadable || from.link == (*incoming)->from;
            ++statistics_.dropped_foreign;
            continue;
        }
        if (npdu->message) {
            const auto told = bacnet::decode_message(*npdu->message, npdu->data);
            const auto* reject = told ? std::get_if<bacnet::RejectMessage>(&*told) : nullptr;
            const bool ours = reject != nullptr && from.remote && reject->network == from.remote->network;
            if (!ours) { continue; }
            const auto reason = bacnet::reject_reason_text(reject->reason);
            const std::string why = reason.empty() ? fmt::format("reason {}", reject->reason) : std::string(reason);
            co_return fail(Category::refused,
                           fmt::format("the router takes nothing for network {}: {}", reject->network, why),
                           where(from), {"`meterctl scan`, which names the networks", "the number of the network"},
                           fmt::format("bacnet.network.{}", reject->reason));
        }
        if (!comes_from(from, **incoming, *npdu)) {
            ++statistics_.dropped_foreign;
            continue;
        }
        auto apdu = bacnet::decode_apdu(npdu->data);
        if (apdu) {
            const auto report = co_await take_report(sender_of(**incoming, *npdu), *apdu);
            if (!report) { co_return tl::unexpected(report.error()); }
            if (*report != Report::none) { continue; }
            co_return std::optional<bacnet::Apdu>(std::move(*apdu));
        }
        attempt_.unreadable = true;
        ++statistics_.dropped_foreign;
    }
}

/// nullopt: nothing came in time.
Task<Client::Answer> Client::await_answer(const Question& question) {
    constexpr std::uint8_t widest_window = 16;
    constexpr std::size_t longest_answer = 1U << 20U;
    constexpr Duration segments_stopped = std::chrono::seconds(8); // four times Tseg, clause 5.4.4.4
    transports::Loop& loop = link_->transport().loop();
    TimePoint deadline = loop.now() + patience();
    bacnet::Reassembly parts(widest_window, longest_answer);
    for (;;) {
        auto apdu = co_await next_apdu(question.to, deadline);
        if (!apdu) { co_return tl::unexpected(apdu.error()); }
        if (!*apdu) { co_return std::optional<Bytes>(); }
        const auto* ack = std::get_if<bacnet::ComplexAck>(&**apdu);
        const bool in_parts =
            ack != nullptr && ack->segment && ack->invoke_id == question.invoke_id && ack->service == question.service;
        if (in_parts) {
            attempt_.in_parts = true;
            deadline = loop.now() + options_.timeout.value_or(segments_stopped);
            auto whole = co_await part_of_answer(question, *ack, parts);
            if (!whole || *whole) { co_return whole; }
            continue;
        }
        auto judged = judge(question, **apdu);
        if (!judged || *judged) { co_return judged; }
    }
}

/// nullopt where the APDU is not the answer.
Client::Answer Client::judge(const Question& question, const bacnet::Apdu& apdu) {
    const auto ours = [&](std::uint8_t id) {
        if (id != question.invoke_id) { ++statistics_.dropped_late; }
        return id == question.invoke_id;
    };
    const auto refused = [&](Error error) -> Answer {
        ++statistics_.exceptions;
        heard_from_ = true;
        const std::string place = where(question.to);
        error.where = error.where.empty() ? place : place + ", " + error.where;
        return tl::unexpected(std::move(error));
    };
    if (const auto* simple = std::get_if<bacnet::SimpleAck>(&apdu)) {
        if (ours(simple->invoke_id) && simple->service == question.service) { return std::optional(Bytes()); }
    } else if (const auto* complex = std::get_if<bacnet::ComplexAck>(&apdu)) {
        const bool whole = !complex->segment && complex->service == question.service;
        if (ours(complex->invoke_id) && whole) { return std::optional(complex->data); }
    } else if (const auto* error = std::get_if<bacnet::ErrorPdu>(&apdu)) {
        if (ours(error->invoke_id) && error->service == question.service) {
            refusal_data_ = error->data;
            return refused(bacnet::refusal(*error));
        }
    } else if (const auto* reject = std::get_if<bacnet::RejectPdu>(&apdu)) {
        if (ours(reject->invoke_id)) { return refused(bacnet::refusal(*reject)); }
    } else if (const auto* abort = std::get_if<bacnet::AbortPdu>(&apdu)) {
        if (ours(abort->invoke_id)) { return refused(bacnet::refusal(*abort)); }
    }
    return std::optional<Bytes>();
}

Task<Result<void>> Client::tell(Station to, bacnet::UnconfirmedService service, Bytes data) {
    auto opened = co_await link_->open();
    if (!opened) { co_return opened; }
    bacnet::UnconfirmedRequest request;
    request.service = static_cast<std::uint8_t>(service);
    request.data = std::move(data);
    const bacnet::Apdu apdu(std::move(request));
    ++statistics_.requests;
    auto sent = co_await send(to, apdu, false);
    co_return sent;
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

// Requests and answers in segments. ASHRAE 135, clauses 5.2, 5.3 and 5.4.4.
#include "sessions/bacnet/client.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::sessions::bacnet {

namespace bacnet = codecs::bacnet;

namespace {

constexpr Duration Tseg = std::chrono::seconds(2);
constexpr unsigned segment_tries = 3;
constexpr std::size_t segment_header = 6;
constexpr std::uint8_t window_of_sockets = 16;

} // namespace

/// The peer is told that we are no longer in this state; whether it hears it is all the same.
Task<void> Client::abort(const Question& question) {
    constexpr std::uint8_t invalid_apdu_in_this_state = 2;
    bacnet::AbortPdu abort;
    abort.invoke_id = question.invoke_id;
    abort.reason = invalid_apdu_in_this_state;
    const bacnet::Apdu out(abort);
    const auto sent = co_await send(question.to, out, false);
    static_cast<void>(sent);
}

/// The whole message behind its last segment.
Task<Client::Answer> Client::part_of_answer(const Question& question, bacnet::ComplexAck ack,
                                            bacnet::Reassembly& parts) {
    const auto step = parts.receive(*ack.segment, ack.data);
    if (!step) {
        co_await abort(question);
        Error error = step.error();
        error.where = where(question.to);
        co_return tl::unexpected(std::move(error));
    }
    if (step->acknowledge) {
        bacnet::SegmentAck reply;
        reply.negative = step->negative;
        reply.invoke_id = ack.invoke_id;
        reply.sequence = step->sequence;
        reply.window = step->window;
        const bacnet::Apdu out(reply);
        auto sent = co_await send(question.to, out, false);
        if (!sent) { co_return tl::unexpected(sent.error()); }
    }
    co_return step->complete ? std::optional<Bytes>(parts.take()) : std::nullopt;
}

/// A request that is too long for one APDU of the peer: a window of segments at a time, each window again where nothing
/// acknowledges it.
Task<Client::Answer> Client::send_in_parts(const Question& question, PeerLimits limits) {
    const std::size_t most = std::min<std::size_t>(limits.max_apdu, link_->max_apdu()) - segment_header;
    // On a line each segment waits for the token and for its acknowledgment.
    bacnet::Segmentation parts(question.data, most, link_->is_ip() ? window_of_sockets : 1);
    if (limits.max_segments != 0 && parts.segments() > limits.max_segments) {
        co_return fail(
            Category::refused,
            fmt::format("the request takes {} segments, and the device {}", parts.segments(), limits.max_segments),
            where(question.to), {"fewer values at a time"}, "bacnet.too_many_segments");
    }
    transports::Loop& loop = link_->transport().loop();
    for (unsigned tries = 0; !parts.done();) {
        const auto due = parts.due();
        for (std::size_t i = 0; i < due.size(); ++i) {
            bacnet::ConfirmedRequest request = request_of(question);
            request.segment = due[i].segment;
            request.data.assign(due[i].data.begin(), due[i].data.end());
            const bacnet::Apdu out(std::move(request));
            auto sent = co_await send(question.to, out, i + 1 == due.size());
            if (!sent) { co_return tl::unexpected(sent.error()); }
        }
        const TimePoint deadline = loop.now() + (link_->is_ip() ? Tseg : patience());
        bool moved = false, again = false;
        while (!moved && !again) {
            auto apdu = co_await next_apdu(question.to, deadline);
            if (!apdu) { co_return tl::unexpected(apdu.error()); }
            if (!*apdu) { break; }
            const auto* ack = std::get_if<bacnet::SegmentAck>(&**apdu);
            if (ack == nullptr) {
                auto judged = judge(question, **apdu);
                if (!judged || *judged) { co_return judged; }
            } else if (ack->server && ack->invoke_id == question.invoke_id) {
                moved = parts.acknowledge(ack->sequence, ack->window);
                again = ack->negative;
            } else {
                ++statistics_.dropped_late;
            }
        }
        if (moved) {
            tries = 0;
        } else if (++tries >= segment_tries) {
            co_await abort(question);
            co_return std::optional<Bytes>();
        }
    }
    auto answer = co_await await_answer(question);
    co_return answer;
}

} // namespace meterctl::sessions::bacnet

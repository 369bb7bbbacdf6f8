// What devices report by themselves: COV notifications, unconfirmed, or confirmed and then acknowledged. ASHRAE 135,
// clauses 13.6 and 13.7.
#include "sessions/bacnet/client.hpp"

#include <algorithm>

namespace meterctl::sessions::bacnet {

namespace bacnet = codecs::bacnet;

namespace {

constexpr std::uint8_t invalid_tag = 4;                                ///< a reason of Reject
constexpr std::uint32_t services_class = 5, unknown_subscription = 79; ///< of Error
/// A device that hears no acknowledgment repeats what it said last of each of its reports under way.
constexpr std::size_t remembered = 16;

bacnet::Apdu acknowledgment(const bacnet::ConfirmedRequest& request) {
    bacnet::SimpleAck ack;
    ack.invoke_id = request.invoke_id;
    ack.service = request.service;
    return ack;
}

bacnet::Apdu nobody_subscribed(const bacnet::ConfirmedRequest& request) {
    bacnet::ErrorPdu error;
    error.invoke_id = request.invoke_id;
    error.service = request.service;
    error.error_class = services_class;
    error.error_code = unknown_subscription;
    return error;
}

bacnet::Apdu unreadable(const bacnet::ConfirmedRequest& request) {
    bacnet::RejectPdu reject;
    reject.invoke_id = request.invoke_id;
    reject.reason = invalid_tag;
    return reject;
}

} // namespace

/// What to say to a confirmed report. One that was taken before, and whose acknowledgment was lost, is not told again.
bacnet::Apdu Client::reply_to(const Station& from, const bacnet::ConfirmedRequest& request, Report& outcome) {
    const auto notification = bacnet::decode_cov_notification(request.data);
    if (!notification) { return unreadable(request); }
    TakenReport report;
    report.from = from;
    report.invoke_id = request.invoke_id;
    report.data = request.data;
    if (std::ranges::find(taken_reports_, report) != taken_reports_.end()) {
        ++statistics_.dropped_late;
        return acknowledgment(request);
    }
    if (!reported_(from, *notification)) { return nobody_subscribed(request); }
    outcome = Report::taken;
    taken_reports_.push_back(std::move(report));
    if (taken_reports_.size() > remembered) { taken_reports_.pop_front(); }
    return acknowledgment(request);
}

Task<Result<Client::Report>> Client::take_report(Station from, bacnet::Apdu apdu) {
    if (!reported_) { co_return Report::none; }
    if (const auto* told = std::get_if<bacnet::UnconfirmedRequest>(&apdu)) {
        if (told->service != static_cast<std::uint8_t>(bacnet::UnconfirmedService::cov_notification)) {
            co_return Report::none;
        }
        const auto notification = bacnet::decode_cov_notification(told->data);
        co_return notification&& reported_(from, *notification) ? Report::taken : Report::foreign;
    }
    const auto* request = std::get_if<bacnet::ConfirmedRequest>(&apdu);
    const bool report = request != nullptr && !request->segment &&
                        request->service == static_cast<std::uint8_t>(bacnet::ConfirmedService::cov_notification);
    if (!report) { co_return Report::none; }
    Report outcome = Report::foreign;
    const bacnet::Apdu reply = reply_to(from, *request, outcome);
    auto sent = co_await send(from, reply, false);
    if (!sent) { co_return tl::unexpected(sent.error()); }
    co_return outcome;
}

Task<Result<bool>> Client::await_report(TimePoint deadline) {
    for (;;) {
        auto incoming = co_await link_->receive(deadline);
        if (!incoming) { co_return tl::unexpected(incoming.error()); }
        if (!*incoming) { co_return false; }
        const auto npdu = bacnet::decode_npdu((*incoming)->npdu);
        if (!npdu || npdu->message) { continue; }
        auto apdu = bacnet::decode_apdu(npdu->data);
        if (!apdu) { continue; }
        const auto report = co_await take_report(sender_of(**incoming, *npdu), std::move(*apdu));
        if (!report) { co_return tl::unexpected(report.error()); }
        if (*report == Report::taken) { co_return true; }
    }
}

} // namespace meterctl::sessions::bacnet

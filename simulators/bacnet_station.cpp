#include "simulators/bacnet_station.hpp"

#include "simulators/bacnet_services.hpp"

#include <algorithm>

namespace meterctl::simulators {

namespace bacnet = codecs::bacnet;

namespace {

using namespace std::chrono_literals;
using bacnet::Apdu;

enum AbortReason : std::uint8_t { buffer_overflow = 1, segmentation_not_supported = 4 };
enum RejectReason : std::uint8_t { invalid_tag = 4, unrecognized_service = 9 };
constexpr std::size_t complex_ack_header = 3, segment_header = 5;
constexpr std::uint8_t window = 4;   ///< segments sent at once
constexpr auto segment_timeout = 2s; ///< until segments are sent again
constexpr unsigned segment_tries = 3;
constexpr std::uint64_t usual_timeout_ms = 3000, usual_retries = 3;
constexpr unsigned control_bit = 17, subscribe_bit = 5;

bacnet::AbortPdu abort(std::uint8_t invoke_id, std::uint8_t reason) {
    bacnet::AbortPdu pdu;
    pdu.server = true;
    pdu.invoke_id = invoke_id;
    pdu.reason = reason;
    return pdu;
}

bacnet::RejectPdu reject(std::uint8_t invoke_id, std::uint8_t reason) {
    bacnet::RejectPdu pdu;
    pdu.invoke_id = invoke_id;
    pdu.reason = reason;
    return pdu;
}

bacnet::SimpleAck done(const bacnet::ConfirmedRequest& request) {
    bacnet::SimpleAck pdu;
    pdu.invoke_id = request.invoke_id;
    pdu.service = request.service;
    return pdu;
}

/// The most segments that an asker takes, by the code of its request; 0 where it does not say.
std::size_t most_segments(std::uint8_t code) {
    constexpr std::uint8_t greatest_number = 6;
    return code == 0 || code > greatest_number ? 0 : std::size_t{1} << code;
}

/// Of a property of the device object.
std::uint64_t device_number(const BacnetDevice& device, std::uint32_t property, std::uint64_t otherwise) {
    const BacnetObject* object = device.database().find(device.id());
    bacnet::PropertyReference reference;
    reference.property = property;
    if (object == nullptr) { return otherwise; }
    const auto value = object->read(reference);
    return value ? written_value<std::uint64_t>(*value).value_or(otherwise) : otherwise;
}

std::chrono::milliseconds apdu_timeout(const BacnetDevice& device) {
    return std::chrono::milliseconds(device_number(device, properties::apdu_timeout, usual_timeout_ms));
}

bool is(const bacnet::ConfirmedRequest& request, bacnet::ConfirmedService service) {
    return request.service == static_cast<std::uint8_t>(service);
}

} // namespace

bool BacnetStation::silent(Silence least, TimePoint now) {
    if (silent_until_ && *silent_until_ <= now) {
        silence_ = Silence::none;
        silent_until_.reset();
    }
    return silence_ >= least && silence_ != Silence::none;
}

std::vector<BacnetOutgoing> BacnetStation::receive(ByteView octets, const Bytes& link, TimePoint now) {
    const auto npdu = bacnet::decode_npdu(octets);
    const bool for_us =
        npdu && !npdu->message && (!npdu->destination || npdu->destination->network == bacnet::global_broadcast);
    if (!for_us) { return {}; }
    const auto apdu = bacnet::decode_apdu(npdu->data);
    if (!apdu) { return {}; }
    const BacnetPeer peer{link, npdu->source};
    if (const auto* confirmed = std::get_if<bacnet::ConfirmedRequest>(&*apdu)) {
        request(*confirmed, peer, now);
    } else if (const auto* unconfirmed = std::get_if<bacnet::UnconfirmedRequest>(&*apdu)) {
        if (silent(Silence::all, now)) { return {}; }
        if (const auto said = serve_unconfirmed(*device_, *unconfirmed)) {
            send(peer.remote ? peer : BacnetPeer{}, *said);
        }
    } else if (const auto* ack = std::get_if<bacnet::SegmentAck>(&*apdu)) {
        acknowledged(*ack, peer, now);
    } else if (const auto* end = std::get_if<bacnet::AbortPdu>(&*apdu)) {
        std::erase_if(transfers_,
                      [&](const Transfer& one) { return one.peer == peer && one.invoke_id == end->invoke_id; });
        answered(peer, end->invoke_id);
    } else if (const auto* simple = std::get_if<bacnet::SimpleAck>(&*apdu)) {
        answered(peer, simple->invoke_id);
    } else if (const auto* error = std::get_if<bacnet::ErrorPdu>(&*apdu)) {
        answered(peer, error->invoke_id);
    } else if (const auto* reject = std::get_if<bacnet::RejectPdu>(&*apdu)) {
        answered(peer, reject->invoke_id);
    }
    return std::exchange(out_, {});
}

void BacnetStation::request(const bacnet::ConfirmedRequest& request, const BacnetPeer& peer, TimePoint now) {
    const bool heeded_in_silence = is(request, bacnet::ConfirmedService::device_communication_control) ||
                                   is(request, bacnet::ConfirmedService::reinitialize_device);
    if (silent(Silence::all, now) && !heeded_in_silence) { return; }
    if (request.segment) {
        send(peer, abort(request.invoke_id, segmentation_not_supported));
        return;
    }
    Apdu said = answer(request, peer, now);
    const std::size_t most = std::min(request.max_apdu, device_->traits().max_apdu);
    auto* whole = std::get_if<bacnet::ComplexAck>(&said);
    if (whole == nullptr || whole->data.size() + complex_ack_header <= most) {
        send(peer, said);
        return;
    }
    begin_transfer(request, std::move(*whole), most, peer, now);
}

Apdu BacnetStation::answer(const bacnet::ConfirmedRequest& request, const BacnetPeer& peer, TimePoint now) {
    if (is(request, bacnet::ConfirmedService::device_communication_control) && device_->supports(control_bit)) {
        return control_communication(request, now);
    }
    if (is(request, bacnet::ConfirmedService::subscribe_cov) && device_->supports(subscribe_bit)) {
        return subscribe(request, peer, now);
    }
    const std::size_t most = std::min(request.max_apdu, device_->traits().max_apdu);
    if (is(request, bacnet::ConfirmedService::reinitialize_device)) { silence_ = Silence::none; }
    return serve_confirmed(*device_, request, most - complex_ack_header);
}

Apdu BacnetStation::control_communication(const bacnet::ConfirmedRequest& request, TimePoint now) {
    const auto service = bacnet::decode_device_communication_control(request.data);
    constexpr std::uint32_t enable = 0, disable = 1, disable_initiation = 2;
    if (!service || service->state > disable_initiation) { return reject(request.invoke_id, invalid_tag); }
    silence_ = service->state == enable    ? Silence::none
               : service->state == disable ? Silence::all
                                           : Silence::initiation;
    silent_until_.reset();
    if (service->minutes.value_or(0) != 0) { silent_until_ = now + std::chrono::minutes(*service->minutes); }
    return done(request);
}

Apdu BacnetStation::subscribe(const bacnet::ConfirmedRequest& request, const BacnetPeer& peer, TimePoint now) {
    const auto service = bacnet::decode_subscribe_cov(request.data);
    if (!service) { return reject(request.invoke_id, invalid_tag); }
    const auto subscribed = subscriptions_.subscribe(*device_, peer, *service, now);
    if (subscribed) { return done(request); }
    bacnet::ErrorPdu pdu;
    pdu.invoke_id = request.invoke_id;
    pdu.service = request.service;
    pdu.error_class = subscribed.error().error_class;
    pdu.error_code = subscribed.error().error_code;
    return pdu;
}

void BacnetStation::begin_transfer(const bacnet::ConfirmedRequest& request, bacnet::ComplexAck whole, std::size_t most,
                                   const BacnetPeer& peer, TimePoint now) {
    if (!device_->traits().segmentation || !request.segmented_answer_accepted) {
        send(peer, abort(request.invoke_id, segmentation_not_supported));
        return;
    }
    Transfer transfer{peer, request.invoke_id, request.service,
                      bacnet::Segmentation(std::move(whole.data), most - segment_header, window), now};
    const std::size_t limit = most_segments(request.max_segments);
    if (limit != 0 && transfer.segments.segments() > limit) {
        send(peer, abort(request.invoke_id, buffer_overflow));
        return;
    }
    std::erase_if(transfers_,
                  [&](const Transfer& one) { return one.peer == peer && one.invoke_id == request.invoke_id; });
    send_due(transfers_.emplace_back(std::move(transfer)), now);
}

void BacnetStation::send_due(Transfer& transfer, TimePoint now) {
    for (const auto& part : transfer.segments.due()) {
        bacnet::ComplexAck pdu;
        pdu.invoke_id = transfer.invoke_id;
        pdu.service = transfer.service;
        pdu.segment = part.segment;
        pdu.data.assign(part.data.begin(), part.data.end());
        send(transfer.peer, pdu, true);
    }
    transfer.again = now + segment_timeout;
}

void BacnetStation::acknowledged(const bacnet::SegmentAck& ack, const BacnetPeer& peer, TimePoint now) {
    const auto found = std::ranges::find_if(transfers_, [&](const Transfer& one) {
        return one.peer == peer && one.invoke_id == ack.invoke_id && !ack.server;
    });
    if (found == transfers_.end()) { return; }
    const bool moved = found->segments.acknowledge(ack.sequence, ack.window);
    if (found->segments.done()) {
        transfers_.erase(found);
    } else if (moved || ack.negative) {
        found->tries = 0;
        send_due(*found, now);
    }
}

void BacnetStation::notify(const BacnetNotification& notification, TimePoint now) {
    Bytes content = bacnet::encode(notification.content);
    if (!notification.confirmed) {
        bacnet::UnconfirmedRequest pdu;
        pdu.service = static_cast<std::uint8_t>(bacnet::UnconfirmedService::cov_notification);
        pdu.data = std::move(content);
        send(notification.peer, pdu);
        return;
    }
    bacnet::ConfirmedRequest pdu;
    pdu.invoke_id = next_invoke_id_++;
    pdu.service = static_cast<std::uint8_t>(bacnet::ConfirmedService::cov_notification);
    pdu.max_apdu = device_->traits().max_apdu;
    pdu.data = std::move(content);
    send(notification.peer, pdu, true);
    const auto tries = device_number(*device_, properties::number_of_apdu_retries, usual_retries);
    unanswered_.push_back({notification.peer, std::move(pdu), now + apdu_timeout(*device_), tries});
}

void BacnetStation::answered(const BacnetPeer& peer, std::uint8_t invoke_id) {
    std::erase_if(unanswered_,
                  [&](const Unanswered& one) { return one.peer == peer && one.request.invoke_id == invoke_id; });
}

void BacnetStation::repeat_unanswered(TimePoint now) {
    std::erase_if(unanswered_, [now](const Unanswered& one) { return one.again <= now && one.tries_left == 0; });
    for (Unanswered& one : unanswered_) {
        if (one.again > now) { continue; }
        if (!silent(Silence::initiation, now)) { send(one.peer, one.request, true); }
        --one.tries_left;
        one.again = now + apdu_timeout(*device_);
    }
}

std::vector<BacnetOutgoing> BacnetStation::advance(TimePoint now) {
    for (const BacnetNotification& one : subscriptions_.check(*device_, now)) {
        if (silent(Silence::initiation, now)) { continue; }
        notify(one, now);
    }
    repeat_unanswered(now);
    for (Transfer& transfer : transfers_) {
        if (transfer.again > now) { continue; }
        ++transfer.tries;
        if (transfer.tries <= segment_tries) { send_due(transfer, now); }
    }
    std::erase_if(transfers_, [](const Transfer& one) { return one.tries > segment_tries; });
    return std::exchange(out_, {});
}

std::optional<TimePoint> BacnetStation::next_deadline() const {
    auto next = subscriptions_.next_check();
    for (const Transfer& transfer : transfers_) {
        if (!next || transfer.again < *next) { next = transfer.again; }
    }
    for (const Unanswered& one : unanswered_) {
        if (!next || one.again < *next) { next = one.again; }
    }
    return next;
}

void BacnetStation::send(const BacnetPeer& peer, const Apdu& apdu, bool expecting_reply) {
    bacnet::Npdu npdu;
    npdu.expecting_reply = expecting_reply;
    npdu.destination = peer.remote;
    npdu.data = bacnet::encode(apdu);
    out_.push_back({peer.link, expecting_reply, bacnet::encode(npdu)});
}

} // namespace meterctl::simulators

#include "codecs/bacnet/exchange.hpp"

#include "codecs/bacnet/apdu_fields.hpp"
#include "src/core/hex.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::bacnet {
namespace {

constexpr std::size_t most_asked = 64, most_parts = 8;
constexpr std::uint8_t most_window = 127;

std::string station(const std::optional<NetworkAddress>& remote, const std::string& local) {
    return remote ? fmt::format("{}:{}", remote->network, to_hex(remote->address, "")) : local;
}

void add_route(DecodedFrame& frame, const Npdu& npdu) {
    if (npdu.source) { frame.summary += fmt::format(", from {}", station(npdu.source, {})); }
    if (npdu.destination && npdu.destination->network != global_broadcast) {
        frame.summary += fmt::format(", to {}", station(npdu.destination, {}));
    }
}

} // namespace

void Exchange::explain(DecodedFrame& frame, ByteView npdu, std::size_t base, const Link& link) {
    Field tree{"npdu", {}, {}, base, npdu.size(), {}};
    const auto decoded = decode_npdu(npdu);
    if (!decoded) {
        frame.summary = "no NPDU";
        frame.error = octets_error(decoded.error().what, base, decoded.error().code);
        tree.value = Bytes(npdu.begin(), npdu.end());
        frame.fields.push_back(std::move(tree));
        return;
    }
    auto shown = npdu_fields(npdu, *decoded, base);
    tree.children = std::move(shown.fields);
    if (decoded->message) {
        frame.summary = std::move(shown.summary);
        frame.error = std::move(shown.error);
    } else {
        const auto apdu = npdu.subspan(header_octets(*decoded));
        Field field{"apdu", {}, {}, base + npdu.size() - apdu.size(), apdu.size(), {}};
        explain_apdu(frame, field.children, apdu, field.offset, station(decoded->source, link.source),
                     station(decoded->destination, link.destination));
        if (!apdu.empty()) { tree.children.push_back(std::move(field)); }
    }
    add_route(frame, *decoded);
    frame.fields.push_back(std::move(tree));
}

void Exchange::explain_apdu(DecodedFrame& frame, std::vector<Field>& fields, ByteView apdu, std::size_t base,
                            const std::string& client, const std::string& server) {
    auto shown = apdu_fields(apdu, base, fields_);
    fields = std::move(shown.fields);
    frame.summary = std::move(shown.summary);
    frame.direction = shown.direction;
    frame.error = std::move(shown.error);
    if (frame.error) { return; }
    const auto decoded = decode_apdu(apdu);
    if (!decoded) { return; }
    const bool answer = shown.direction == Direction::response;
    const auto& asking = answer ? server : client;
    const auto& asked = answer ? client : server;
    explain_pdu(frame, *decoded, asking + ">" + asked + "#");
}

void Exchange::explain_pdu(DecodedFrame& frame, const Apdu& apdu, const std::string& link_key) {
    const auto key = [&](std::uint8_t invoke_id) { return link_key + fmt::format("{}", invoke_id); };
    if (const auto* const request = std::get_if<ConfirmedRequest>(&apdu)) {
        const auto of = key(request->invoke_id);
        const auto before = std::ranges::find(asked_, of, &Asked::key);
        if (before != asked_.end()) { asked_.erase(before); }
        if (asked_.size() >= most_asked) { asked_.pop_front(); }
        asked_.push_back({of, request->service, frame.offset});
        if (request->service == static_cast<std::uint8_t>(ConfirmedService::cov_notification) && !request->segment) {
            add_readings(frame, request->service, request->data);
        }
    } else if (const auto* const unconfirmed = std::get_if<UnconfirmedRequest>(&apdu)) {
        if (unconfirmed->service != static_cast<std::uint8_t>(UnconfirmedService::cov_notification)) { return; }
        add_readings(frame, static_cast<std::uint8_t>(ConfirmedService::cov_notification), unconfirmed->data);
    } else if (const auto* const ack = std::get_if<ComplexAck>(&apdu)) {
        const bool whole = !ack->segment || !ack->segment->more_follows;
        answered(frame, key(ack->invoke_id), ack->service, whole);
        if (ack->segment) { return add_segment(frame, *ack, key(ack->invoke_id)); }
        add_readings(frame, ack->service, ack->data);
    } else if (const auto* const done = std::get_if<SimpleAck>(&apdu)) {
        answered(frame, key(done->invoke_id), done->service, true);
    } else if (const auto* const error = std::get_if<ErrorPdu>(&apdu)) {
        answered(frame, key(error->invoke_id), error->service, true);
    }
}

void Exchange::answered(DecodedFrame& frame, const std::string& key, std::uint8_t service, bool last) {
    const auto found = std::ranges::find(asked_, key, &Asked::key);
    if (found == asked_.end() || found->service != service) { return; }
    frame.answers = found->offset;
    if (last) { asked_.erase(found); }
}

void Exchange::add_segment(DecodedFrame& frame, const ComplexAck& ack, const std::string& key) {
    auto part = std::ranges::find(parts_, key, &Part::key);
    if (ack.segment->sequence == 0) {
        if (part != parts_.end()) { parts_.erase(part); }
        if (parts_.size() >= most_parts) { parts_.pop_front(); }
        parts_.push_back({key, Reassembly(most_window)});
        part = std::prev(parts_.end());
    }
    if (part == parts_.end()) { return; }
    const auto step = part->reassembly.receive(*ack.segment, ack.data);
    if (step && !step->complete) { return; }
    if (step) {
        const auto whole = part->reassembly.take();
        const auto shown = service_fields(whole, syntax_of(Message::complex_ack, ack.service), 0, false);
        frame.summary += fmt::format(", {} octets in all: {}", whole.size(), shown.summary);
        add_readings(frame, ack.service, whole);
    }
    parts_.erase(part);
}

void Exchange::add_readings(DecodedFrame& frame, std::uint8_t service, ByteView data) const {
    if (!readings_) { return; }
    switch (static_cast<ConfirmedService>(service)) {
    case ConfirmedService::read_property:
        if (const auto ack = decode_read_property_ack(data)) { frame.readings = readings(points_, *ack); }
        return;
    case ConfirmedService::read_property_multiple:
        if (const auto ack = decode_read_property_multiple_ack(data)) { frame.readings = readings(points_, *ack); }
        return;
    case ConfirmedService::cov_notification:
        if (const auto notification = decode_cov_notification(data)) {
            frame.readings = readings(points_, *notification);
        }
        return;
    default:
        return;
    }
}

} // namespace meterctl::codecs::bacnet

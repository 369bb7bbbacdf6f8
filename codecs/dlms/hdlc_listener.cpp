#include "codecs/dlms/hdlc_listener.hpp"

#include "codecs/dlms/hdlc_parameters.hpp"
#include "codecs/dlms/hdlc_reject.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::dlms::hdlc {
namespace {

constexpr std::size_t longest_message = std::size_t{1} << 20U;

Field number(std::string_view name, std::uint64_t value, std::string text, std::size_t at, std::size_t octets) {
    return {std::string(name), Value(value), std::move(text), at, octets, {}};
}

Field address_field(std::string_view name, const Address& address, std::size_t at) {
    Field field{std::string(name), Value(text(address)), {}, at, address.size, {}};
    const std::size_t half = address.size == 1 ? 1U : address.size / 2U;
    field.children.push_back(number("logical", address.logical, {}, at, half));
    if (address.physical) { field.children.push_back(number("physical", *address.physical, {}, at + half, half)); }
    if (is_broadcast(address)) { field.text = "all stations"; }
    return field;
}

Field control_field(const Control& control, std::size_t at) {
    Field field = number("control", control.octet, text(control), at, 1);
    field.children.push_back({"type", Value(std::string(name(control.type))), {}, at, 1, {}});
    field.children.push_back({"poll_final", Value(control.poll_final), {}, at, 1, {}});
    if (control.type == FrameType::i) { field.children.push_back(number("send_number", control.send, {}, at, 1)); }
    const bool receives =
        control.type == FrameType::i || control.type == FrameType::rr || control.type == FrameType::rnr;
    if (receives) { field.children.push_back(number("receive_number", control.receive, {}, at, 1)); }
    return field;
}

Field check_field(std::string_view name, ByteView octets, std::size_t at) {
    return number(name, ByteReader(octets.subspan(at)).u16be(), "good", at, check_octets);
}

void parameter_fields(DecodedFrame& frame, const Parameters& parameters, std::size_t at, std::size_t octets) {
    Field field{"parameters", Value(text(parameters)), {}, at, octets, {}};
    field.children.push_back(number("max_info_transmit", parameters.max_info_transmit, {}, at, octets));
    field.children.push_back(number("max_info_receive", parameters.max_info_receive, {}, at, octets));
    field.children.push_back(number("window_transmit", parameters.window_transmit, {}, at, octets));
    field.children.push_back(number("window_receive", parameters.window_receive, {}, at, octets));
    frame.fields.push_back(std::move(field));
    frame.summary += ": " + text(parameters);
}

std::string llc_text(std::uint8_t octet) {
    return octet == 0xE6 ? "E6 E6 00, of a request" : "E6 E7 00, of an answer";
}

std::optional<Direction> direction_of(const Frame& frame) {
    switch (frame.control.type) {
    case FrameType::snrm:
    case FrameType::disc:
        return Direction::request;
    case FrameType::ua:
    case FrameType::dm:
    case FrameType::frmr:
        return Direction::response;
    default:
        break;
    }
    if (has_llc(frame.information)) { return frame.information[1] == 0xE6 ? Direction::request : Direction::response; }
    if (frame.destination.size == frame.source.size) { return std::nullopt; }
    return frame.destination.size > frame.source.size ? Direction::request : Direction::response;
}

} // namespace

void Listener::orient(DecodedFrame& frame, const Frame& decoded) {
    auto direction = direction_of(decoded);
    // Some meters answer with the LLC of requests: who was once known as the client stays it.
    if (client_ && decoded.source != decoded.destination) {
        if (*client_ == decoded.source) { direction = Direction::request; }
        if (*client_ == decoded.destination) { direction = Direction::response; }
    }
    if (direction) { frame.direction = *direction; }
    const bool request = frame.direction == Direction::request;
    if (frame.direction == Direction::unknown) { return; }
    client_ = request ? decoded.source : decoded.destination;
    const auto& server = request ? decoded.destination : decoded.source;
    parties_ = {frame.direction, client_->logical, server.logical, server.physical.value_or(0)};
    if (request) {
        asked_ = frame.offset;
    } else if (decoded.control.type != FrameType::ui) {
        frame.answers = asked_;
    }
}

void Listener::explain(DecodedFrame& frame, std::size_t at) {
    const ByteView octets(frame.octets);
    const auto header = read_header(octets.subspan(at));
    const auto decoded = decode(octets.subspan(at, header.length));
    if (!decoded) { return; }
    orient(frame, *decoded);
    auto& fields = frame.fields;
    Field format = number("format", ByteReader(octets.subspan(at)).u16be(), "type 3", at, 2);
    format.children.push_back({"segmented", Value(decoded->segmented), {}, at, 1, {}});
    format.children.push_back(number("length", header.length, {}, at, 2));
    fields.push_back(std::move(format));
    fields.push_back(address_field("destination", decoded->destination, at + 2));
    fields.push_back(address_field("source", decoded->source, at + 2U + decoded->destination.size));
    const auto control_at = at + header.octets - 1;
    fields.push_back(control_field(decoded->control, control_at));
    frame.summary =
        fmt::format("{} > {} {}", text(decoded->source), text(decoded->destination), text(decoded->control));
    if (decoded->segmented) { frame.summary += ", segmented"; }
    if (header.has_hcs) { fields.push_back(check_field("hcs", octets, control_at + 1)); }
    if (!decoded->information.empty()) { explain_information(frame, *decoded, control_at + 1 + check_octets); }
    fields.push_back(check_field("fcs", frame.octets, at + header.length - check_octets));
}

void Listener::explain_information(DecodedFrame& frame, const Frame& decoded, std::size_t at) {
    const auto& information = decoded.information;
    const auto type = decoded.control.type;
    if (type == FrameType::snrm || type == FrameType::ua) {
        if (const auto parameters = decode_parameters(information)) {
            return parameter_fields(frame, *parameters, at, information.size());
        }
    }
    if (type == FrameType::frmr) {
        if (const auto reject = decode_reject(information)) {
            const auto said = text(decode_control(reject->control)) + ": " + text(*reject);
            frame.summary += ": " + said;
            frame.fields.push_back({"reject", Value(information), said, at, information.size(), {}});
            return;
        }
    }
    if (type == FrameType::i || type == FrameType::ui) { return explain_message(frame, decoded, at); }
    frame.fields.push_back({"information", Value(information), {}, at, information.size(), {}});
}

void Listener::explain_message(DecodedFrame& frame, const Frame& decoded, std::size_t at) {
    auto& message = messages_.at(static_cast<std::size_t>(frame.direction));
    const auto& information = decoded.information;
    const bool numbered = decoded.control.type == FrameType::i;
    const auto length = information.size();
    auto body = encode(decoded);
    const bool repeated = numbered && message.last == body;
    message.last = std::move(body);
    if (repeated) {
        frame.summary += ", repeated";
        frame.fields.push_back({"information", Value(information), "as before", at, length, {}});
        return;
    }
    const bool llc = has_llc(information);
    const bool follows =
        message.open && !llc && message.numbered == numbered && (!numbered || message.next == decoded.control.send);
    // Without LLC, a frame continues what is open; or it is a block of a general block transfer, alone.
    message.torn = !follows && !llc && (message.open || message.torn || decoded.segmented);
    if (!follows) { message.octets.clear(); }
    message.open = false;
    if (!follows && !message.torn && !decoded.segmented) { return explain_whole(frame, information, at, length); }
    const std::size_t front = llc ? llc_octets : 0;
    if (llc) { frame.fields.push_back(number("llc", information[1], llc_text(information[1]), at, front)); }
    const auto part = ByteView(information).subspan(front);
    frame.fields.push_back({"segment", Bytes(part.begin(), part.end()), {}, at + front, part.size(), {}});
    if (message.torn) {
        frame.summary += ", and the segment before it is missing";
        message.torn = decoded.segmented;
        return;
    }
    message.octets.insert(message.octets.end(), information.begin(), information.end());
    message.numbered = numbered;
    message.next = (decoded.control.send + 1U) & 7U;
    message.open = decoded.segmented && message.octets.size() <= longest_message;
    if (decoded.segmented) { return; }
    explain_whole(frame, std::exchange(message.octets, {}), std::nullopt, at);
}

/// `at`: where the message begins; none: it came in several frames, and the last part of it begins at `length`.
void Listener::explain_whole(DecodedFrame& frame, ByteView message, std::optional<std::size_t> at, std::size_t length) {
    const std::size_t front = has_llc(message) ? llc_octets : 0;
    const auto apdu = message.subspan(front);
    parties_.direction = frame.direction;
    if (at) {
        if (front > 0) { frame.fields.push_back(number("llc", message[1], llc_text(message[1]), *at, front)); }
        return conversation_.explain(frame, apdu, *at + front, parties_);
    }
    const auto before = frame.fields.size();
    conversation_.explain(frame, apdu, 0, parties_);
    std::vector<Field> added(std::make_move_iterator(frame.fields.begin() + static_cast<std::ptrdiff_t>(before)),
                             std::make_move_iterator(frame.fields.end()));
    frame.fields.resize(before);
    const auto end = frame.octets.size() - 1 - check_octets;
    place_fields(added, length, end - length);
    for (auto& field : added) { frame.fields.push_back(std::move(field)); }
}

} // namespace meterctl::codecs::dlms::hdlc

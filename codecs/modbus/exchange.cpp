#include "codecs/modbus/exchange.hpp"

#include "codecs/modbus/answering.hpp"
#include "codecs/modbus/pdu_fields.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::modbus {
namespace {

bool answers(const Adu& adu, const Asked& asked) {
    return decode_response(adu.pdu, &asked.request).has_value();
}

std::uint8_t function_of_pdu(ByteView pdu) {
    return static_cast<std::uint8_t>(pdu.empty() ? 0 : pdu[0] & ~exception_flag);
}

std::string why_not(const Adu& adu, std::uint16_t transaction, const Asked& asked) {
    if (transaction != asked.transaction) {
        return fmt::format("transaction {}, awaited {}", transaction, asked.transaction);
    }
    return why_no_answer(adu, asked.address, asked.request);
}

void put(DecodedFrame& frame, PduFields&& shown) {
    frame.summary = std::move(shown.summary);
    frame.error = std::move(shown.error);
    std::ranges::move(shown.fields, std::back_inserter(frame.fields));
}

} // namespace

const Asked* Exchange::awaited(std::uint8_t address, std::uint16_t transaction, std::uint8_t function) const {
    const auto found = std::find_if(asked_.rbegin(), asked_.rend(), [&](const Asked& one) {
        return one.address == address && one.transaction == transaction && function_of(one.request) == function;
    });
    return found == asked_.rend() ? nullptr : &*found;
}

Direction Exchange::direction_of(const Adu& adu, std::uint16_t transaction, Direction known) const {
    if (known != Direction::unknown) { return known; }
    const auto* const asked = awaited(adu.address, transaction, function_of_pdu(adu.pdu));
    if (asked != nullptr && answers(adu, *asked)) { return Direction::response; }
    if (!adu.pdu.empty() && (adu.pdu[0] & exception_flag) != 0) { return Direction::response; }
    const bool only_response = !decode_request(adu.pdu) && decode_response(adu.pdu);
    return only_response ? Direction::response : Direction::request;
}

void Exchange::explain(DecodedFrame& frame, const Adu& adu, std::uint16_t transaction, Direction known,
                       Placement placement) {
    frame.direction = direction_of(adu, transaction, known);
    if (frame.direction == Direction::request) {
        explain_request(frame, adu, transaction, placement);
    } else {
        explain_response(frame, adu, transaction, placement);
    }
}

void Exchange::explain_part(DecodedFrame& frame, const Adu& adu, Direction direction, Placement placement) const {
    frame.direction = direction;
    const bool request = direction == Direction::request;
    put(frame, request ? request_fields(adu.pdu, placement) : response_fields(adu.pdu, placement, nullptr));
}

void Exchange::explain_request(DecodedFrame& frame, const Adu& adu, std::uint16_t transaction, Placement placement) {
    put(frame, request_fields(adu.pdu, placement));
    auto request = decode_request(adu.pdu);
    if (!request) { return; }
    const auto* const before = awaited(adu.address, transaction, function_of_pdu(adu.pdu));
    const bool broadcast = adu.address == 0; // nobody answers, so that repeating it means nothing
    if (!broadcast && before != nullptr && before->request == *request) {
        frame.summary += " (asked again: a retry, an echo or another master)";
    }
    if (asked_.size() >= outstanding_) { asked_.pop_front(); }
    asked_.push_back({std::move(*request), adu.address, transaction, frame.offset});
}

void Exchange::explain_response(DecodedFrame& frame, const Adu& adu, std::uint16_t transaction, Placement placement) {
    const auto* const asked = awaited(adu.address, transaction, function_of_pdu(adu.pdu));
    const auto response = decode_response(adu.pdu, asked != nullptr ? &asked->request : nullptr);
    if (asked == nullptr || !response) {
        put(frame, response_fields(adu.pdu, placement, nullptr));
        if (!asked_.empty() && !frame.error) {
            frame.summary += " (not the answer awaited: " + why_not(adu, transaction, asked_.back()) + ")";
        }
        return;
    }
    put(frame, response_fields(adu.pdu, placement, &asked->request));
    frame.answers = asked->offset;
    frame.readings = points_.readings(asked->request, *response);
    std::erase_if(asked_, [&](const Asked& one) { return &one == asked; });
}

} // namespace meterctl::codecs::modbus

#include "codecs/modbus/rtu_stream.hpp"

#include "codecs/modbus/fit.hpp"
#include "codecs/modbus/names.hpp"
#include "codecs/modbus/pdu_fields.hpp"
#include "codecs/modbus/rtu.hpp"
#include "src/core/crc.hpp"
#include "src/core/hex.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::modbus {
namespace {

using rtu::Candidate;
using rtu::Fit;

/// The same octets as both kinds of frame; a known direction leaves one of them.
struct Both {
    Candidate request, response;
};

Both fit_both(ByteView rest, Direction known, const Request* asked) {
    Both both;
    if (known != Direction::response) { both.request = rtu::fit_request(rest); }
    if (known != Direction::request) { both.response = rtu::fit_response(rest, asked); }
    return both;
}

std::uint8_t function_at(ByteView rest) {
    return static_cast<std::uint8_t>(rest.size() < 2 ? 0 : rest[1] & ~exception_flag);
}

const Request* awaited_at(const Exchange& exchange, ByteView rest) {
    if (rest.size() < 2) { return nullptr; }
    const auto* const asked = exchange.awaited(rest[0], 0, function_at(rest));
    return asked != nullptr ? &asked->request : nullptr;
}

/// Of a damaged frame nothing is said where its head is as likely noise.
bool likely_head(ByteView octets) {
    if (function_name(function_at(octets)).empty()) { return false; }
    const bool exception = (octets[1] & exception_flag) != 0;
    return !exception || (octets.size() > 2 && exception_info(octets[2]) != nullptr);
}

std::uint16_t crc_in(ByteView frame) {
    return static_cast<std::uint16_t>(frame[frame.size() - 2] | (frame[frame.size() - 1] << 8));
}

Field address_field(ByteView frame) {
    return {"address", Value(std::uint64_t{frame[0]}), frame[0] == 0 ? "broadcast" : "", 0, 1, {}};
}

/// Whether a frame of known length stands behind the first octet: with so many lengths to try, noise in front of good
/// frames sometimes ends, together with them, in what looks like a CRC.
bool holds_frame(ByteView octets) {
    for (std::size_t at = 1; at + rtu::min_frame <= octets.size(); ++at) {
        const auto rest = octets.subspan(at);
        if (rtu::fit_request(rest).fit == Fit::good || rtu::fit_response(rest).fit == Fit::good) { return true; }
    }
    return false;
}

std::string_view kind_of(Direction direction) {
    return direction == Direction::request ? "a request to" : "an answer of";
}

} // namespace

RtuStream::RtuStream(const DecodeOptions& options) : LaneStream("modbus-rtu", options, 1, rtu::max_frame) {}

Verdict RtuStream::judge(ByteView rest, Direction known, bool trusted, bool silent) const {
    // Half of all octets have the flag of an exception, whose five octets any CRC of noise can make.
    const bool exception = rest.size() > 2 && rest[1] >= exception_flag;
    if (exception && !trusted && !likely_head(rest)) { return {Verdict::Kind::no, 0}; }
    const auto both = fit_both(rest, known, awaited_at(exchange_, rest));
    std::size_t shortest = 0;
    for (const auto& one : {both.request, both.response}) {
        if (one.fit == Fit::good && (shortest == 0 || one.octets < shortest)) { shortest = one.octets; }
    }
    if (shortest != 0) { return {Verdict::Kind::frame, shortest}; }
    const bool open = both.request.fit == Fit::incomplete || both.response.fit == Fit::incomplete;
    return {open && !silent ? Verdict::Kind::wait : Verdict::Kind::no, 0};
}

std::size_t RtuStream::unsized(ByteView front) const {
    if (front.size() < rtu::min_frame) { return 0; }
    if (request_extent(front.subspan(1)).kind != Extent::Kind::unknown) { return 0; }
    const auto octets = rtu::shortest_good(front);
    return octets != 0 && !holds_frame(front.first(octets)) ? octets : 0;
}

void RtuStream::explain(DecodedFrame& frame, Direction known) {
    const ByteView octets(frame.octets);
    const auto pdu = octets.subspan(1, octets.size() - rtu::overhead);
    frame.fields.push_back(address_field(octets));
    exchange_.explain(frame, {octets[0], pdu}, 0, known, {1, 1});
    frame.fields.push_back({"crc", Value(std::uint64_t{crc_in(octets)}), "good", octets.size() - 2, 2, {}});
}

bool RtuStream::explain_damaged(DecodedFrame& frame, Direction known, bool silent) {
    const ByteView octets(frame.octets);
    if (!likely_head(octets)) { return false; }
    const auto* const asked = awaited_at(exchange_, octets);
    const auto both = fit_both(octets, known, asked);
    const auto [likely, other] =
        asked != nullptr ? std::pair(both.response, both.request) : std::pair(both.request, both.response);
    const auto likely_direction = asked != nullptr ? Direction::response : Direction::request;
    const auto other_direction = asked != nullptr ? Direction::request : Direction::response;
    if (likely.fit == Fit::bad_crc && (other.fit != Fit::bad_crc || other.octets != octets.size())) {
        return explain_crc(frame, likely_direction, likely.octets);
    }
    if (other.fit == Fit::bad_crc) { return explain_crc(frame, other_direction, other.octets); }
    if (!silent) { return false; }
    if (likely.fit == Fit::incomplete) { return explain_incomplete(frame, likely_direction, likely.octets); }
    return other.fit == Fit::incomplete && explain_incomplete(frame, other_direction, other.octets);
}

bool RtuStream::explain_crc(DecodedFrame& frame, Direction direction, std::size_t octets) {
    frame.octets.resize(octets);
    const ByteView all(frame.octets);
    frame.direction = direction;
    frame.summary = fmt::format("damaged: {} {}, {}", kind_of(direction), all[0], function_title(function_at(all)));
    const auto right = ByteWriter{}.u16le(crc16_modbus(all.first(octets - 2))).take();
    frame.error = stream_error(fmt::format("the CRC is {} where {} would be right", to_hex(all.last(2)), to_hex(right)),
                               "modbus.crc");
    ++counters_.crc_errors;
    return true;
}

bool RtuStream::explain_incomplete(DecodedFrame& frame, Direction direction, std::size_t octets) {
    const ByteView all(frame.octets);
    const auto pdu_octets = std::min(octets - rtu::overhead, all.size() - 1);
    frame.fields.push_back(address_field(all));
    exchange_.explain_part(frame, {all[0], all.subspan(1, pdu_octets)}, direction, {1, 1});
    frame.error = stream_error(fmt::format("incomplete: {} of {} octets", all.size(), octets), "modbus.length");
    ++counters_.bad_lengths;
    return true;
}

} // namespace meterctl::codecs::modbus

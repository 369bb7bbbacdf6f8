#include "codecs/modbus/rtu.hpp"

#include "codecs/modbus/answering.hpp"
#include "codecs/modbus/fit.hpp"
#include "src/core/crc.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::modbus::rtu {
namespace {

constexpr auto server_id = static_cast<std::uint8_t>(Function::report_server_id);

Adu adu_of(ByteView frame) {
    return {frame[0], frame.subspan(1, frame.size() - overhead)};
}

/// As an answer of `address` to `request`, or its exception.
Candidate as_answer(ByteView buffer, std::uint8_t address, const Request& request) {
    const auto function = function_of(request);
    if (buffer.empty() || buffer[0] != address) { return {}; }
    if (buffer.size() >= 2 && (buffer[1] & ~exception_flag) != function) { return {}; }
    const auto found = fit_response(buffer, &request);
    const bool length_is_sure = found.fit != Fit::no && function != server_id;
    if (length_is_sure || found.fit == Fit::good || buffer.size() < 2) { return found; }
    if (const auto octets = shortest_good(buffer); octets != 0) { return {Fit::good, octets}; }
    return buffer.size() < max_frame ? Candidate{Fit::incomplete, buffer.size() + 1} : Candidate{};
}

/// As a frame of anybody: an answer or a request.
Candidate as_any(ByteView buffer) {
    const auto answer = fit_response(buffer);
    return answer.fit == Fit::good ? answer : fit_request(buffer);
}

Step frame_step(ByteView frame, std::uint8_t address, const Request& request, codecs::Counters& counters) {
    auto why = why_no_answer(adu_of(frame), address, request);
    return why.empty() ? frame_of(frame.size(), counters) : skip_of(frame.size(), std::move(why), counters);
}

/// Where, after the front, an answer of `address` could begin; the buffer's size where nowhere.
std::size_t next_start(ByteView buffer, std::uint8_t address, std::uint8_t function) {
    for (std::size_t at = 1; at < buffer.size(); ++at) {
        const bool last = at + 1 == buffer.size();
        if (buffer[at] == address && (last || (buffer[at + 1] & ~exception_flag) == function)) { return at; }
    }
    return buffer.size();
}

/// Nothing more comes: what the octets that made no answer were.
Step leftover(ByteView buffer, std::uint8_t address, const Request& request, Fit front, codecs::Counters& counters) {
    const auto damaged = [&](std::size_t at) {
        return as_answer(buffer.subspan(at), address, request).fit == Fit::bad_crc;
    };
    for (std::size_t at = 0; at < buffer.size(); ++at) {
        if (damaged(at)) {
            ++counters.crc_errors;
            return skip_of(buffer.size(), "crc", counters);
        }
    }
    if (front == Fit::incomplete) { ++counters.bad_lengths; }
    return skip_of(buffer.size(), front == Fit::incomplete ? "incomplete" : "no frame", counters);
}

/// Octets are missing, at least one.
Step missing(ByteView buffer, const Candidate& candidate) {
    const bool known = candidate.fit == Fit::incomplete && candidate.octets > buffer.size();
    return {Step::Kind::need_more, known ? candidate.octets - buffer.size() : 1, {}};
}

} // namespace

Bytes encode(std::uint8_t address, ByteView pdu) {
    ByteWriter writer;
    writer.u8(address).bytes(pdu);
    writer.u16le(crc16_modbus(writer.view()));
    return writer.take();
}

Result<Adu> decode(ByteView frame) {
    if (frame.size() < min_frame || frame.size() > max_frame) {
        return fail(Category::untrusted, fmt::format("{} octets are no RTU frame", frame.size()), {}, {},
                    "modbus.length");
    }
    if (!crc_is_good(frame)) { return fail(Category::untrusted, "crc", {}, {}, "modbus.crc"); }
    return adu_of(frame);
}

Step next_answer(ByteView buffer, std::uint8_t address, const Request& request, bool silent,
                 codecs::Counters& counters) {
    const auto own = as_answer(buffer, address, request);
    if (own.fit == Fit::good) { return frame_step(buffer.first(own.octets), address, request, counters); }
    if (const auto foreign = as_any(buffer); foreign.fit == Fit::good) {
        return frame_step(buffer.first(foreign.octets), address, request, counters);
    }
    for (std::size_t at = 1; at < buffer.size(); ++at) {
        if (as_answer(buffer.subspan(at), address, request).fit == Fit::good) {
            return skip_of(at, "no frame", counters);
        }
    }
    if (silent && !buffer.empty()) { return leftover(buffer, address, request, own.fit, counters); }
    if (own.fit == Fit::bad_crc) {
        ++counters.crc_errors;
        return skip_of(next_start(buffer, address, function_of(request)), "crc", counters);
    }
    if (buffer.size() > 2 * max_frame) { return skip_of(buffer.size() - max_frame, "no frame", counters); }
    return missing(buffer, own);
}

Step next_request(ByteView buffer, bool silent, codecs::Counters& counters) {
    const auto front = fit_request(buffer);
    if (front.fit == Fit::good) { return frame_of(front.octets, counters); }
    if (const auto answer = fit_response(buffer); answer.fit == Fit::good) {
        return skip_of(answer.octets, "an answer of another device", counters);
    }
    // A function or count this codec does not know is still a request, to be refused by an exception.
    const bool whole = buffer.size() >= min_frame && buffer.size() <= max_frame && crc_is_good(buffer);
    if (whole && (silent || front.fit == Fit::no)) { return frame_of(buffer.size(), counters); }
    for (std::size_t at = 1; at < buffer.size(); ++at) {
        if (fit_request(buffer.subspan(at)).fit == Fit::good) { return skip_of(at, "no frame", counters); }
    }
    if (silent && !buffer.empty()) {
        counters.crc_errors += front.fit == Fit::bad_crc ? 1U : 0U;
        return skip_of(buffer.size(), front.fit == Fit::bad_crc ? "crc" : "no frame", counters);
    }
    if (buffer.size() > 2 * max_frame) { return skip_of(buffer.size() - max_frame, "no frame", counters); }
    return missing(buffer, front);
}

std::size_t expected_answer_octets(const Request& request) {
    const auto registers = [](std::size_t count) { return overhead + 2 + 2 * count; };
    if (const auto* const read = std::get_if<ReadRequest>(&request)) {
        const bool bits = read->table == Table::coil || read->table == Table::discrete;
        return bits ? overhead + 2 + (read->count + 7U) / 8 : registers(read->count);
    }
    if (const auto* const both = std::get_if<ReadWriteRegisters>(&request)) { return registers(both->read_count); }
    if (std::holds_alternative<WriteCoils>(request) || std::holds_alternative<WriteRegisters>(request)) {
        return overhead + 5;
    }
    const auto octets = modbus::encode(request);
    return octets && answer_may_equal_request(function_of(request)) ? octets->size() + overhead : max_frame;
}

} // namespace meterctl::codecs::modbus::rtu

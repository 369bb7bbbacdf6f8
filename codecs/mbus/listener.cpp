#include "codecs/mbus/listener.hpp"

#include "codecs/mbus/frame_fields.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::mbus {
namespace {

constexpr std::size_t data_at = 7; ///< octets before the data of a long frame

Error untrusted(std::string what, std::string code) {
    return Error{Category::untrusted, std::move(what), {}, {}, std::move(code)};
}

/// What is wrong within a frame whose checksum is right.
std::optional<Error> fault_of(const Telegram& telegram) {
    const auto* const variable = std::get_if<VariableData>(&telegram);
    if (variable == nullptr) { return std::nullopt; }
    if (variable->encrypted) { return untrusted("the records are encrypted", "mbus.encrypted"); }
    if (!variable->content.damage) { return std::nullopt; }
    return damage_error(*variable->content.damage, data_at + variable->records_at);
}

} // namespace

void Listener::explain(DecodedFrame& frame, const Frame& decoded) {
    const bool request = decoded.kind != FrameKind::ack && is_request(decoded.control);
    frame.direction = request ? Direction::request : Direction::response;
    if (request) {
        frame.fields = frame_fields(frame.octets, decoded, nullptr);
        frame.summary = frame_summary(decoded, nullptr);
        heard_request(frame);
    } else {
        heard_answer(frame, decoded);
    }
    acknowledged_ = decoded.kind == FrameKind::ack;
}

void Listener::heard_request(DecodedFrame& frame) {
    if (asked_ && asked_->octets == frame.octets) { frame.summary += " (asked again: a retry or an echo)"; }
    asked_ = Asked{frame.offset, frame.octets};
}

void Listener::heard_answer(DecodedFrame& frame, const Frame& decoded) {
    if (asked_) { frame.answers = asked_->offset; }
    if (decoded.kind == FrameKind::ack && acknowledged_ && !asked_) {
        frame.error = untrusted("a second acknowledgement: more than one slave answers", "mbus.collision");
    }
    asked_.reset();
    if (decoded.kind == FrameKind::ack || decoded.kind == FrameKind::short_frame) {
        frame.fields = frame_fields(frame.octets, decoded, nullptr);
        frame.summary = frame_summary(decoded, nullptr);
        return;
    }
    auto telegram = decode_telegram(decoded.ci, decoded.data);
    if (!telegram) {
        const Telegram raw = Unknown{decoded.ci, decoded.data};
        frame.fields = frame_fields(frame.octets, decoded, &raw);
        frame.summary = frame_summary(decoded, &raw);
        frame.error = std::move(telegram.error());
        return;
    }
    frame.fields = frame_fields(frame.octets, decoded, &*telegram);
    frame.summary = frame_summary(decoded, &*telegram);
    frame.error = fault_of(*telegram);
    read(frame, *telegram);
}

void Listener::read(DecodedFrame& frame, const Telegram& telegram) {
    if (const auto* const variable = std::get_if<VariableData>(&telegram)) {
        read_variable(frame, *variable);
    } else if (const auto* const fixed = std::get_if<FixedData>(&telegram)) {
        read_fixed(frame, *fixed);
    }
}

void Listener::read_variable(DecodedFrame& frame, const VariableData& variable) {
    const auto& identity = variable.header.identity;
    if (!readout_ || !(readout_->identity == identity)) { readout_ = Readout{identity, Namer(identity.medium), 0}; }
    const auto& records = variable.content.records;
    const auto is_data = [](const Record& record) { return record.kind == Record::Kind::data; };
    if (points_.empty()) {
        name(frame, records);
    } else {
        frame.readings = points_.readings(variable.header, records, readout_->records);
    }
    readout_->records += static_cast<std::size_t>(std::ranges::count_if(records, is_data));
    if (!variable.content.more_follows) { readout_.reset(); }
}

void Listener::name(DecodedFrame& frame, std::span<const Record> records) {
    frame.readings.reserve(records.size());
    for (const auto& record : records) {
        if (record.kind == Record::Kind::global_readout) { continue; } // a master's word, which says nothing here
        frame.readings.push_back(readout_->namer.reading(record));
    }
}

void Listener::read_fixed(DecodedFrame& frame, const FixedData& fixed) {
    Namer namer(fixed.medium);
    unsigned number = 0;
    for (const auto& counter : fixed.counters) { frame.readings.push_back(namer.reading(counter, ++number)); }
}

void Listener::explain_damaged(DecodedFrame& frame) {
    const ByteView octets(frame.octets);
    const auto decoded = decode(octets);
    const std::size_t whole = octets.size() > 1 && octets[0] == long_start ? octets[1] + 6U : short_octets;
    const bool incomplete = octets.size() < whole;
    frame.summary = incomplete ? "incomplete frame" : "damaged frame";
    if (incomplete) {
        frame.error = untrusted(fmt::format("incomplete: {} of {} octets", octets.size(), whole), "mbus.length");
    } else if (!decoded) {
        frame.error = decoded.error();
    }
    if (octets[0] != long_start || octets.size() < data_at) { return; }
    const auto data = octets.subspan(data_at, std::min(octets.size(), std::max(whole - 2, data_at)) - data_at);
    const Frame part{FrameKind::long_frame, octets[4], octets[5], octets[6], data};
    frame.direction = is_request(part.control) ? Direction::request : Direction::response;
    const auto telegram = decode_telegram(part.ci, data);
    const bool shown = telegram.has_value() && frame.direction == Direction::response;
    frame.summary += ": " + frame_summary(part, shown ? &*telegram : nullptr);
    frame.fields = part_fields(octets, part, shown ? &*telegram : nullptr);
}

} // namespace meterctl::codecs::mbus

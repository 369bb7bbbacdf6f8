#include "codecs/bacnet/ip_stream.hpp"

#include "codecs/bacnet/bvlc.hpp"
#include "codecs/bacnet/field_row.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::bacnet {
namespace {

using Kind = Verdict::Kind;

constexpr std::size_t endpoint_octets = 6;
constexpr std::uint8_t last_function = static_cast<std::uint8_t>(BvlcFunction::secure_bvll);

std::string mask_text(const std::array<std::uint8_t, 4>& mask) {
    return fmt::format("{}.{}.{}.{}", mask[0], mask[1], mask[2], mask[3]);
}

void add_endpoint(FieldRow& row, std::string_view name, const IpEndpoint& peer) {
    row.add(name, peer.text(), endpoint_octets);
}

/// What is no NPDU.
struct MessageFields {
    FieldRow& row;
    std::string& summary;

    void operator()(const BvlcResult& message) const {
        row.u16("result", message.code, std::string(result_text(message.code)));
        summary += ": " + std::string(result_text(message.code));
    }
    void operator()(const BroadcastTable& message) const {
        for (const auto& entry : message.entries) {
            add_endpoint(row, "peer", entry.peer);
            row.add("mask", mask_text(entry.mask), entry.mask.size());
        }
        summary += fmt::format(", {} entries", message.entries.size());
    }
    void operator()(const ReadTable& /*message*/) const {}
    void operator()(const RegisterForeignDevice& message) const {
        row.u16("time_to_live", message.time_to_live);
        summary += fmt::format(" for {} s", message.time_to_live);
    }
    void operator()(const ForeignDeviceTable& message) const {
        for (const auto& entry : message.entries) {
            add_endpoint(row, "peer", entry.peer);
            row.u16("time_to_live", entry.time_to_live);
            row.u16("remaining", entry.remaining);
        }
        summary += fmt::format(", {} entries", message.entries.size());
    }
    void operator()(const DeleteForeignDevice& message) const { add_endpoint(row, "peer", message.peer); }
    void operator()(const OtherBvlc& message) const { row.octets("octets", message.octets); }
    void operator()(const CarriedNpdu& /*message*/) const {}
    void operator()(const ForwardedNpdu& /*message*/) const {}
};

void header_fields(std::vector<Field>& fields, ByteView octets) {
    ByteReader reader(octets);
    FieldRow row(fields, 0);
    row.u8("type", reader.u8(), "BACnet/IP");
    const auto function = reader.u8();
    row.u8("function", function, std::string(function_text(function)));
    row.u16("length", reader.u16be());
}

} // namespace

IpStream::IpStream(const DecodeOptions& options) : FrameStream("bacnet-ip", options, {}) {}

Verdict IpStream::judge(ByteView rest, bool first, bool ended) const {
    if (rest[0] != bvlc_type) { return {}; }
    if (rest.size() < bvlc_header) { return ended ? Verdict{} : Verdict{Kind::wait, bvlc_header}; }
    const auto function = rest[1];
    const std::size_t length = ByteReader(rest.subspan(2)).u16be();
    if (function > last_function || length < bvlc_header || length > max_bvlc_message) {
        return first ? Verdict{Kind::damaged, ended ? rest.size() : bvlc_header} : Verdict{};
    }
    if (rest.size() < length) { return ended ? Verdict{Kind::damaged, rest.size()} : Verdict{Kind::wait, length}; }
    return decode_bvlc(rest.first(length)) ? Verdict{Kind::frame, length} : Verdict{Kind::damaged, length};
}

void IpStream::explain(DecodedFrame& frame, std::size_t /*front*/) {
    const ByteView octets = frame.octets;
    header_fields(frame.fields, octets);
    const auto function = octets[1];
    frame.summary = function_text(function).empty() ? "BACnet/IP" : std::string(function_text(function));
    const auto decoded = decode_bvlc(octets);
    if (!decoded) {
        frame.error = decoded.error();
        frame.summary += ": " + decoded.error().what;
        ++counters_.bad_lengths;
        const auto rest = octets.subspan(bvlc_header);
        if (!rest.empty()) {
            frame.fields.push_back({"data", Bytes(rest.begin(), rest.end()), {}, bvlc_header, rest.size(), {}});
        }
        return;
    }
    FieldRow row(frame.fields, bvlc_header);
    if (const auto* const carried = std::get_if<CarriedNpdu>(&*decoded)) {
        return exchange_.explain(frame, carried->npdu, bvlc_header, {});
    }
    if (const auto* const forwarded = std::get_if<ForwardedNpdu>(&*decoded)) {
        add_endpoint(row, "origin", forwarded->origin);
        exchange_.explain(frame, forwarded->npdu, bvlc_header + endpoint_octets, {});
        frame.summary += ", forwarded for " + forwarded->origin.text();
        return;
    }
    std::visit(MessageFields{row, frame.summary}, *decoded);
}

NpduStream::NpduStream(const DecodeOptions& options) : FrameStream("bacnet-npdu", options, {}) {}

Verdict NpduStream::judge(ByteView rest, bool first, bool ended) const {
    if (rest.size() >= max_bvlc_message) { return {Kind::damaged, max_bvlc_message}; }
    if (!ended) { return {Kind::wait, rest.size() + 1}; }
    return first && decode_npdu(rest) ? Verdict{Kind::frame, rest.size()} : Verdict{Kind::damaged, rest.size()};
}

void NpduStream::explain(DecodedFrame& frame, std::size_t /*front*/) {
    exchange_.explain(frame, Bytes(frame.octets), 0, {});
}

} // namespace meterctl::codecs::bacnet

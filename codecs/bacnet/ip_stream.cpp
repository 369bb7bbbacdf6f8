#include "codecs/bacnet/ip_stream.hpp"

#include "codecs/bacnet/bvlc.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::bacnet {
namespace {

using Kind = Verdict::Kind;

constexpr std::size_t endpoint_octets = 6;
constexpr std::uint8_t last_function = static_cast<std::uint8_t>(BvlcFunction::secure_bvll);

std::string mask_text(const std::array<std::uint8_t, 4>& mask) {
    return fmt::format("{}.{}.{}.{}", mask[0], mask[1], mask[2], mask[3]);
}

/// Fields that stand one behind the other.
class Row {
public:
    Row(std::vector<Field>& fields, std::size_t at) : fields_(fields), at_(at) {}
    void add(std::string_view name, Value value, std::size_t octets, std::string text = {}) {
        if (octets == 0) { return; }
        fields_.push_back({std::string(name), std::move(value), std::move(text), at_, octets, {}});
        at_ += octets;
    }
    void number(std::string_view name, std::uint16_t value, std::string text = {}) {
        add(name, std::uint64_t{value}, 2, std::move(text));
    }
    void endpoint(std::string_view name, const IpEndpoint& peer) { add(name, peer.text(), endpoint_octets); }

private:
    std::vector<Field>& fields_;
    std::size_t at_;
};

/// What is no NPDU.
struct MessageFields {
    Row& row;
    std::string& summary;

    void operator()(const BvlcResult& message) const {
        row.number("result", message.code, std::string(result_text(message.code)));
        summary += ": " + std::string(result_text(message.code));
    }
    void operator()(const BroadcastTable& message) const {
        for (const auto& entry : message.entries) {
            row.endpoint("peer", entry.peer);
            row.add("mask", mask_text(entry.mask), entry.mask.size());
        }
        summary += fmt::format(", {} entries", message.entries.size());
    }
    void operator()(const ReadTable& /*message*/) const {}
    void operator()(const RegisterForeignDevice& message) const {
        row.number("time_to_live", message.time_to_live);
        summary += fmt::format(" for {} s", message.time_to_live);
    }
    void operator()(const ForeignDeviceTable& message) const {
        for (const auto& entry : message.entries) {
            row.endpoint("peer", entry.peer);
            row.number("time_to_live", entry.time_to_live);
            row.number("remaining", entry.remaining);
        }
        summary += fmt::format(", {} entries", message.entries.size());
    }
    void operator()(const DeleteForeignDevice& message) const { row.endpoint("peer", message.peer); }
    void operator()(const OtherBvlc& message) const { row.add("octets", message.octets, message.octets.size()); }
    void operator()(const CarriedNpdu& /*message*/) const {}
    void operator()(const ForwardedNpdu& /*message*/) const {}
};

void header_fields(std::vector<Field>& fields, ByteView octets) {
    ByteReader reader(octets);
    Row row(fields, 0);
    row.add("type", std::uint64_t{reader.u8()}, 1, "BACnet/IP");
    const auto function = reader.u8();
    row.add("function", std::uint64_t{function}, 1, std::string(function_text(function)));
    row.number("length", reader.u16be());
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
    Row row(frame.fields, bvlc_header);
    if (const auto* const carried = std::get_if<CarriedNpdu>(&*decoded)) {
        return exchange_.explain(frame, carried->npdu, bvlc_header, {});
    }
    if (const auto* const forwarded = std::get_if<ForwardedNpdu>(&*decoded)) {
        row.endpoint("origin", forwarded->origin);
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

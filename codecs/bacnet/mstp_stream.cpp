#include "codecs/bacnet/mstp_stream.hpp"

#include "codecs/bacnet/field_row.hpp"
#include "codecs/bacnet/mstp_frame.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::bacnet {
namespace {

using mstp::frame_header;
using mstp::FrameType;
using mstp::Header;
using Kind = Verdict::Kind;

/// Silence that ends a frame: the longest Tframe_abort.
constexpr std::chrono::milliseconds frame_abort{100};
constexpr std::size_t preamble_octets = 2, crc_octets = 2;

bool begins_frame(ByteView octets) {
    return octets.size() >= frame_header && octets[0] == 0x55 && octets[1] == 0xFF &&
           mstp::read_header(octets).crc_good;
}

/// Where inside these octets another frame begins; their size where none does.
std::size_t next_frame(ByteView octets) {
    for (std::size_t at = 1; at + frame_header <= octets.size(); ++at) {
        if (begins_frame(octets.subspan(at))) { return at; }
    }
    return octets.size();
}

bool carries_npdu(std::uint8_t type) {
    switch (static_cast<FrameType>(type)) {
    case FrameType::data_expecting_reply:
    case FrameType::data_not_expecting_reply:
    case FrameType::extended_data_expecting_reply:
    case FrameType::extended_data_not_expecting_reply:
        return true;
    default:
        return false;
    }
}

std::string station_text(std::uint8_t station) {
    return station == mstp::broadcast ? "all" : fmt::format("{}", station);
}

void header_fields(std::vector<Field>& fields, const Header& header, std::size_t at) {
    FieldRow row(fields, at);
    row.add("preamble", Bytes{0x55, 0xFF}, preamble_octets);
    row.u8("frame_type", header.type, mstp::type_text(header.type));
    row.u8("destination", header.destination, header.destination == mstp::broadcast ? "all stations" : "");
    row.u8("source", header.source);
    row.u16("length", header.length);
    row.u8("header_crc", header.crc, header.crc_good ? "good" : "wrong");
}

/// Of a good frame.
void data_crc_field(std::vector<Field>& fields, ByteView octets, std::size_t front, const Header& header) {
    const std::size_t length = header.cobs() ? 5 : crc_octets;
    const auto at = octets.size() - length;
    FieldRow(fields, front + at).octets("data_crc", octets.subspan(at), "good");
}

} // namespace

MstpStream::MstpStream(const DecodeOptions& options) : FrameStream("bacnet-mstp", options, frame_abort) {}

std::size_t MstpStream::longest_front() const {
    return 16;
}

Verdict MstpStream::judge(ByteView rest, bool /*first*/, bool ended) const {
    if (rest[0] != 0x55) { return {}; }
    if (rest.size() > 1 && rest[1] != 0xFF) { return {}; }
    if (rest.size() < frame_header) {
        if (!ended) { return {Kind::wait, frame_header}; }
        return rest.size() > preamble_octets ? Verdict{Kind::damaged, rest.size()} : Verdict{};
    }
    const auto header = mstp::read_header(rest);
    if (!header.crc_good || !header.fault().empty()) { return {Kind::damaged, next_frame(rest.first(frame_header))}; }
    const auto octets = header.frame_octets();
    if (rest.size() < octets) {
        if (!ended) { return {Kind::wait, octets}; }
        return {Kind::damaged, next_frame(rest)};
    }
    const auto whole = rest.first(octets);
    if (mstp::decode(whole)) { return {Kind::frame, octets}; }
    return {Kind::damaged, next_frame(whole)};
}

void MstpStream::explain(DecodedFrame& frame, std::size_t front) {
    const auto octets = ByteView(frame.octets).subspan(front);
    if (front > 0) {
        frame.fields.push_back({"pseudo_header",
                                Bytes(frame.octets.begin(), frame.octets.begin() + static_cast<std::ptrdiff_t>(front)),
                                {},
                                0,
                                front,
                                {}});
    }
    const auto decoded = mstp::decode(octets);
    if (octets.size() < frame_header) {
        frame.error = decoded.error();
        frame.summary = decoded.error().what;
        return;
    }
    const auto header = mstp::read_header(octets);
    header_fields(frame.fields, header, front);
    const auto route = fmt::format("{} > {}", header.source, station_text(header.destination));
    frame.summary = fmt::format("{} {}", route, mstp::type_text(header.type));
    if (!decoded) {
        frame.error = decoded.error();
        frame.summary += ": " + decoded.error().what;
        counters_.crc_errors += decoded.error().code.ends_with("crc") ? 1U : 0U;
        const auto data = octets.subspan(frame_header);
        if (!data.empty()) {
            frame.fields.push_back(
                {"data", Bytes(data.begin(), data.end()), {}, front + frame_header, data.size(), {}});
        }
        return;
    }
    if (header.length == 0) { return; }
    const std::size_t base = front + frame_header + (header.cobs() ? 1U : 0U);
    if (carries_npdu(header.type)) {
        const Link link{fmt::format("{}", header.source), fmt::format("{}", header.destination)};
        exchange_.explain(frame, decoded->data, base, link);
        frame.summary = route + " " + frame.summary;
    } else {
        frame.fields.push_back({"data", decoded->data, {}, base, decoded->data.size(), {}});
    }
    data_crc_field(frame.fields, octets, front, header);
}

} // namespace meterctl::codecs::bacnet

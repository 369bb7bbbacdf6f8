#include "codecs/dlms/wrapper_stream.hpp"

#include "codecs/dlms/wrapper.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::dlms {
namespace {

using Kind = Verdict::Kind;
using wrapper::header_octets;
using wrapper::Step;

/// Who sends APDUs of such a tag; unknown where both do.
Direction sender(std::uint8_t tag) {
    const auto name = apdu_name(tag);
    const bool requests = name.ends_with("request") || tag == 0x60 || tag == 0x62;
    const bool reports = name.find("notification") != std::string_view::npos || name.ends_with("report");
    const bool responds = name.ends_with("response") || name.ends_with("error") || tag == 0x61 || tag == 0x63;
    if (reports || responds) { return Direction::response; }
    return requests ? Direction::request : Direction::unknown;
}

void header_fields(std::vector<Field>& fields, ByteView octets) {
    ByteReader reader(octets);
    for (const std::string_view name : {"version", "source_wport", "destination_wport", "length"}) {
        if (reader.remaining() < 2) { return; }
        const auto offset = reader.offset();
        fields.push_back({std::string(name), Value(std::uint64_t{reader.u16be()}), {}, offset, 2, {}});
    }
}

} // namespace

WrapperStream::WrapperStream(const DecodeOptions& options) : FrameStream("dlms-wrapper", {}), conversation_(options) {}

Verdict WrapperStream::judge(ByteView rest, bool joined, bool ended) {
    const auto step = wrapper::next_frame(rest);
    const bool opens = rest.size() >= header_octets && rest[0] == 0 && rest[1] == wrapper::version;
    if (step.kind == Step::Kind::skip) {
        const bool header = joined && opens;
        return header ? Verdict{Kind::damaged, header_octets} : Verdict{Kind::none, 1};
    }
    // Behind other octets, a header alone is believed only where an APDU follows.
    const bool named = rest.size() <= header_octets || !apdu_name(rest[header_octets]).empty();
    if (!joined && !named) { return {Kind::none, 1}; }
    if (step.kind == Step::Kind::frame) { return {Kind::frame, step.octets}; }
    if (!ended) { return {Kind::wait, step.octets}; }
    return joined || opens ? Verdict{Kind::damaged, rest.size()} : Verdict{Kind::none, rest.size()};
}

void WrapperStream::orient(DecodedFrame& frame, std::uint16_t source, std::uint16_t destination, std::uint8_t tag) {
    const auto by_tag = sender(tag);
    if (frame.direction == Direction::unknown) { frame.direction = by_tag; }
    if (frame.direction == Direction::unknown && client_ && source != destination) {
        if (*client_ == source) { frame.direction = Direction::request; }
        if (*client_ == destination) { frame.direction = Direction::response; }
    }
    if (frame.direction == Direction::unknown) { return; }
    client_ = frame.direction == Direction::request ? source : destination;
    if (frame.direction == Direction::request) {
        asked_ = frame.offset;
    } else {
        frame.answers = asked_;
    }
}

void WrapperStream::explain(DecodedFrame& frame, std::size_t /*front*/, bool good) {
    const ByteView octets(frame.octets);
    header_fields(frame.fields, octets);
    if (!good) {
        ++counters_.bad_lengths;
        const auto header = wrapper::read_header(octets);
        const auto fault = octets.size() < header_octets ? "" : wrapper::fault(header);
        auto what = fmt::format("incomplete: {} of {} octets", octets.size(), header_octets + header.length);
        if (octets.size() < header_octets) { what = fmt::format("incomplete: {} octets of a header", octets.size()); }
        if (!fault.empty()) { what = fault; }
        frame.error = Error{Category::untrusted, what, {}, {}, "dlms.wrapper.length"};
        frame.summary = "wrapper: " + what;
        const auto rest = octets.subspan(std::min(header_octets, octets.size()));
        if (!rest.empty()) {
            frame.fields.push_back({"octets", Bytes(rest.begin(), rest.end()), {}, header_octets, rest.size(), {}});
        }
        return;
    }
    const auto header = wrapper::read_header(octets);
    orient(frame, header.source, header.destination, octets[header_octets]);
    frame.summary = fmt::format("{} > {}", header.source, header.destination);
    const bool request = frame.direction == Direction::request;
    const Parties parties{frame.direction, request ? header.source : header.destination,
                          request ? header.destination : header.source};
    conversation_.explain(frame, Bytes(octets.begin() + header_octets, octets.end()), header_octets, parties);
}

} // namespace meterctl::codecs::dlms

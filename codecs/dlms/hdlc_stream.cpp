#include "codecs/dlms/hdlc_stream.hpp"

#include "codecs/dlms/hdlc_receiver.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::dlms {
namespace {

using hdlc::Step;

/// The longest inter-octet time-out that the HDLC setup class takes is 6 s; what is apart by more is no frame.
constexpr std::chrono::seconds longest_gap{6};

/// A frame without its flags, as far as it is there.
std::size_t body_at(const DecodedFrame& frame, std::size_t front) {
    return frame.octets.size() > front && frame.octets[front] == hdlc::flag ? front + 1 : front;
}

} // namespace

HdlcStream::HdlcStream(const DecodeOptions& options) : FrameStream("dlms-hdlc", longest_gap), listener_(options) {}

Verdict HdlcStream::judge(ByteView rest, bool joined, bool ended) {
    Counters ignored;
    const auto step = hdlc::next_frame(rest, joined, ended, ignored);
    switch (step.kind) {
    case Step::Kind::need_more:
        return {Verdict::Kind::wait, step.octets};
    case Step::Kind::frame:
        return {Verdict::Kind::frame, step.octets};
    case Step::Kind::flags:
        return {Verdict::Kind::fill, step.octets};
    case Step::Kind::damaged:
        // What only looked like a frame's first octets is noise.
        return {step.octets < hdlc::min_frame ? Verdict::Kind::none : Verdict::Kind::damaged, step.octets};
    case Step::Kind::noise:
        break;
    }
    return {Verdict::Kind::none, step.octets};
}

void HdlcStream::explain(DecodedFrame& frame, std::size_t front, bool good) {
    const auto at = body_at(frame, front);
    if (good) { return listener_.explain(frame, at); }
    const auto body = ByteView(frame.octets).subspan(at);
    const auto header = hdlc::read_header(body);
    const bool whole = header.length > 0 && body.size() >= header.length;
    auto decoded = hdlc::decode(body.first(whole ? header.length : body.size()));
    frame.error = decoded ? Error{Category::untrusted, "no flag ends the frame", {}, {}, "dlms.hdlc.flag"}
                          : std::move(decoded.error());
    if (header.fault.empty() && !whole) {
        frame.error = Error{Category::untrusted,
                            fmt::format("incomplete: {} of {} octets", body.size(), header.length),
                            {},
                            {},
                            "dlms.hdlc.length"};
    }
    const auto& code = frame.error->code;
    const bool check = code == "dlms.hdlc.hcs" || code == "dlms.hdlc.fcs";
    ++(check ? counters_.crc_errors : code == "dlms.hdlc.address" ? counters_.bad_headers : counters_.bad_lengths);
    frame.summary = "HDLC: " + frame.error->what;
    frame.fields.push_back({"octets", Value(Bytes(body.begin(), body.end())), {}, at, body.size(), {}});
}

} // namespace meterctl::codecs::dlms

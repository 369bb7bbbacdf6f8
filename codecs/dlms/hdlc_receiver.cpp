#include "codecs/dlms/hdlc_receiver.hpp"

#include <algorithm>

namespace meterctl::codecs::dlms::hdlc {
namespace {

using Kind = Step::Kind;

/// Where behind the first octet a frame could begin; the end where nowhere.
std::size_t next_flag(ByteView octets) {
    const auto rest = octets.subspan(1);
    return static_cast<std::size_t>(std::ranges::find(rest, flag) - rest.begin()) + 1;
}

struct Judgement {
    Kind kind;
    std::size_t octets; ///< of the body, or missing
    std::string_view why{};
};

/// Of octets behind a flag.
Judgement judge(ByteView body) {
    const auto header = read_header(body);
    if (!header.fault.empty()) {
        const bool begun = header.length > 0;
        return {begun ? Kind::damaged : Kind::noise, 0, header.fault.starts_with("an address") ? "address" : "length"};
    }
    const auto checked = header.octets + check_octets;
    if (header.octets > 0 && header.has_hcs && body.size() >= checked && !header.hcs_good) {
        return {Kind::damaged, 0, "HCS"};
    }
    const auto whole = std::max(header.length, min_frame);
    if (body.size() <= whole) { return {Kind::need_more, whole + 1 - body.size()}; }
    if (body[whole] != flag) { return {Kind::damaged, 0, "flag"}; }
    if (!decode(body.first(whole))) { return {Kind::damaged, 0, "FCS"}; }
    return {Kind::frame, whole};
}

void count(Counters& counters, const Step& step) {
    counters.skipped_octets += step.octets;
    if (step.kind == Kind::noise) { return; }
    const bool check = step.why == "FCS" || step.why == "HCS";
    ++(check ? counters.crc_errors : step.why == "address" ? counters.bad_headers : counters.bad_lengths);
}

} // namespace

Step next_frame(ByteView buffer, bool after_flag, bool silent, Counters& counters) {
    if (buffer.empty()) { return {Kind::need_more, 1}; }
    const bool opens = buffer[0] == flag;
    if (!opens && !after_flag) {
        const Step step{Kind::noise, next_flag(buffer)};
        count(counters, step);
        return step;
    }
    const std::size_t front = opens ? 1 : 0;
    if (opens && (buffer.size() == 1 ? silent : buffer[1] == flag)) { return {Kind::flags, 1}; }
    const auto body = buffer.subspan(front);
    const auto judgement = judge(body);
    if (judgement.kind == Kind::need_more && !silent) { return {Kind::need_more, judgement.octets}; }
    if (judgement.kind == Kind::frame) {
        ++counters.frames;
        return {Kind::frame, front + judgement.octets + 1, body.first(judgement.octets)};
    }
    // One flag alone, behind a frame or before what is none, is nobody's damage.
    if (judgement.kind == Kind::noise && opens) { return {Kind::flags, 1}; }
    Step step{judgement.kind, next_flag(buffer), {}, judgement.why};
    if (judgement.kind == Kind::need_more) {
        step.kind = Kind::damaged;
        step.why = "incomplete";
    }
    count(counters, step);
    return step;
}

std::optional<Frame> Receiver::next(bool silent) {
    for (;;) {
        const auto step = next_frame(buffer_, after_flag_, silent, counters_);
        if (step.kind == Kind::need_more) { return std::nullopt; }
        std::optional<Frame> frame;
        if (step.kind == Kind::frame) { frame = *decode(step.body); }
        after_flag_ = step.kind == Kind::frame || step.kind == Kind::flags;
        buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(step.octets));
        if (frame) { return frame; }
    }
}

} // namespace meterctl::codecs::dlms::hdlc

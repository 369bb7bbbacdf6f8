#include "codecs/iec62056_21/stream.hpp"

#include "src/core/parity.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::iec62056_21 {
namespace {

constexpr std::size_t slice = 1024; ///< octets taken at a time, so that little is moved when messages leave the front
constexpr std::size_t longest_noise = std::size_t{16} * 1024; ///< octets that are told in one

/// Nobody waits longer within a message (6.5: 1.5 s between two characters).
constexpr std::chrono::milliseconds longest_gap{3000};

constexpr std::array directions{Direction::unknown, Direction::request, Direction::response};
constexpr std::size_t enough = 8; ///< octets of even parity that make a parity bit likely

Error stream_error(std::string what, std::string code, std::vector<std::string> hints = {}) {
    return Error{Category::untrusted, std::move(what), {}, std::move(hints), std::move(code)};
}

/// Where a message begins whose parity bits are there: '/', SOH or STX with bit 7 set, and even parity behind it.
std::size_t parity_start(ByteView octets) {
    constexpr std::array<std::uint8_t, 3> starts{0x80 | '/', 0x80 | soh, 0x80 | stx};
    for (std::size_t i = 0; i < octets.size(); ++i) {
        if (std::ranges::find(starts, octets[i]) == starts.end()) { continue; }
        const auto some = octets.subspan(i, std::min(enough, octets.size() - i));
        if (std::ranges::all_of(some, even_parity)) { return i; }
    }
    return octets.size();
}

bool is_text(std::uint8_t octet) {
    return (octet >= ' ' && octet <= '~') || octet == cr || octet == lf;
}

/// What stands between messages and is no fault: NULs that wake a battery meter (6.4.5), and empty lines.
bool explain_filling(DecodedFrame& frame, ByteView octets) {
    constexpr std::uint8_t nul = 0;
    const auto all = [&](auto fits) { return std::ranges::all_of(octets, fits); };
    if (all([](std::uint8_t one) { return one == nul; })) {
        frame.summary = "wake-up";
        return true;
    }
    if (!all([](std::uint8_t one) { return one == cr || one == lf; })) { return false; }
    frame.summary = "empty line";
    return true;
}

bool plain_start(std::uint8_t octet) {
    return octet == '/' || octet == soh || octet == stx;
}

} // namespace

void MessageStream::feed(ByteView chunk, const ChunkInfo& info, const FrameSink& sink) {
    auto& side = sides_.at(static_cast<std::size_t>(info.direction));
    const bool gap = info.time && side.lane.last && *info.time - *side.lane.last > longest_gap;
    if (gap) { run(side, info.direction, true, sink); }
    side.lane.last = info.time;
    while (!chunk.empty()) {
        const auto part = chunk.first(std::min(slice, chunk.size()));
        side.lane.append(part, position_);
        position_ += part.size();
        counters_.octets += part.size();
        run(side, info.direction, false, sink);
        chunk = chunk.subspan(part.size());
    }
}

void MessageStream::finish(const FrameSink& sink) {
    for (const auto direction : directions) {
        run(sides_.at(static_cast<std::size_t>(direction)), direction, true, sink);
    }
}

void MessageStream::run(Side& side, Direction known, bool silent, const FrameSink& sink) {
    while (!side.lane.view().empty()) {
        auto view = side.lane.view();
        const auto with_parity = parity_start(view.first(std::min(view.size(), slice)));
        if (with_parity == 0) { side.parity = true; }
        if (plain_start(view.front())) { side.parity = false; }
        const auto stripped = side.parity ? strip_even_parity(view).octets : Bytes{};
        const ByteView octets = side.parity ? ByteView(stripped) : view;
        const Awaiting awaiting{.plain_data = heard_.identified, .option_select = true, .silent = silent};
        auto counters = counters_;
        auto step = next_message(octets, awaiting, counters);
        if (step.kind == Step::Kind::need_more) { return; }
        const bool noise = step.kind == Step::Kind::skip && !step.wrong_check;
        if (noise && !silent && step.octets == view.size() && view.size() < longest_noise) {
            return;
        } // more of it can come
        counters_ = counters;
        if (noise && !side.parity && with_parity > 0 && with_parity < step.octets) {
            counters_.skipped_octets -= step.octets - with_parity;
            step.octets = with_parity;
        }
        hand_on(side, step, octets.first(step.octets), known, sink);
    }
}

void MessageStream::hand_on(Side& side, const Step& step, ByteView octets, Direction known, const FrameSink& sink) {
    DecodedFrame frame;
    frame.protocol = "iec62056-21";
    frame.direction = known;
    frame.offset = side.lane.offset();
    const auto view = side.lane.view().first(step.octets);
    frame.octets.assign(view.begin(), view.end());
    explain_step(frame, step, octets);
    if (side.parity && check_parity(frame)) { ++counters_.crc_errors; }
    side.lane.drop(step.octets);
    sink(std::move(frame));
}

void MessageStream::explain_step(DecodedFrame& frame, const Step& step, ByteView octets) {
    if (step.kind == Step::Kind::frame) {
        if (const auto message = decode(octets)) { return explain(frame, octets, *message, heard_, options_); }
    }
    if (explain_filling(frame, octets)) { return; }
    const bool block = octets.front() == stx || octets.front() == soh || (heard_.identified && is_text(octets.front()));
    const auto damaged = block ? take_apart(octets) : std::nullopt;
    if (damaged) {
        explain_damaged(frame, octets, *damaged, heard_, options_);
        heard_.identified = false;
        const bool wrong = damaged->check == Block::Check::wrong;
        frame.error =
            stream_error(step.why, wrong ? "iec62056_21.bcc" : "iec62056_21.incomplete",
                         wrong ? std::vector<std::string>{"reading again, as noise on the line changes octets"}
                               : std::vector<std::string>{});
        return;
    }
    if (explain_loose(frame, octets, options_)) {
        frame.error = stream_error("data sets without the identification or STX before them", "iec62056_21.incomplete",
                                   {"a capture that begins before the readout"});
        return;
    }
    frame.summary = fmt::format("{} octet{} that {} no message", octets.size(), octets.size() == 1 ? "" : "s",
                                octets.size() == 1 ? "is" : "are");
    frame.error = stream_error(step.why, "iec62056_21.noise");
}

bool MessageStream::check_parity(DecodedFrame& frame) const {
    const auto bad = strip_even_parity(frame.octets).bad;
    if (bad.empty()) { return false; }
    frame.readings.clear();
    frame.error = stream_error(fmt::format("parity wrong in {} octet{}, the first at offset {}", bad.size(),
                                           bad.size() == 1 ? "" : "s", frame.offset + bad.front()),
                               "iec62056_21.parity", {"moving the optical head, and shading it"});
    return true;
}

} // namespace meterctl::codecs::iec62056_21

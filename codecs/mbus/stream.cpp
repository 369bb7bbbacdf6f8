#include "codecs/mbus/stream.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::mbus {
namespace {

constexpr std::size_t slice = 1024; ///< octets taken at a time, so that little is moved when frames leave the front
constexpr std::size_t longest_noise = 512;

/// No character of a frame lags so far behind the one before, at any baud rate or behind any gateway.
constexpr std::chrono::milliseconds longest_gap{500};

bool gap_before(const Lane& lane, const ChunkInfo& info) {
    return info.time && lane.last && *info.time - *lane.last > longest_gap;
}

} // namespace

void Stream::feed(ByteView chunk, const ChunkInfo& info, const FrameSink& sink) {
    auto& lane = lanes_.at(static_cast<std::size_t>(info.direction));
    if (gap_before(lane, info)) { run(lane, true, sink); }
    lane.last = info.time;
    while (!chunk.empty()) {
        const auto part = chunk.first(std::min(slice, chunk.size()));
        lane.append(part, position_);
        position_ += part.size();
        counters_.octets += part.size();
        run(lane, false, sink);
        chunk = chunk.subspan(part.size());
    }
    if (info.datagram) { run(lane, true, sink); }
}

void Stream::finish(const FrameSink& sink) {
    for (auto& lane : lanes_) { run(lane, true, sink); }
}

/// Octets that are no frame stay at the front of the lane, counted by `scanned`, until what follows is known: so that
/// they are one stretch however they come in.
void Stream::run(Lane& lane, bool silent, const FrameSink& sink) {
    for (;;) {
        const auto rest = lane.view().subspan(lane.scanned);
        const auto step = next_frame(rest, silent, counters_);
        if (step.kind == Step::Kind::need_more) { break; }
        if (step.kind == Step::Kind::skip && step.why == "no frame") {
            lane.scanned += step.octets;
            if (lane.scanned >= longest_noise) { take_noise(lane, sink); }
            continue;
        }
        take_noise(lane, sink);
        if (step.kind == Step::Kind::frame) {
            take_frame(lane, step.octets, sink);
        } else {
            take_damaged(lane, step.octets, sink);
        }
    }
    if (silent) { take_noise(lane, sink); }
}

DecodedFrame Stream::stretch(const Lane& lane, std::size_t octets) const {
    DecodedFrame frame;
    frame.protocol = "mbus";
    frame.offset = lane.offset();
    const auto view = lane.view().first(octets);
    frame.octets.assign(view.begin(), view.end());
    return frame;
}

void Stream::take_frame(Lane& lane, std::size_t octets, const FrameSink& sink) {
    auto frame = stretch(lane, octets);
    lane.drop(octets);
    listener_.explain(frame, *decode(frame.octets));
    sink(std::move(frame));
}

void Stream::take_damaged(Lane& lane, std::size_t octets, const FrameSink& sink) {
    auto frame = stretch(lane, octets);
    lane.drop(octets);
    listener_.explain_damaged(frame);
    sink(std::move(frame));
}

void Stream::take_noise(Lane& lane, const FrameSink& sink) {
    const auto octets = lane.scanned;
    if (octets == 0) { return; }
    auto frame = stretch(lane, octets);
    lane.drop(octets);
    frame.summary = octets == 1 ? "an octet that is no frame" : fmt::format("{} octets that are no frame", octets);
    frame.error = Error{Category::untrusted, "no frame", {}, {}, "mbus.noise"};
    sink(std::move(frame));
}

} // namespace meterctl::codecs::mbus

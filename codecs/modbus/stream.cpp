#include "codecs/modbus/stream.hpp"

#include <fmt/format.h>

namespace meterctl::codecs::modbus {
namespace {

constexpr std::size_t slice = 1024; ///< octets taken at a time, so that little is moved when frames leave the front

/// No character of a frame lags so far behind the one before, at any baud rate or behind any adapter; every answer that
/// never came does.
constexpr std::chrono::milliseconds longest_gap{250};

constexpr std::array directions{Direction::unknown, Direction::request, Direction::response};

std::size_t index_of(Direction direction) {
    return static_cast<std::size_t>(direction);
}

bool gap_before(const Lane& lane, const ChunkInfo& info) {
    return info.time && lane.last && *info.time - *lane.last > longest_gap;
}

} // namespace

Error stream_error(std::string what, std::string code) {
    return Error{Category::untrusted, std::move(what), {}, {}, std::move(code)};
}

void LaneStream::feed(ByteView chunk, const ChunkInfo& info, const FrameSink& sink) {
    auto& lane = lanes_[index_of(info.direction)];
    if (silence_ == Silence::ends_frames && gap_before(lane, info)) { run(lane, info.direction, true, sink); }
    lane.last = info.time;
    while (!chunk.empty()) {
        const auto part = chunk.first(std::min(slice, chunk.size()));
        append(lane, part);
        run(lane, info.direction, false, sink);
        chunk = chunk.subspan(part.size());
    }
    if (info.datagram) { run(lane, info.direction, true, sink); }
}

void LaneStream::finish(const FrameSink& sink) {
    for (const auto direction : directions) { run(lanes_[index_of(direction)], direction, true, sink); }
}

void LaneStream::append(Lane& lane, ByteView chunk) {
    lane.append(chunk, position_);
    position_ += chunk.size();
    counters_.octets += chunk.size();
}

void LaneStream::run(Lane& lane, Direction known, bool silent, const FrameSink& sink) {
    for (;;) {
        const auto view = lane.view();
        if (const auto octets = lane.trusted ? unsized(view) : 0; octets != 0) {
            take_frame(lane, octets, known, sink);
            continue;
        }
        if (lane.scanned >= view.size()) { break; }
        const bool trusted = lane.trusted && lane.scanned == 0;
        const auto verdict = judge(view.subspan(lane.scanned), known, trusted, silent);
        if (verdict.kind == Verdict::Kind::wait) { break; }
        if (verdict.kind == Verdict::Kind::frame) {
            give_up(lane, lane.scanned, known, false, sink);
            take_frame(lane, verdict.octets, known, sink);
        } else if (++lane.scanned >= longest_skip_) {
            give_up(lane, lane.scanned, known, false, sink);
        }
    }
    if (silent) {
        give_up(lane, lane.view().size(), known, true, sink);
        lane.trusted = true;
    }
}

DecodedFrame LaneStream::stretch(const Lane& lane, std::size_t octets) const {
    DecodedFrame frame;
    frame.protocol = name_;
    frame.offset = lane.offset();
    const auto view = lane.view().first(octets);
    frame.octets.assign(view.begin(), view.end());
    return frame;
}

void LaneStream::take_frame(Lane& lane, std::size_t octets, Direction known, const FrameSink& sink) {
    auto frame = stretch(lane, octets);
    explain(frame, known);
    ++counters_.frames;
    lane.drop(octets);
    lane.trusted = true;
    sink(std::move(frame));
}

void LaneStream::give_up(Lane& lane, std::size_t octets, Direction known, bool silent, const FrameSink& sink) {
    counters_.skipped_octets += octets;
    while (octets > 0) {
        auto frame = stretch(lane, octets);
        frame.direction = known;
        if (!lane.trusted || !explain_damaged(frame, known, silent)) {
            frame.summary =
                octets == 1 ? "an octet that is no frame" : fmt::format("{} octets that are no frame", octets);
            frame.error = stream_error("no frame", "modbus.noise");
        }
        const auto taken = frame.octets.size();
        lane.drop(taken);
        lane.trusted = false;
        octets -= taken;
        sink(std::move(frame));
    }
}

} // namespace meterctl::codecs::modbus

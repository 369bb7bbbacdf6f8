#include "codecs/dlms/frame_stream.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::dlms {
namespace {

constexpr std::size_t slice = 4096;         ///< octets taken at a time
constexpr std::size_t longest_noise = 1024; ///< octets reported as one stretch

} // namespace

void FrameStream::feed(ByteView chunk, const ChunkInfo& info, const FrameSink& sink) {
    auto& side = sides_.at(static_cast<std::size_t>(info.direction));
    auto& lane = side.lane;
    const bool silence = gap_.count() > 0 && info.time && lane.last && *info.time - *lane.last > gap_;
    if (silence || info.datagram) { run(side, info.direction, true, sink); }
    lane.last = info.time;
    while (!chunk.empty()) {
        const auto part = chunk.first(info.datagram ? chunk.size() : std::min(slice, chunk.size()));
        lane.append(part, position_);
        position_ += part.size();
        counters_.octets += part.size();
        run(side, info.direction, info.datagram, sink);
        chunk = chunk.subspan(part.size());
    }
}

void FrameStream::finish(const FrameSink& sink) {
    for (const auto direction : {Direction::unknown, Direction::request, Direction::response}) {
        run(sides_.at(static_cast<std::size_t>(direction)), direction, true, sink);
    }
}

void FrameStream::run(Side& side, Direction direction, bool ended, const FrameSink& sink) {
    auto& scanned = side.lane.scanned;
    for (;;) {
        const auto rest = side.lane.view().subspan(scanned);
        if (rest.empty()) { break; }
        const auto verdict = judge(rest, side.joined, ended);
        if (verdict.kind == Verdict::Kind::wait) { break; }
        if (verdict.kind == Verdict::Kind::frame || verdict.kind == Verdict::Kind::damaged) {
            emit(side, direction, verdict, sink);
            continue;
        }
        const bool fill = verdict.kind == Verdict::Kind::fill;
        scanned += verdict.octets;
        side.fill = fill ? side.fill + verdict.octets : 0;
        side.joined = fill;
        if (scanned >= longest_noise) { skip(side, direction, scanned, sink); }
    }
    if (ended) {
        skip(side, direction, scanned, sink);
        side.joined = true;
    }
}

DecodedFrame FrameStream::take(Side& side, Direction direction, std::size_t octets) const {
    DecodedFrame frame;
    frame.protocol = name_;
    frame.direction = direction;
    frame.offset = side.lane.offset();
    const auto taken = side.lane.view().first(octets);
    frame.octets.assign(taken.begin(), taken.end());
    side.lane.drop(octets);
    side.fill = 0;
    return frame;
}

void FrameStream::emit(Side& side, Direction direction, const Verdict& verdict, const FrameSink& sink) {
    const auto front = side.fill;
    skip(side, direction, side.lane.scanned - front, sink);
    const bool good = verdict.kind == Verdict::Kind::frame;
    auto frame = take(side, direction, front + verdict.octets);
    if (good) { ++counters_.frames; }
    if (!good) { counters_.skipped_octets += verdict.octets; }
    side.joined = good;
    explain(frame, front, good);
    if (frame.error) { frame.readings.clear(); }
    sink(std::move(frame));
}

void FrameStream::skip(Side& side, Direction direction, std::size_t octets, const FrameSink& sink) {
    if (octets == 0) { return; }
    const bool fill = side.fill == side.lane.scanned;
    auto frame = take(side, direction, octets);
    if (fill) {
        frame.summary = fmt::format("{} octets between frames", octets);
        frame.fields.push_back({"fill", Value(frame.octets), "flags", 0, octets, {}});
        return sink(std::move(frame));
    }
    counters_.skipped_octets += octets;
    frame.summary = octets == 1 ? "an octet that is no frame" : fmt::format("{} octets that are no frame", octets);
    frame.error = Error{Category::untrusted, "no frame", {}, {}, "dlms.noise"};
    sink(std::move(frame));
}

} // namespace meterctl::codecs::dlms

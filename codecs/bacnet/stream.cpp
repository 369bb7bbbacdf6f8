#include "codecs/bacnet/stream.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace meterctl::codecs::bacnet {
namespace {

constexpr std::size_t slice = 4096;         ///< octets taken at a time
constexpr std::size_t longest_noise = 1024; ///< octets reported as one stretch

} // namespace

void FrameStream::feed(ByteView chunk, const ChunkInfo& info, const FrameSink& sink) {
    const bool silence = gap_.count() > 0 && info.time && last_ && *info.time - *last_ > gap_;
    if (silence || info.direction != direction_ || info.datagram) { run(true, false, sink); }
    last_ = info.time;
    direction_ = info.direction;
    counters_.octets += chunk.size();
    while (!chunk.empty()) {
        const auto part = chunk.first(info.datagram ? chunk.size() : std::min(slice, chunk.size()));
        buffer_.insert(buffer_.end(), part.begin(), part.end());
        run(info.datagram, info.datagram, sink);
        chunk = chunk.subspan(part.size());
    }
}

void FrameStream::finish(const FrameSink& sink) {
    run(true, false, sink);
}

void FrameStream::run(bool ended, bool datagram, const FrameSink& sink) {
    for (;;) {
        const auto rest = ByteView(buffer_).subspan(begin_ + noise_);
        if (rest.empty()) { break; }
        const auto verdict = judge(rest, first_ && noise_ == 0, ended);
        if (verdict.kind == Verdict::Kind::wait) { break; }
        if (verdict.kind == Verdict::Kind::no) {
            if (++noise_ == longest_noise) { skip(noise_, sink); }
            continue;
        }
        const bool good = verdict.kind == Verdict::Kind::frame;
        const auto front = datagram && first_ && good && noise_ <= longest_front() ? noise_ : 0;
        if (front == 0) { skip(noise_, sink); }
        ++(good ? counters_.frames : counters_.bad_headers);
        if (!good) { counters_.skipped_octets += verdict.octets; }
        noise_ = 0;
        emit(verdict.octets + front, front, sink);
        first_ = !datagram;
    }
    if (ended) {
        skip(noise_, sink);
        first_ = true;
    }
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
}

DecodedFrame FrameStream::take(std::size_t octets) {
    DecodedFrame frame;
    frame.protocol = name_;
    frame.direction = direction_;
    frame.offset = offset_;
    const auto taken = ByteView(buffer_).subspan(begin_, octets);
    frame.octets.assign(taken.begin(), taken.end());
    begin_ += octets;
    offset_ += octets;
    return frame;
}

void FrameStream::emit(std::size_t octets, std::size_t front, const FrameSink& sink) {
    auto frame = take(octets);
    explain(frame, front);
    if (frame.error) { frame.readings.clear(); }
    sink(std::move(frame));
}

void FrameStream::skip(std::size_t octets, const FrameSink& sink) {
    if (octets == 0) { return; }
    noise_ = 0;
    first_ = false;
    counters_.skipped_octets += octets;
    auto frame = take(octets);
    frame.summary = octets == 1 ? "an octet that is no frame" : fmt::format("{} octets that are no frame", octets);
    frame.error = Error{Category::untrusted, "no frame", {}, {}, "bacnet.noise"};
    sink(std::move(frame));
}

} // namespace meterctl::codecs::bacnet

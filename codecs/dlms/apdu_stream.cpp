#include "codecs/dlms/apdu_stream.hpp"

#include "codecs/dlms/ciphering.hpp"

#include <algorithm>

namespace meterctl::codecs::dlms {
namespace {

constexpr std::size_t most_held = std::size_t{1} << 20U;

/// Octets of the next APDU: all of them where it does not say.
std::size_t next_extent(ByteView octets) {
    return apdu_extent(octets).value_or(octets.size());
}

} // namespace

void ApduStream::feed(ByteView chunk, const ChunkInfo& info, const FrameSink& sink) {
    counters_.octets += chunk.size();
    const bool breaks = info.datagram || info.direction != direction_ || held_.size() + chunk.size() > most_held;
    if (breaks) { flush(sink); }
    direction_ = info.direction;
    held_.insert(held_.end(), chunk.begin(), chunk.end());
    if (info.datagram || held_.size() > most_held) { flush(sink); }
}

void ApduStream::finish(const FrameSink& sink) {
    flush(sink);
}

void ApduStream::flush(const FrameSink& sink) {
    const auto held = std::exchange(held_, {});
    ByteView rest(held);
    while (!rest.empty()) {
        const auto size = std::max<std::size_t>(next_extent(rest), 1);
        emit(rest.first(size), sink);
        rest = rest.subspan(size);
        offset_ += size;
    }
}

void ApduStream::emit(ByteView octets, const FrameSink& sink) {
    DecodedFrame frame;
    frame.protocol = "dlms-apdu";
    frame.direction = direction_;
    frame.offset = offset_;
    frame.octets = Bytes(octets.begin(), octets.end());
    conversation_.explain(frame, octets, 0, {direction_, 0, 0});
    if (frame.error) {
        ++counters_.bad_headers;
    } else {
        ++counters_.frames;
    }
    sink(std::move(frame));
}

int recognise_apdus(ByteView octets) {
    constexpr int plain = 60, ciphered = 45;
    int sureness = octets.empty() ? 0 : plain;
    while (!octets.empty()) {
        const bool closed = is_ciphered(octets) && read_ciphered_head(octets).has_value();
        const auto extent = closed ? apdu_extent(octets).value_or(octets.size()) : apdu_extent(octets);
        const bool acse = extent && octets[0] >= apdu_tag::aarq && octets[0] <= apdu_tag::rlre;
        if (!extent || (acse && !decode_apdu(octets.first(*extent)))) { return 0; }
        if (closed) { sureness = std::min(sureness, ciphered); }
        octets = octets.subspan(std::max<std::size_t>(*extent, 1));
    }
    return sureness;
}

} // namespace meterctl::codecs::dlms

// What must hold of every stream decoder, whatever octets come: for the mutations of the tests and the fuzz targets.
#pragma once

#include "codecs/decoder.hpp"

#include <algorithm>
#include <chrono>
#include <concepts>
#include <string>
#include <vector>

namespace any_stream {

namespace codecs = meterctl::codecs;

/// True where every field lies within the one that it is part of.
inline bool inside(const std::vector<codecs::Field>& fields, std::size_t first, std::size_t last) {
    return std::ranges::all_of(fields, [&](const codecs::Field& field) {
        const auto end = field.offset + field.length;
        return field.offset >= first && end <= last && inside(field.children, field.offset, end);
    });
}

/// What is wrong with any protocol's frame; empty: nothing.
inline std::string wrong_with(const codecs::DecodedFrame& frame) {
    if (frame.octets.empty()) { return "an empty frame"; }
    if (!inside(frame.fields, 0, frame.octets.size())) { return "a field outside its frame"; }
    if (!frame.error && frame.fields.empty()) { return "neither fields nor an error"; }
    const auto unexplained = [](const meterctl::Reading& one) { return one.value.is_null() && one.flags.empty(); };
    return std::ranges::any_of(frame.readings, unexplained) ? "null without a flag" : "";
}

/// Feeds the decoder chunks of the octets behind the first, which says how long they are and what comes with them:
/// `pause`, a few times over, is the time between two. `wrong_with` says what is wrong with a frame.
template <std::invocable<const codecs::DecodedFrame&> WrongWith>
std::string check(const codecs::Decoder& decoder, const codecs::DecodeOptions& options, meterctl::ByteView input,
                  std::chrono::milliseconds pause, const WrongWith& wrong_with_frame) {
    constexpr std::uint8_t sizes = 0x1F, whole = 0x20, datagrams = 0x40, timed = 0x80;
    const auto mode = input.empty() ? std::uint8_t{0} : input.front();
    const auto octets = input.empty() ? input : input.subspan(1);
    const auto stream = decoder.open(options);
    std::size_t returned = 0;
    std::string wrong;
    const codecs::FrameSink sink = [&](codecs::DecodedFrame&& frame) {
        returned += frame.octets.size();
        if (wrong.empty()) { wrong = wrong_with_frame(frame); }
    };
    codecs::ChunkInfo info;
    info.datagram = (mode & datagrams) != 0;
    const std::size_t most = (mode & whole) != 0 ? octets.size() : 1 + std::size_t{2} * (mode & sizes);
    std::size_t at = 0;
    for (unsigned chunk = 0; at < octets.size(); ++chunk) {
        if ((mode & timed) != 0) {
            info.direction = chunk % 2 == 0 ? codecs::Direction::request : codecs::Direction::response;
            info.time = pause * (chunk * (chunk % 5U));
        }
        const auto size = std::min(most, octets.size() - at);
        stream->feed(octets.subspan(at, size), info, sink);
        at += size;
    }
    stream->finish(sink);
    if (returned != octets.size()) { return "octets lost or invented"; }
    const auto sureness = decoder.recognise(octets);
    return sureness < 0 || sureness > 100 ? "a sureness outside 0 to 100" : wrong;
}

} // namespace any_stream

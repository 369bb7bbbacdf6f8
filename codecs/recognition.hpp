// How sure a decoder is that octets are its own, by the good frames that it finds among them; what the tables of
// decoders share.
#pragma once

#include "codecs/decoder.hpp"

#include <algorithm>
#include <concepts>
#include <memory>

namespace meterctl::codecs {

inline constexpr std::size_t looked_at = 4096; ///< octets that are enough to tell

/// As many octets of the front as are looked at.
inline ByteView front_of(ByteView octets) {
    return octets.first(std::min(octets.size(), looked_at));
}

struct GoodFrames {
    unsigned frames = 0;
    std::size_t octets = 0; ///< in them
};

/// Of 100, for good frames among so many octets. `whole`: how sure nothing but good frames makes; `of_one`: one among
/// other octets.
int sureness(const GoodFrames& found, std::size_t octets, int whole, int of_one);

/// Those frames that a stream decoder finds and `is_good` takes.
template <class Stream, std::predicate<const DecodedFrame&> IsGood>
GoodFrames good_frames(ByteView octets, const IsGood& is_good) {
    GoodFrames found;
    const FrameSink sink = [&](DecodedFrame&& frame) {
        if (frame.error || !is_good(frame)) { return; }
        ++found.frames;
        found.octets += frame.octets.size();
    };
    Stream stream{DecodeOptions{}};
    stream.feed(octets, {}, sink);
    stream.finish(sink);
    return found;
}

/// For a row of the decoder table.
template <class Stream>
std::unique_ptr<StreamDecoder> open_stream(const DecodeOptions& options) {
    return std::make_unique<Stream>(options);
}

} // namespace meterctl::codecs

// The part of the stream decoders that is the same for HDLC and the wrapper: octets of either direction in, frames and
// named stretches of other octets out, none lost. A framing says what octets are; this class waits, skips, reports and
// counts.
#pragma once

#include "codecs/lane.hpp"

#include <array>

namespace meterctl::codecs::dlms {

/// What a framing says of the octets at some place.
struct Verdict {
    enum class Kind : std::uint8_t {
        frame,   ///< `octets` octets are one
        damaged, ///< `octets` octets belong together, though they are no good frame
        fill,    ///< `octets` octets that stand between frames and say nothing
        none,    ///< at `octets` octets none begins
        wait,    ///< one could begin here: more are needed
    };
    Kind kind = Kind::none;
    std::size_t octets = 1;
};

class FrameStream : public StreamDecoder {
public:
    void feed(ByteView chunk, const ChunkInfo& info, const FrameSink& sink) final;
    void finish(const FrameSink& sink) final;
    [[nodiscard]] const Counters& counters() const final { return counters_; }

protected:
    /// `gap`: a silence longer than this ends a frame; zero: it means nothing.
    FrameStream(std::string_view name, std::chrono::nanoseconds gap) : name_(name), gap_(gap) {}

    /// `joined`: the octets follow a frame or the beginning at once. `ended`: nothing more comes.
    virtual Verdict judge(ByteView rest, bool joined, bool ended) = 0;
    /// Fills a good frame, or what is wrong with a damaged one and what is there of it. The frame begins `front` octets
    /// into its octets, behind fill. `frame.direction` is what the input says.
    virtual void explain(DecodedFrame& frame, std::size_t front, bool good) = 0;

    Counters counters_;

private:
    struct Side {
        Lane lane;
        std::size_t fill = 0; ///< of the octets that are scanned, those at the end that are fill
        bool joined = true;
    };
    void run(Side& side, Direction direction, bool ended, const FrameSink& sink);
    void emit(Side& side, Direction direction, const Verdict& verdict, const FrameSink& sink);
    void skip(Side& side, Direction direction, std::size_t octets, const FrameSink& sink);
    [[nodiscard]] DecodedFrame take(Side& side, Direction direction, std::size_t octets) const;

    std::array<Side, 3> sides_; ///< by direction
    std::uint64_t position_ = 0;
    std::string_view name_;
    std::chrono::nanoseconds gap_;
};

} // namespace meterctl::codecs::dlms

// The part of the three stream decoders that is the same: octets in, frames and named stretches of other octets out,
// none lost. A framing says what octets are; this class waits, skips, reports and counts.
#pragma once

#include "codecs/lane.hpp"
#include "codecs/modbus/exchange.hpp"

#include <array>

namespace meterctl::codecs::modbus {

/// What a framing says of the octets at some place.
struct Verdict {
    enum class Kind {
        frame, ///< `octets` octets are one
        wait,  ///< one could begin here: more octets are needed
        no     ///< none begins here
    };
    Kind kind = Kind::no;
    std::size_t octets = 0;
};

class LaneStream : public StreamDecoder {
public:
    void feed(ByteView chunk, const ChunkInfo& info, const FrameSink& sink) final;
    void finish(const FrameSink& sink) final;
    [[nodiscard]] const Counters& counters() const final { return counters_; }

protected:
    /// Whether a long silence ends a frame: on a line it does, in a TCP connection a segment may only have been lost.
    enum class Silence { ends_frames, means_nothing };

    LaneStream(std::string_view name, const DecodeOptions& options, std::size_t outstanding, std::size_t longest_skip,
               Silence silence = Silence::ends_frames)
        : exchange_(options, outstanding), name_(name), longest_skip_(longest_skip), silence_(silence) {}

    /// `trusted`: a frame is to be expected here. `silent`: nothing more comes, so that there is nothing to wait for.
    [[nodiscard]] virtual Verdict judge(ByteView rest, Direction known, bool trusted, bool silent) const = 0;
    /// Octets of a frame at the front that says nothing of its length; 0 where none is known.
    [[nodiscard]] virtual std::size_t unsized(ByteView /*front*/) const { return 0; }
    /// Fills a good frame.
    virtual void explain(DecodedFrame& frame, Direction known) = 0;
    /// Octets at the front that belong together though they are no good frame, filled with what is wrong and, of an
    /// incomplete one, what is there. False where nothing is known of them.
    virtual bool explain_damaged(DecodedFrame& frame, Direction known, bool silent) = 0;

    Exchange exchange_;
    Counters counters_;

private:
    void append(Lane& lane, ByteView chunk);
    void run(Lane& lane, Direction known, bool silent, const FrameSink& sink);
    void take_frame(Lane& lane, std::size_t octets, Direction known, const FrameSink& sink);
    void give_up(Lane& lane, std::size_t octets, Direction known, bool silent, const FrameSink& sink);
    [[nodiscard]] DecodedFrame stretch(const Lane& lane, std::size_t octets) const;

    std::array<Lane, 3> lanes_; ///< by direction
    std::uint64_t position_ = 0;
    std::string_view name_;
    std::size_t longest_skip_;
    Silence silence_;
};

/// An error of a stretch of octets.
Error stream_error(std::string what, std::string code);

} // namespace meterctl::codecs::modbus
